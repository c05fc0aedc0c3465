// The keyboard: a key presses the visible button that names it, so hint and meaning can never part.

import { h, sign } from "./kit.js";

const NAMES = { Enter: "Enter", Escape: "Esc", Delete: "Del", Backspace: "⌫", "+": "+", "-": "−" };

/** A button with its key shown on it. tone: go, calm, warn, plain. */
export function button(label, { key, tone = "plain", icon, onclick, disabled, ...rest } = {}) {
  return h(`button.button.${tone}`, { type: "button", onclick, disabled, data: key ? { key } : {}, ...rest },
    icon && sign(icon), h("span", {}, label), key && h("kbd", { "aria-hidden": "true" }, NAMES[key] ?? key));
}

const scope = () => [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;

/** Press the button of `key` in the topmost dialog or page; false when there is none. */
export function press(key) {
  const found = [...scope().querySelectorAll("[data-key]")].find(
    (each) => each.dataset.key === key && !each.disabled && each.getClientRects().length > 0);
  found?.click();
  return found !== undefined;
}

/** Listen for keys. typed(character) takes what no field and no button took. */
export function listen(typed) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    const at = document.activeElement;
    const onButton = at instanceof HTMLButtonElement && at.matches(":focus-visible");
    if (event.key === "Enter" && onButton) return;
    if (event.key === "Backspace" || event.key === "Delete" || event.key.startsWith("Arrow")) {
      if (at instanceof HTMLInputElement && event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    } else if (!/^(F\d+|Enter|Escape|PageUp|PageDown)$/.test(event.key)) return;
    if (press(event.key)) event.preventDefault();
    else if (/^(F\d|F10|Escape)$/.test(event.key)) event.preventDefault();
  });
  document.addEventListener("typed", ({ detail }) => press(detail) || typed?.(detail));
}

/** A modal question; `body` its elements, `actions` its buttons. Resolves with an action's value, undefined on Esc. */
export function ask({ title, body = [], actions = [], wide = false, onopen, close = "" }) {
  return new Promise((done) => {
    const dialog = h(`dialog.dialog${wide ? ".wide" : ""}`, { "aria-label": title });
    const end = (value) => {
      if (!dialog.open) return;
      dialog.close();
      dialog.remove();
      done(value);
    };
    dialog.end = end;
    dialog.addEventListener("cancel", (event) => (event.preventDefault(), end(undefined)));
    dialog.append(
      h("header", {}, h("h2", {}, title),
        close && h("button.close", { type: "button", "aria-label": close, data: { key: "Escape" }, onclick: () => end(undefined) }, sign("cross"), h("kbd", {}, "Esc"))),
      h("div.body", {}, body));
    if (actions.length)
      dialog.append(h("footer", {}, actions.map(({ label, value, run, ...rest }) =>
        button(label, { ...rest, onclick: async () => {
          const answer = run ? await run() : value;
          if (answer !== undefined) end(answer);
        } }))));
    document.body.append(dialog);
    dialog.showModal();
    (dialog.querySelector("[autofocus]") ?? dialog).focus();
    onopen?.(dialog, end);
  });
}

/** Close every open question. */
export function closeAll() {
  for (const dialog of [...document.querySelectorAll("dialog[open]")].reverse()) dialog.end?.(undefined);
}

/** Digits on the glass: press(key) for 0-9, the separator and "⌫". */
export function pad(press, extra = "") {
  const keys = ["7", "8", "9", "4", "5", "6", "1", "2", "3", extra, "0", "⌫"];
  return h("div.pad", {}, keys.map((key) => (key === "" ? h("i") :
    h("button.digit", { type: "button", tabindex: "-1", data: { key: key === "⌫" ? "Backspace" : key }, onclick: () => press(key) }, key))));
}
