// Coupons: type one, see what it gives, give it back. Promotions explain themselves below a line's name.

import { h, money, t } from "../kit.js";
import { ask, button } from "../keys.js";
import { attempt, note } from "./shop.js";

/** The names of what promotions gave a line. */
export const promoted = (line) => line.promotions.map((each) => h("i.promotion", {}, each.name));

/** The coupons of a sale, each with its way back. */
export function coupons(basket) {
  return (basket?.coupons ?? []).map((each) => h("div.coupon", { data: { coupon: each.code } },
    h("p", {}, h("b", {}, each.code), " ", each.amount_minor ? `${each.name} ${money(-each.amount_minor)}` : t("{name}: nothing in this sale yet", { name: each.name })),
    button("", { icon: "cross", "aria-label": t("Give it back"), title: t("Give it back"), onclick: () => attempt("drop-coupon", { code: each.code }) })));
}

/** Said when a coupon was taken. */
export const taken = (result) => note(t("The coupon counts: {name}", { name: result.name }));

/** Type a coupon's code. */
export async function coupon() {
  const field = h("input.big", { type: "text", autocomplete: "off", spellcheck: "false", autofocus: true, maxlength: 64, "aria-label": t("Coupon code"), placeholder: t("Coupon code") });
  const code = await ask({
    title: t("Coupon"), body: [h("p.lead", {}, t("Type the coupon's code, or scan it.")), field],
    actions: [
      { label: t("Back"), key: "Escape", run: () => null },
      { label: t("Use the coupon"), key: "Enter", tone: "go", run: () => field.value.trim() || undefined },
    ],
  });
  if (!code) return;
  const result = await attempt("coupon", { code });
  if (result) taken(result);
}
