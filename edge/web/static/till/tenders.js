// Money that is not cash: what the cashier and the manager are asked about it.

import { clock, h, money, sign, t } from "../kit.js";
import { ask, button } from "../keys.js";
import { attempt, signedIn, till } from "./shop.js";

/** What a way to pay is called here. */
export const wayName = (name) => (name === "card" ? t("Card") : till.state.ways.find((each) => each.name === name)?.label ?? name);

/** The tender of this till that waits for an answer, if any. */
export const underWay = () => till.state.tenders.find((each) => each.state === "asked" || each.state === "reversing") ?? null;

export const unknown = (tender) => tender.state === "unknown" || tender.state === "reversal-unknown";

const slipField = () => h("input.big", { type: "text", autocomplete: "off", maxlength: 40, autofocus: true, "aria-label": t("Number on the slip"), placeholder: t("Number on the slip") });

/** A terminal without a wire: the cashier keys the amount there and says here what it said. */
export async function answer(tender) {
  const back = tender.state === "reversing";
  const slip = slipField();
  const wrong = h("p.small.missing", { role: "alert" });
  const said = await ask({
    title: back ? t("Give {amount} back at the terminal", { amount: money(tender.amount_minor) }) : t("Key {amount} into the terminal", { amount: money(tender.amount_minor) }),
    close: t("Back"),
    body: [h("p.lead", {}, back ? t("{way}: reverse slip {slip} there, then type the new slip's number.", { way: wayName(tender.name), slip: tender.slip })
      : t("{way}: when it is approved, type the number on its slip.", { way: wayName(tender.name) })), slip, wrong],
    actions: [
      { label: back ? t("It was not given back") : t("Declined"), key: "F8", tone: "warn", value: { approved: false } },
      { label: back ? t("Given back") : t("Approved"), key: "Enter", tone: "go", icon: "check", run: () => {
        if (slip.value.trim()) return { approved: true, slip: slip.value.trim() };
        wrong.textContent = t("Type the number on the slip.");
        return undefined;
      } },
    ],
  });
  if (said) await attempt("confirm-tender", { tender: tender.tender, ...said });
}

export async function giveBack(tender) {
  if (!(await attempt("reverse-tender", { tender: tender.tender }))) return;
  const now = till.state.tenders.find((each) => each.tender === tender.tender);
  if (now?.state === "reversing" && !now.wired) await answer(now);
}

/** A manager reads the terminal's slip: the last word when nobody else knows. */
export async function settle(tender) {
  const back = tender.state === "reversal-unknown";
  const slip = slipField();
  const wrong = h("p.small.missing", { role: "alert" });
  const said = await ask({
    title: t("What does the slip say?"), close: t("Back"),
    body: [h("p.lead", {}, t("{way}, {amount}, {time}", { way: wayName(tender.name), amount: money(tender.amount_minor), time: clock(tender.asked_at) })),
      h("p", {}, t("Look at the last slip of the terminal, or print it again there.")), slip, wrong],
    actions: [
      { label: back ? t("It was not given back") : t("Nothing was taken"), key: "F8", tone: "warn", value: { happened: false } },
      { label: back ? t("It was given back") : t("It was taken"), key: "Enter", tone: "go", run: () => {
        if (slip.value.trim()) return { happened: true, slip: slip.value.trim() };
        wrong.textContent = t("Type the number on the slip.");
        return undefined;
      } },
    ],
  });
  if (said) await attempt("settle-tender", { tender: tender.tender, ...said });
}

/** What must be said about money that is neither here nor there. */
export function tenderNotices() {
  const words = (each) => ({ way: wayName(each.name), amount: money(each.amount_minor), time: clock(each.asked_at) });
  return till.state.tenders.filter((each) => each.stray || unknown(each)).map((each) => {
    const [title, hint, act] = {
      unknown: () => [t("Nobody knows yet whether {amount} was taken ({way}, {time})", words(each)), t("The till asks the terminal. Until it knows, take cash."), button(t("Read the slip"), { tone: "calm", disabled: !signedIn(), onclick: () => settle(each) })],
      "reversal-unknown": () => [t("Nobody knows yet whether {amount} was given back ({way}, {time})", words(each)), t("The till asks the terminal. Until it knows, take cash."), button(t("Read the slip"), { tone: "calm", disabled: !signedIn(), onclick: () => settle(each) })],
      captured: () => [t("{amount} was taken ({way}, {time}), but the sale was paid otherwise", words(each)), t("Give it back to the customer."), button(t("Give back"), { tone: "calm", disabled: !signedIn(), onclick: () => giveBack(each) })],
      asked: () => [t("{amount} is being asked for ({way}, {time})", words(each)), "", !each.wired && button(t("What did the terminal say?"), { tone: "calm", disabled: !signedIn(), onclick: () => answer(each) })],
      reversing: () => [t("{amount} goes back to the customer", words(each)), "", !each.wired && button(t("What did the terminal say?"), { tone: "calm", disabled: !signedIn(), onclick: () => answer(each) })],
    }[each.state]();
    return h("div.notice.warn", { data: { tender: each.tender } }, sign("card"), h("div", {}, h("b", {}, title), hint && h("span", {}, hint)), act);
  });
}
