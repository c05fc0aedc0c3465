// The day's slips of the payment terminals, laid beside what the till recorded.

import { boot, clock, h, money, readMoney, t, tn } from "../kit.js";
import { ask } from "../keys.js";
import { attempt, note } from "./shop.js";
import { wayName } from "./tenders.js";

/** The list, terminal by terminal; what was counted is written down, a difference with its reason. */
export async function countSlips() {
  const found = await attempt("slips");
  if (!found) return;
  if (!found.terminals.length) return note(t("There are no slips to count."));
  const fields = found.terminals.map((of) => field(of));
  const reason = h("input.big", { type: "text", maxlength: 200, autocomplete: "off", "aria-label": t("Reason"), placeholder: t("Reason") });
  const wrong = h("p.small.missing", { role: "alert" });
  const body = await ask({
    title: t("Card slips"), wide: true, close: t("Close"),
    body: [found.terminals.map((of, i) => [table(of), fields[i].row]), h("label", {}, t("If something differs: why?"), reason), wrong],
    actions: [{ label: t("These are the slips"), key: "Enter", tone: "go", icon: "check", run: () => {
      const counted = fields.map((each) => each.read());
      if (counted.every(Boolean)) return { counted, reason: reason.value.trim() };
      wrong.textContent = t("Type the amount again.");
      return undefined;
    } }],
  });
  if (!body) return;
  const done = await attempt("count-slips", body);
  if (done) note(done.difference_minor ? t("Written down: the slips differ by {amount}", { amount: money(done.difference_minor) }) : t("The slips agree."));
}

function table(of) {
  return h("table.slips-list", {}, h("caption", {}, tn("{n} slip: {amount}", "{n} slips: {amount}", of.count, { amount: money(of.amount_minor) })),
    h("tbody", {}, of.slips.map((slip) => h("tr", { class: slip.given_back ? "given-back" : "" }, h("td", {}, slip.slip), h("td", {}, wayName(slip.name)), h("td", {}, clock(slip.at)),
      h("td", {}, slip.given_back ? t("Given back") : ""), h("td.sum", {}, money(slip.amount_minor))))));
}

/** An amount as somebody types it: what `readMoney` reads. */
function typed(minor) {
  const { decimals, decimal } = boot.money;
  const digits = String(Math.max(0, minor)).padStart(decimals + 1, "0");
  return decimals ? `${digits.slice(0, -decimals)}${decimal}${digits.slice(-decimals)}` : digits;
}

/** Number and amount of one terminal's slips, filled in with what they should be. */
function field(of) {
  const count = h("input.big", { type: "text", inputmode: "numeric", maxlength: 6, autocomplete: "off", value: String(of.count), "aria-label": t("Slips in hand") });
  const amount = h("input.big", { type: "text", inputmode: "decimal", maxlength: 14, autocomplete: "off", value: typed(of.amount_minor), "aria-label": t("Their amount") });
  return {
    row: h("div.row", {}, h("label", {}, t("Slips in hand"), count), h("label", {}, t("Their amount"), amount)),
    read: () => {
      const [pieces, sum] = [/^\d{1,6}$/.test(count.value.trim()) ? Number(count.value) : null, readMoney(amount.value)];
      return pieces === null || sum === null ? null : { terminal: of.terminal, count: pieces, amount_minor: sum };
    },
  };
}
