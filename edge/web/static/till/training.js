// Practice: the same till in another colour; nothing of it counts.

import { h, sign, t } from "../kit.js";
import { button } from "../keys.js";
import { attempt, signedIn, till } from "./shop.js";

export const practising = () => Boolean(till.state?.training);

/** Whether whoever is signed in may practise, or ask somebody who may. */
export async function startTraining() {
  if (await attempt("start-training", {})) Object.assign(till, { view: "sell", paid: null, selected: null });
  till.render();
}

async function endTraining() {
  if (await attempt("end-training", {})) Object.assign(till, { paid: null, selected: null });
  till.render();
}

/** Above everything, as long as it lasts. */
export function trainingNotice() {
  return practising() && h("div.notice.training", { role: "status" }, sign("knob"),
    h("div", {}, h("b", {}, t("Practice")), h("span", {}, t("Nothing you do here counts: no stock, no money, no receipt."))),
    signedIn() && button(t("End practice"), { key: "F7", tone: "warn", onclick: endTraining }));
}
