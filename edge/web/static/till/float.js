// Open the till with a float.

import { boot, h, money, readMoney, t } from "../kit.js";
import { button, pad } from "../keys.js";
import { attempt, till } from "./shop.js";
import { startTraining } from "./training.js";

const local = { text: "" };

export function typed(key) {
  if (key === "⌫") local.text = local.text.slice(0, -1);
  else if (readMoney(local.text + key) !== null) local.text += key;
  till.render();
}

export function float() {
  const amount = readMoney(local.text) ?? 0;
  return h("section.door", {}, h("h1", {}, t("Open the till")),
    h("p.lead", {}, t("How much change is in the drawer?")),
    h("output.amount", {}, money(amount)),
    pad(typed, till.state.profile.decimals ? boot.money.decimal : "00"),
    h("div.row", {}, button(t("Open with {amount}", { amount: money(amount) }), {
      key: "Enter", tone: "go",
      onclick: async () => {
        if (await attempt("open-shift", { float_minor: amount })) local.text = "";
      },
    }), button(t("Practise"), { key: "F8", icon: "knob", onclick: startTraining })));
}
