// Somebody else's yes to one exact thing: a name and a PIN, here, now.

import { h, t } from "../kit.js";
import { Problem } from "../command.js";
import { ask, pad } from "../keys.js";
import { command, till } from "./shop.js";
import { refusal } from "./says.js";

/** A field for a PIN that is never shown. */
export const pinField = (label, more = {}) =>
  h("input.big", { type: "password", inputmode: "numeric", autocomplete: "off", maxlength: 12, "aria-label": label, ...more });

/** The fields on the left, digits for a finger on the right; they go where the eye is. */
export function withPad(fields, ...left) {
  let at = fields[0];
  for (const field of fields) field.addEventListener("focus", () => (at = field));
  const typed = (key) => {
    at.value = key === "⌫" ? at.value.slice(0, -1) : (at.value + key).slice(0, at.maxLength);
    at.focus();
  };
  return h("div.with-pad", {}, h("div", {}, left), pad(typed));
}

/** Who of `people` says yes, and their PIN; `work` does it and may refuse. Resolves true, or undefined. */
export async function byManager({ title, body = [], people, action, work }) {
  const name = h("select", { "aria-label": t("Manager") }, people.map((each) => h("option", { value: each.id }, each.name)));
  const pin = pinField(t("PIN"), { autofocus: true });
  const wrong = h("p.small.missing", { role: "alert" });
  return ask({
    title, close: t("Back"), wide: true,
    body: [withPad([pin], body, h("label", {}, t("Manager"), name), h("label", {}, t("PIN"), pin), wrong)],
    actions: [{ label: action, key: "Enter", tone: "go", run: async () => {
      if (!pin.value) return undefined;
      const manager = { user: name.value, pin: pin.value };
      pin.value = "";
      try {
        await work(manager);
        return true;
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        wrong.textContent = refusal(problem).filter(Boolean).join(" ");
        pin.focus();
        return undefined;
      }
    } }],
  });
}

/** A command was refused with `approval-needed`: ask whoever may. Resolves true when they said yes to exactly this. */
export async function approve({ "approval-needed": asked }) {
  const people = till.state.users.filter((each) => asked.approvers.includes(each.id));
  if (!people.length) return false;
  return byManager({
    title: t("A manager must approve this."), people, action: t("Approve"),
    body: [h("p.lead", {}, t("For {name}, once, now.", { name: till.state.user?.name ?? "" })),
      asked.why && h("p.lead", {}, refusal({ code: asked.why })[0]),
      h("p", {}, [asked.before, asked.after].filter(Boolean).join(" → "))],
    work: (manager) => command("approve", { manager, right: asked.right, action: asked.action }),
  });
}
