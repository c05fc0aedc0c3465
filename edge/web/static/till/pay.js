// Cash: what is owed, what was given, the buyer's number where the law asks for it.

import { boot, fill, h, money, readMoney, t, width } from "../kit.js";
import { Problem } from "../command.js";
import { ask, button, pad } from "../keys.js";
import { command, say, till } from "./shop.js";

const NOTE_KEYS = ["F1", "F2", "F3", "F4", "F5", "F6"];

/** The payment dialog; resolves when the box has said "paid", or undefined. */
export async function pay() {
  const { basket, profile, fiscal } = till.state;
  if (!basket?.lines.length) return;
  if (fiscal.state === "down" && profile.fiscal !== "none" && profile.fiscal !== "deferred") return say({ code: "fiscal-down" });
  const local = { text: "", buyer: undefined, going: false };
  const asks = profile.buyer && profile.buyer.required_from_minor !== null && basket.total_minor >= profile.buyer.required_from_minor;
  if (asks && (local.buyer = await buyer(profile.buyer)) === undefined) return;
  const left = h("div.owed");
  const right = h("div.given");
  const given = () => (local.text === "" ? basket.cash.payable_minor : readMoney(local.text) ?? 0);
  let end;
  const go = async (tendered) => {
    if (local.going || tendered < basket.cash.payable_minor) return;
    local.going = true;
    draw();
    const body = { tenders: [{ kind: "cash", tendered_minor: tendered }], total_minor: basket.total_minor };
    if (local.buyer !== undefined) body.buyer = local.buyer;
    try {
      const result = await command("pay", body);
      till.paid = result;
      till.selected = null;
      end(true);
      till.render();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      local.going = false;
      if (problem.code === "buyer-needed" && profile.buyer) {
        local.buyer = await buyer(profile.buyer);
        return draw();
      }
      say(problem);
      draw();
      if (["total-changed", "no-session", "sale-unfinished", "settle-first"].includes(problem.code)) end(false);
    }
  };
  const typed = (key) => {
    const text = key === "⌫" ? local.text.slice(0, -1) : local.text + key;
    if (text === "" || readMoney(text) !== null) local.text = text;
    draw();
  };
  const draw = () => {
    const { cash, notes } = basket;
    const missing = cash.payable_minor - given();
    fill(left,
      h("p.label", {}, t("To pay")), h("output.huge", { class: width(cash.payable_minor) }, money(cash.payable_minor)),
      cash.rounding_minor !== 0 ? h("p.small", {}, t("{total}, rounded by {rounding}", { total: money(basket.total_minor), rounding: money(cash.rounding_minor) })) : "",
      h("p.label", {}, t("Given")), h("output.amount", { class: local.text ? "" : "faint" }, money(given())),
      local.text === "" ? h("p.small", {}, t("Type what the customer gives, or press Enter if it is exact.")) :
        missing > 0 ? h("p.small.missing", {}, t("{amount} is missing", { amount: money(missing) })) :
          h("p.small", {}, t("Change: {amount}", { amount: money(-missing) })),
      profile.buyer && button(local.buyer ? t("Buyer: {number}", { number: local.buyer }) : t("Buyer's number"), {
        key: "F9", icon: "person", onclick: async () => {
          const number = await buyer(profile.buyer);
          if (number !== undefined) local.buyer = number || undefined;
          draw();
        } }));
    fill(right,
      h("div.notes", {}, notes.slice(0, 6).map((note, i) => button(money(note), { key: NOTE_KEYS[i], tone: "calm", disabled: local.going, onclick: () => go(note) }))),
      pad(typed, profile.decimals ? boot.money.decimal : "00"),
      button(local.going ? t("One moment …") : local.text ? t("Paid") : t("Exact amount"), {
        key: "Enter", tone: "go", icon: "check", disabled: local.going || missing > 0, onclick: () => go(given()) }));
  };
  draw();
  till.follow = () => { // a scan, or another page of this till: what was shown is not what is owed any more
    const now = till.state.basket;
    if (local.going || (now?.id === basket.id && now.total_minor === basket.total_minor)) return;
    end(false);
    say({ code: now ? "total-changed" : "empty-basket" });
  };
  await ask({
    title: t("Cash"), wide: true, close: t("Back to the sale"), body: [h("div.pay", {}, left, right)],
    onopen: (dialog, close) => {
      end = close;
      dialog.typed = typed;
    },
  });
  till.follow = null;
}

/** Ask for the buyer's number; "" means declined, undefined means back. */
async function buyer(question) {
  const field = h("input.big", { type: "text", inputmode: "numeric", autocomplete: "off", maxlength: 32, autofocus: true, placeholder: question.example, "aria-label": t("Buyer's number") });
  const wrong = h("p.small.missing", { role: "alert" });
  const korean = question.kind === "cash-receipt";
  return ask({
    title: korean ? t("Cash receipt?") : t("Tax number on the receipt?"),
    body: [
      h("p.lead", {}, korean ? t("Ask for the customer's phone or business number.") : t("Ask for the company's tax number.")),
      field, wrong,
    ],
    actions: [
      { label: t("Back"), key: "Escape", run: () => undefined },
      { label: t("No number"), key: "F8", tone: "calm", value: "" },
      { label: t("Use this number"), key: "Enter", tone: "go", run: () => {
        const number = field.value.replace(/[\s-]/g, "");
        if (new RegExp(`^(?:${question.pattern})$`).test(number)) return number;
        wrong.textContent = t("This number is not right. Example: {example}", { example: question.example });
        return undefined;
      } },
    ],
    onopen: (dialog, end) => dialog.querySelector('[data-key="Escape"]').addEventListener("click", () => end(undefined)),
  });
}
