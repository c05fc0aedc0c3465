// End of day: count blind, once more if it differs, then the Z.

import { clock, h, money, t, tn } from "../kit.js";
import { ask, button } from "../keys.js";
import { attempt, note, till } from "./shop.js";
import { stayParked } from "./parking.js";
import { stayOpen, waitingReturns } from "./back-money.js";
import { moveName, noSale } from "./cash.js";

const local = { pieces: new Map(), counts: -1, form: null };

const total = () => [...local.pieces].reduce((sum, [value, count]) => sum + value * count, 0);

/** The blind count: pieces of every note and coin. */
export function day() {
  if (till.z) return zReport(till.z);
  const { shift, profile } = till.state;
  if (local.counts !== shift.counts) Object.assign(local, { pieces: new Map(), counts: shift.counts, form: null });
  if (shift.counted && (shift.agrees || shift.counts > 1)) return counted(shift);
  local.form ??= form(profile.denominations, shift.counts, shift.expected_minor);
  return local.form;
}

function form(denominations, counts, expected) {
  const sum = h("output.huge", {}, money(0));
  const fields = denominations.map((value) => {
    const subtotal = h("span.sum", {}, "");
    const field = h("input", { type: "text", inputmode: "numeric", maxlength: 5, autocomplete: "off", "aria-label": money(value), placeholder: "0" });
    field.addEventListener("input", () => {
      field.value = field.value.replace(/\D/g, "");
      local.pieces.set(value, Number(field.value));
      subtotal.textContent = field.value ? money(value * Number(field.value)) : "";
      sum.textContent = money(total());
    });
    return h("label.piece", {}, h("b", {}, money(value)), h("span", {}, "×"), field, subtotal);
  });
  const made = h("section.day", {},
    h("div.pieces", {}, fields),
    h("aside.panel", {},
      h("h1", {}, counts ? t("Count once more") : t("Count the cash")),
      h("p.lead", {}, counts ? t("The first count does not agree. Count every note and coin again.") : t("Count every note and coin in the drawer, the float too.")),
      expected !== null && h("p.lead", {}, t("Expected"), " ", money(expected)), h("p.label", {}, t("Counted")), sum, h("div.grow"),
      button(t("Open the drawer"), { key: "F6", icon: "cash", onclick: noSale }),
      button(t("Back to selling"), { key: "Escape", icon: "back", onclick: leave }),
      button(t("That is all"), { key: "F8", tone: "go", icon: "check", onclick: count })));
  made.addEventListener("keydown", (event) => {
    const inputs = [...made.querySelectorAll("input")];
    const at = inputs.indexOf(document.activeElement);
    const by = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (at < 0 || !by) return;
    event.preventDefault();
    event.stopPropagation();
    (inputs[at + by] ?? made.querySelector('[data-key="F8"]')).focus({ focusVisible: true });
  });
  setTimeout(() => made.querySelector("input")?.focus(), 0);
  return made;
}

function leave() {
  till.view = "sell";
  till.render();
}

async function count() {
  const pieces = [...local.pieces].filter(([, number]) => number > 0).map(([value, number]) => ({ value, count: number }));
  const result = await attempt("count", { pieces });
  if (result?.recount) note(t("It does not agree. Count once more."), "", "warn");
}

function counted(shift) {
  return h("section.door", {},
    h("h1", {}, shift.agrees ? t("The cash agrees") : t("The cash does not agree")),
    h("p.lead", {}, shift.agrees ? t("You can close the day now.") : t("A manager looks at the difference and closes the day.")),
    h("div.row", {},
      button(t("Back to selling"), { key: "Escape", icon: "back", onclick: leave }),
      shift.agrees ? button(t("Close the day"), { key: "F8", tone: "go", icon: "check", onclick: () => close({}) })
        : button(t("Show the difference"), { key: "F8", tone: "go", onclick: difference })));
}

async function difference() {
  const found = await attempt("variance", {});
  if (!found) return;
  const reason = h("input.big", { type: "text", maxlength: 200, autofocus: true, autocomplete: "off", "aria-label": t("Reason"), placeholder: t("Reason") });
  const words = {
    "drawer-open": t("Drawer opened without a sale"), "no-sale": t("Drawer opened by hand"),
    void: t("Lines and sales taken out"), "cash-refund": t("Cash given back"),
    "wrong-change": t("Perhaps wrong change"), "wrong-tender": t("Perhaps paid by card"),
  };
  const body = await ask({
    title: found.variance_minor < 0 ? t("{amount} is missing", { amount: money(-found.variance_minor) }) : t("{amount} too much", { amount: money(found.variance_minor) }),
    body: [
      h("dl.figures", {}, figure(t("Expected"), money(found.expected_minor)), figure(t("Counted"), money(found.counted_minor))),
      found.candidates.length > 0 && [h("p.label", {}, t("Where it may have gone")),
        h("dl.figures", {}, found.candidates.map((each) => figure(words[each.kind], `${each.count}${each.amount_minor === null ? "" : ` · ${money(each.amount_minor)}`}`))),
        found.candidates.flatMap((each) => each.sales).map((sale) => h("p.small", {}, `${sale.number} · ${clock(sale.at)} · `, t("{amount}, given {tendered}, change {change}", { amount: money(sale.payable_minor), tendered: money(sale.tendered_minor), change: money(sale.change_minor) })))],
      h("label", {}, t("Reason"), reason),
    ],
    actions: [
      { label: t("Back"), key: "Escape", value: null },
      { label: t("Close the day"), key: "Enter", tone: "go", run: () => (reason.value.trim() ? { reason: reason.value.trim() } : undefined) },
    ],
  });
  if (body) await close(body);
}

async function close(body) {
  const returns = waitingReturns();
  if (!(await stayParked()) || (returns.length && !(await stayOpen(returns)))) return;
  const result = await attempt("close-shift", { ...body, keep_parked: true, keep_returns: returns.length > 0 });
  if (!result) return;
  till.z = result.z;
  till.render();
}

const figure = (name, value) => [h("dt", {}, name), h("dd", {}, value)];

const open = (z) => [
  [t("Open baskets"), z.open_baskets], [t("Sales without a fiscal receipt"), z.unfinished_sales],
  [t("Papers and payments nobody is sure of"), z.unknown_effects], [t("Cash on its way between tills"), z.open_transfers],
].filter(([, count]) => count > 0);

function zReport(z) {
  return h("section.door.z", {},
    h("h1", {}, t("The day is closed"), " · ", t("Z {n}", { n: z.z_number })),
    h("dl.figures", {},
      figure(t("Business date"), z.business_date),
      figure(tn("{n} sale", "{n} sales", z.sales), money(z.gross_sales_minor)),
      z.returns > 0 && figure(tn("{n} return", "{n} returns", z.returns), money(z.gross_returns_minor)),
      z.taxes.map((tax) => figure(t("Tax {rate} %", { rate: tax.rate / 100 }), money(tax.tax_minor))),
      figure(t("Float"), money(z.float_minor)), z.moves.map((each) => figure(`${moveName(each.kind)} (${each.count})`, money(each.amount_minor))),
      z.no_sales > 0 && figure(t("Drawer opened by hand"), z.no_sales),
      figure(t("Expected"), money(z.expected_minor)), figure(t("Counted"), money(z.counted_minor)),
      figure(t("Difference"), money(z.variance_minor)), z.reason && figure(t("Reason"), z.reason), open(z).map(([name, count]) => figure(name, count))),
    h("div.row", {}, button(t("Done"), { key: "Enter", tone: "go", icon: "check", onclick: () => {
      till.z = null;
      till.view = "sell";
      till.render();
    } })));
}
