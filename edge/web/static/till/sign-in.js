// Who is it, and the PIN.

import { h, sign, t } from "../kit.js";
import { Problem } from "../command.js";
import { button, pad } from "../keys.js";
import { command, keepSession, say, till } from "./shop.js";
import { ownPin, unlock } from "./pins.js";

const local = { user: null, pin: "" };

export function typed(key) {
  if (!local.user) {
    const user = till.state.users[Number(key) - 1];
    if (user) pick(user);
  } else if (key === "⌫") local.pin = local.pin.slice(0, -1);
  else if (/^\d$/.test(key) && local.pin.length < 12) local.pin += key;
  till.render();
}

const pick = (user) => (user.locked ? unlock(user) : choose(user.id));

function choose(id) {
  Object.assign(local, { user: id, pin: "" });
  till.render();
}

async function enter() {
  if (!local.pin) return;
  const body = { user: local.user, pin: local.pin };
  local.pin = "";
  till.render();
  const result = await signedInAs(body);
  if (!result) return;
  local.user = null;
  keepSession(result.session, result.user.session);
  till.render();
}

async function signedInAs(body) {
  try {
    return await command("sign-in", body);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.code === "new-pin-needed") return ownPin(body.user, body.pin);
    say(problem);
    if (problem.code === "locked") choose(null);
    return undefined;
  }
}

export function signIn() {
  const { users } = till.state;
  if (users.length === 1 && !local.user && !users[0].locked) local.user = users[0].id;
  const user = users.find((each) => each.id === local.user);
  if (!user) {
    return h("section.door", {}, h("h1", {}, t("Who is at the till?")),
      h("div.people", {}, users.map((each, i) =>
        h("button.person", { type: "button", data: { user: each.id, ...(i < 9 && { key: String(i + 1) }) }, onclick: () => pick(each) },
          h("span.face", {}, [...each.name][0] ?? ""), h("b", {}, each.name), each.locked && h("small.short", {}, sign("warn"), t("locked")), i < 9 && h("kbd", {}, i + 1)))),
      h("div.row", {}, button(t("Light or dark"), { key: "F8", icon: "theme", data: { themeSwitch: "", key: "F8" } })));
  }
  return h("section.door", {}, h("h1", {}, t("Hello, {name}", { name: user.name })),
    h("p.lead", {}, t("Enter your PIN")),
    h("output.dots", { "aria-label": t("Enter your PIN") }, [...local.pin].map(() => h("i")), !local.pin.length && h("span.caret")),
    pad(typed),
    h("div.row", {},
      users.length > 1 && button(t("Somebody else"), { key: "Escape", onclick: () => choose(null) }),
      button(t("Sign in"), { key: "Enter", tone: "go", disabled: !local.pin, onclick: enter })));
}
