// A discount on a line or on the whole sale; above the cashier's ceiling a manager approves it here.

import { boot, fill, h, money, readMoney, t } from "../kit.js";
import { ask, button, pad } from "../keys.js";
import { attempt, till } from "./shop.js";

/** What a line was before its discount, beside its sum. */
export const reduced = (line) => line.discount_minor > 0 && h("small.off", {}, money(-line.discount_minor));

/** "Saved DKK 20.00". */
export const saved = (basket) => t("Saved {amount}", { amount: money(basket.discount_minor) });

const reasons = () => [t("Damaged"), t("Promised price"), t("Regular customer"), t("Staff")];

/** Ask what, how much and why; `line` is the chosen one, or null. */
export async function discount(line) {
  const local = { whole: !line, percent: true, text: "", reason: reasons()[0] };
  const body = h("div.discount");
  const given = () => (local.whole ? till.state.basket?.reduction : line.reduction);
  const amount = () => (local.percent ? Math.round((readPercent(local.text) ?? 0) * 100) : readMoney(local.text) ?? 0);
  const typed = (key) => {
    const text = key === "⌫" ? local.text.slice(0, -1) : local.text + key;
    if (text === "" || (local.percent ? readPercent(text) : readMoney(text)) !== null) local.text = text;
    draw();
  };
  const pick = (change) => (Object.assign(local, change), draw());
  const choice = (label, key, on, change) => button(label, { key, tone: on ? "calm" : "plain", "aria-pressed": String(on), onclick: () => pick(change) });
  const draw = () => fill(body,
    h("div.row", {},
      line && choice(t("This line"), "F5", !local.whole, { whole: false }), choice(t("The whole sale"), "F6", local.whole, { whole: true }),
      choice("%", "F7", local.percent, { percent: true, text: "" }), choice(t("Amount"), "F8", !local.percent, { percent: false, text: "" })),
    h("p.lead", {}, local.whole ? t("The whole sale") : [line.name, line.variant].filter(Boolean).join(" · ")),
    h("div.halves", {},
      h("div", {}, h("output.amount", {}, local.percent ? `${local.text || 0} %` : money(amount())),
        h("p.label", {}, t("Why? It is written down.")),
        h("div.reasons", {}, reasons().map((reason, i) => choice(reason, `F${i + 1}`, local.reason === reason, { reason })))),
      pad(typed, local.percent || boot.money.decimals ? boot.money.decimal : "00")));
  draw();
  const wanted = await ask({
    title: t("Discount"), wide: true, body: [body], onopen: (dialog) => (dialog.typed = typed),
    actions: [
      { label: t("Back"), key: "Escape", value: undefined, run: () => null },
      { label: t("No discount"), key: "Delete", tone: "warn", run: () => (given() ? { rate: 0, amount_minor: 0 } : undefined) },
      { label: t("Give the discount"), key: "Enter", tone: "go", run: () => (amount() ? { [local.percent ? "rate" : "amount_minor"]: amount(), reason: local.reason } : undefined) },
    ],
  });
  if (wanted) await attempt(local.whole ? "discount-basket" : "discount-line", local.whole ? wanted : { ...wanted, line: line.line });
}

/** "12,5" in the page's own decimal sign as 12.5; null when it is no share of a whole. */
function readPercent(text) {
  const plain = text.replace(",", ".");
  return /^\d{1,3}(\.\d{0,2})?$/.test(plain) && Number(plain) <= 100 ? Number(plain) : null;
}
