// Who is it, and the PIN.

import { h, t } from "../kit.js";
import { button, pad } from "../keys.js";
import { attempt, keepSession, till } from "./shop.js";

const local = { user: null, pin: "" };

export function typed(key) {
  if (!local.user) {
    const user = till.state.users[Number(key) - 1];
    if (user) choose(user.id);
  } else if (key === "⌫") local.pin = local.pin.slice(0, -1);
  else if (/^\d$/.test(key) && local.pin.length < 12) local.pin += key;
  till.render();
}

function choose(id) {
  Object.assign(local, { user: id, pin: "" });
  till.render();
}

async function enter() {
  if (!local.pin) return;
  const body = { user: local.user, pin: local.pin };
  local.pin = "";
  till.render();
  const result = await attempt("sign-in", body);
  if (!result) return;
  local.user = null;
  keepSession(result.session);
  till.render();
}

export function signIn() {
  const { users } = till.state;
  if (users.length === 1 && !local.user) local.user = users[0].id;
  const user = users.find((each) => each.id === local.user);
  if (!user) {
    return h("section.door", {}, h("h1", {}, t("Who is at the till?")),
      h("div.people", {}, users.map((each, i) =>
        h("button.person", { type: "button", data: { user: each.id, ...(i < 9 && { key: String(i + 1) }) }, onclick: () => choose(each.id) },
          h("span.face", {}, [...each.name][0] ?? ""), h("b", {}, each.name), i < 9 && h("kbd", {}, i + 1)))));
  }
  return h("section.door", {}, h("h1", {}, t("Hello, {name}", { name: user.name })),
    h("p.lead", {}, t("Enter your PIN")),
    h("output.dots", { "aria-label": t("Enter your PIN") }, [...local.pin].map(() => h("i")), !local.pin.length && h("span.caret")),
    pad(typed),
    h("div.row", {},
      users.length > 1 && button(t("Somebody else"), { key: "Escape", onclick: () => choose(null) }),
      button(t("Sign in"), { key: "Enter", tone: "go", disabled: !local.pin, onclick: enter })));
}

/** Ask a manager for user and PIN; resolves {user, pin}, or undefined. */
export async function manager(ask) {
  const name = h("select", { "aria-label": t("Manager") }, till.state.users.filter((each) => each.role === "manager").map((each) => h("option", { value: each.id }, each.name)));
  const pin = h("input.big", { type: "password", inputmode: "numeric", autocomplete: "off", maxlength: 12, autofocus: true, "aria-label": t("PIN") });
  return ask({
    title: t("A manager must approve this."),
    body: [h("label", {}, t("Manager"), name), h("label", {}, t("PIN"), pin)],
    actions: [
      { label: t("Back"), key: "Escape", value: null },
      { label: t("Approve"), key: "Enter", tone: "go", run: () => (pin.value ? { user: name.value, pin: pin.value } : undefined) },
    ],
  });
}

