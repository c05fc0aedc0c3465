// The money of a return: why, who approves it, what is handed out, and what the fiscal device still owes.

import { h, money, sign, t, width } from "../kit.js";
import { ask, button } from "../keys.js";
import { back, leave, reckon, wanted } from "./back.js";
import { howMuch, why } from "./cash.js";
import { attempt, note, till } from "./shop.js";
import { fiscalWords, paperWords } from "./says.js";

const step = ([icon, tone, words]) => h(`li.${tone}`, {}, sign(icon), h("span", {}, words));

/** Give the money back, or exchange the goods for what is rung up. */
export async function give(exchange) {
  if (!exchange && !(await inCash())) return;
  const reason = await why(t("Goods come back"), [t("Does not fit"), t("Does not please"), t("It is faulty"), t("Wrong article")]);
  if (!reason || !back.due) return;
  const body = { ...wanted(), amount_minor: back.due.amount_minor, reason, ...(back.proof && { text: back.proof.text }) };
  const result = exchange ? await swap(body) : await attempt("refund", body);
  if (!result) return;
  back.given = { ...result, exchange };
  till.selected = null;
  till.render();
}

/** What was paid otherwise than in cash cannot go back to where it came from: cash, with a manager. */
async function inCash() {
  if (back.due.parts.every((part) => part.given === "cash")) return true;
  const yes = await ask({
    title: t("It was not paid in cash"), close: t("Close"),
    body: [h("p.lead", {}, t("The money cannot go back to where it came from here. It can be given in cash, with a manager."))],
    actions: [{ label: t("Give cash"), key: "F8", tone: "warn", value: true }],
  });
  if (!yes) return false;
  back.to = "cash";
  await reckon();
  return back.due !== null;
}

async function swap(body) {
  const { basket, profile } = till.state;
  const more = basket.cash.payable_minor - body.amount_minor;
  const added = more > 0 ? await howMuch(t("The customer adds {amount}", { amount: money(more) })) : 0;
  if (added === undefined || (more > 0 && !added)) return undefined;
  if (added < more) return void note(t("{amount} is missing", { amount: money(more - added) }), "", "warn");
  const asks = profile.buyer && profile.buyer.required_from_minor !== null && basket.total_minor >= profile.buyer.required_from_minor;
  return attempt("exchange", { ...body, basket_minor: basket.total_minor, tendered_minor: added, ...(asks && { buyer: "" }) });
}

/** The big panel after a return: what the customer gets, as soon as it may leave. */
export function givenPanel() {
  const { given } = back;
  const told = till.state.returns.last;
  const mine = told?.returned === given.returned ? told : null;
  const open = till.state.returns.open.some((each) => each.returned === given.returned && !each.closed);
  const amount = given.exchange ? given.change_minor : given.amount_minor;
  const fiscal = mine && fiscalWords(mine.fiscal);
  return h("div.paid", { data: { returned: given.returned } },
    h("p.label", {}, open ? t("Hand nothing out yet") : amount ? t("Give the customer") : t("Nothing to hand out")),
    h("output.change", { class: width(amount) }, money(amount)),
    h("ol.steps", {}, step(open ? ["wait", "calm", t("Waiting for the fiscal receipt")] : ["check", "good", given.exchange ? t("Exchanged") : t("Given back")]),
      fiscal && step(fiscal), mine?.paper && !open && step(paperWords(mine.paper, till.state.printer))),
    button(t("Next customer"), { key: "Enter", tone: "calm", icon: "next", onclick: leave }));
}

/** Returns that still wait for the fiscal device. */
export function backNotices() {
  return till.state.returns.open.filter((each) => till.view !== "back" || back.given?.returned !== each.returned || each.fiscal.state === "refused").map((each) => {
    const refused = each.fiscal.state === "refused";
    return h(`div.notice.${refused ? "warn" : "calm"}`, { data: { returned: each.returned } }, sign(refused ? "warn" : "wait"),
      h("div", {}, h("b", {}, t("{amount} goes back when the fiscal device has its receipt", { amount: money(each.amount_minor) })), h("span", {}, each.fiscal.hint || t("Hand nothing out yet."))),
      refused && till.session && [
        button(t("Try again"), { tone: "calm", onclick: () => attempt("retry-refund", { returned: each.returned }) }),
        !each.closed && !each.exchange && button(t("Give it up"), { tone: "plain", onclick: () => drop(each) }),
      ]);
  });
}

/** Returns for which no money has left yet. */
export const waitingReturns = () => till.state.returns.open.filter((each) => !each.closed);

/** Before the Z: whether these `returns` may wait over it. */
export const stayOpen = (returns) => ask({
  title: t("Returns still wait for the fiscal device."), close: t("Back"),
  body: [h("ul", {}, returns.map((each) => h("li", {}, money(each.amount_minor)))), h("p", {}, t("If it answers while the till is closed, the money leaves the next drawer that is opened."))],
  actions: [{ label: t("Leave them waiting"), key: "Enter", tone: "go", value: true }],
});

async function drop(each) {
  if (!(await attempt("drop-refund", { returned: each.returned }))) return;
  if (back.given?.returned === each.returned) leave();
  note(t("The return is given up"), t("The customer keeps the goods; no money leaves."));
}
