// PINs: one's own instead of the one that was given, another one, and a lock that a manager opens.

import { h, t } from "../kit.js";
import { Problem } from "../command.js";
import { ask } from "../keys.js";
import { command, note, till } from "./shop.js";
import { byManager, pinField, withPad } from "./approve.js";
import { refusal } from "./says.js";

/** Choose a PIN, typed twice; `work(new_pin, pin)` gives what is resolved, or refuses. `first`: the old one is known. */
async function choose({ title, lead, first, work }) {
  const old = pinField(t("The PIN you have"), { autofocus: !first });
  const fresh = pinField(t("Your new PIN"), { autofocus: first });
  const again = pinField(t("The same once more"));
  const wrong = h("p.small.missing", { role: "alert" });
  return ask({
    title, close: t("Back"), wide: true,
    body: [withPad([...(first ? [] : [old]), fresh, again], h("p.lead", {}, lead), !first && h("label", {}, t("The PIN you have"), old),
      h("label", {}, t("Your new PIN"), fresh), h("label", {}, t("The same once more"), again), wrong)],
    actions: [{ label: t("Use this PIN"), key: "Enter", tone: "go", run: async () => {
      const next = [...(first ? [] : [old]), fresh, again].find((field) => !field.value);
      if (next) return void next.focus();
      if (fresh.value !== again.value) {
        wrong.textContent = t("The two are not the same.");
        again.value = "";
        return void again.focus();
      }
      try {
        return await work(fresh.value, old.value);
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        wrong.textContent = refusal(problem).filter(Boolean).join(" ");
        return undefined;
      }
    } }],
  });
}

/** The PIN was for one time only: gives the answer to the sign-in with one's own, or undefined. */
export const ownPin = (user, pin) => choose({
  title: t("Choose your own PIN"), lead: t("Four to twelve digits that only you know."), first: true,
  work: (new_pin) => command("sign-in", { user, pin, new_pin }),
});

export async function changePin() {
  const done = await choose({
    title: t("Change my PIN"), lead: t("Four to twelve digits that only you know."), first: false,
    work: (new_pin, pin) => command("change-pin", { pin, new_pin }),
  });
  if (done) note(t("Your new PIN is good from now on."));
}

/** Somebody is locked out: a manager comes to the till. */
export async function unlock(user) {
  const people = till.state.users.filter((each) => each.rights.includes("unlock") && each.id !== user.id && !each.locked);
  const done = people.length && (await byManager({
    title: t("Too many wrong PINs"), people, action: t("Unlock"),
    body: [h("p.lead", {}, t("A manager can let {name} in again.", { name: user.name }))],
    work: (manager) => command("unlock", { user: user.id, manager }),
  }));
  if (done) note(t("{name} can sign in again.", { name: user.name }));
}
