// The buyer's number, where the law asks for it.

import { h, t } from "../kit.js";
import { ask } from "../keys.js";

/** Ask for the buyer's number; "" means declined, undefined means back. */
export async function buyer(question) {
  const field = h("input.big", { type: "text", inputmode: "numeric", autocomplete: "off", maxlength: 32, autofocus: true, placeholder: question.example, "aria-label": t("Buyer's number") });
  const wrong = h("p.small.missing", { role: "alert" });
  const korean = question.kind === "cash-receipt";
  return ask({
    title: korean ? t("Cash receipt?") : t("Tax number on the receipt?"),
    body: [
      h("p.lead", {}, korean ? t("Ask for the customer's phone or business number.") : t("Ask for the company's tax number.")),
      field, wrong,
    ],
    actions: [
      { label: t("Back"), key: "Escape", run: () => undefined },
      { label: t("No number"), key: "F8", tone: "calm", value: "" },
      { label: t("Use this number"), key: "Enter", tone: "go", run: () => {
        const number = field.value.replace(/[\s-]/g, "");
        if (new RegExp(`^(?:${question.pattern})$`).test(number)) return number;
        wrong.textContent = t("This number is not right. Example: {example}", { example: question.example });
        return undefined;
      } },
    ],
    onopen: (dialog, end) => dialog.querySelector('[data-key="Escape"]').addEventListener("click", () => end(undefined)),
  });
}
