// Several baskets: put one aside, take one up again, here or at another till.

import { clock, h, money, sign, t, tn } from "../kit.js";
import { ask, button } from "../keys.js";
import { attempt, note, till } from "./shop.js";

/** The button of the footer: puts the sale aside, or shows those that wait. */
export function parkButton() {
  const { basket, parked } = till.state;
  if (basket?.lines.length) return button(t("Park"), { key: "F11", icon: "wait", onclick: park });
  return parked.length > 0 && button(tn("{n} parked sale", "{n} parked sales", parked.length), { key: "F11", tone: "calm", icon: "wait", onclick: waiting });
}

async function park() {
  const field = h("input.big", { type: "text", maxlength: 40, autofocus: true, autocomplete: "off", "aria-label": t("A name, if it helps"), placeholder: t("A name, if it helps") });
  const name = await ask({
    title: t("Park this sale?"), close: t("Back to the sale"), body: [h("p.lead", {}, t("Any till of the shop can take it up again.")), field],
    actions: [{ label: t("Park"), key: "Enter", tone: "go", icon: "wait", run: () => field.value.trim() }],
  });
  if (name === undefined) return;
  const result = await attempt("park", { name });
  if (result) note(t("Parked under number {n}", { n: result.number }), name);
}

const called = (each) => `${each.number}${each.name ? ` · ${each.name}` : ""}`;

async function waiting() {
  const shown = till.state.parked.slice(0, 9);
  const chosen = await ask({
    title: t("Parked sales"), close: t("Close"), wide: true,
    body: [h("ol.waiting", {}, shown.map((each, i) => h("li", {},
      h("button.person", { type: "button", data: { basket: each.basket, key: String(i + 1) } },
        h("span.face", {}, each.number), h("b", {}, each.name || tn("{n} item", "{n} items", each.units)),
        h("span.small", {}, `${each.till.name} · ${clock(each.at)}`), h("span.grow"), h("b", {}, money(each.total_minor)), h("kbd", {}, i + 1)),
      h("button.close", { type: "button", data: { drop: each.basket }, "aria-label": t("Cancel the sale") }, sign("bin")))))],
    onopen: (dialog, end) => dialog.addEventListener("click", ({ target }) => {
      const { basket, drop } = target.closest("[data-basket], [data-drop]")?.dataset ?? {};
      if (basket || drop) end({ basket, drop });
    }),
  });
  if (chosen?.basket && (await attempt("resume", { basket: chosen.basket }))) till.paid = null;
  if (chosen?.drop) await giveUp(shown.find((each) => each.basket === chosen.drop));
  till.render();
}

async function giveUp(parked) {
  const reasons = [t("The customer changed their mind"), t("The customer did not come back"), t("Rung up by mistake")];
  const reason = await ask({
    title: t("Cancel the whole sale?"), close: t("Back"), body: [h("p.lead", {}, called(parked)), h("p", {}, t("Why? It is written down."))],
    actions: reasons.map((label, i) => ({ label, key: String(i + 1), tone: "warn", value: label })),
  });
  if (reason) await attempt("void-parked", { basket: parked.basket, reason });
}

/** Before the Z: do the baskets of this till stay parked? True when there are none, or they stay. */
export async function stayParked() {
  const mine = till.state.parked.filter((each) => each.till.id === till.state.till.id);
  return mine.length === 0 || ask({
    title: tn("{n} sale is still parked here", "{n} sales are still parked here", mine.length), close: t("Back"),
    body: [h("ul", {}, mine.map((each) => h("li", {}, `${called(each)} · ${money(each.total_minor)}`))), h("p", {}, t("They can be taken up tomorrow, at the prices they began with."))],
    actions: [{ label: t("Leave them parked"), key: "Enter", tone: "go", value: true }],
  });
}
