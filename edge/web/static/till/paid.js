// After the payment, and after a restart: what was paid, what was printed.

import { clock, h, money, sign, t, width } from "../kit.js";
import { button } from "../keys.js";
import { attempt, signedIn, till } from "./shop.js";
import { tenderNotices } from "./tenders.js";
import { fiscalWords, paperWords } from "./says.js";

const step = ([icon, tone, words]) => h(`li.${tone}`, {}, sign(icon), h("span", {}, words));

/** The steps of a sale: paid, fiscal receipt, paper. */
function steps(sale) {
  const fiscal = fiscalWords(sale.fiscal);
  return h("ol.steps", {}, step(["check", "good", t("Paid")]), fiscal && step(fiscal), step(paperWords(sale.paper, till.state.printer)));
}

/** "Did it come out?" for one paper. */
function didIt(paper) {
  const settle = (came_out) => attempt("settle-paper", { effect: paper.effect, came_out });
  return h("div.question", { data: { effect: paper.effect } }, h("p", {}, h("b", {}, t("Did the receipt come out?")), " ",
    `${paper.number || t("Receipt")} · ${money(paper.total_minor)} · ${clock(paper.at)}`),
    h("div.row", {}, button(t("Yes, here it is"), { key: "F1", tone: "go", onclick: () => settle(true) }),
      button(t("No, print it again"), { key: "F3", tone: "calm", onclick: () => settle(false) })));
}

/** The big panel after paying, until the next customer. */
export function paidPanel() {
  const sale = till.state.last_sale;
  if (!sale || sale.sale !== till.paid.sale) return h("div.paid", {}, h("p.label", {}, t("Change")), h("output.change", { class: width(till.paid.change_minor) }, money(till.paid.change_minor)));
  return h("div.paid", {},
    h("p.label", {}, sale.change_minor ? t("Change") : t("Paid exactly")),
    h("output.change", { class: width(sale.change_minor || sale.payable_minor) }, money(sale.change_minor || sale.payable_minor)),
    h("p.lead", {}, t("{payable} to pay, {tendered} given", { payable: money(sale.payable_minor), tendered: money(sale.tendered_minor) })),
    steps(sale),
    button(t("Next customer"), { key: "Enter", tone: "calm", icon: "next", onclick: () => {
      till.paid = null;
      till.render();
    } }),
    h("p.small", {}, t("or simply scan the next item")));
}

/** A small reminder of the last sale, for the customer who comes back. */
export function lastSale() {
  const sale = till.state.last_sale;
  if (!sale) return null;
  return h("div.last-sale", {}, h("p.label", {}, t("Last sale, {time}", { time: clock(sale.paid_at) })),
    h("dl.figures", {}, h("dt", {}, t("Paid")), h("dd", {}, money(sale.payable_minor)), h("dt", {}, t("Given")), h("dd", {}, money(sale.tendered_minor)),
      h("dt", {}, t("Change")), h("dd", {}, money(sale.change_minor))),
    h("ol.steps", {}, step(paperWords(sale.paper, till.state.printer))));
}

/** What must be said above everything else, most urgent first. */
export function notices() {
  const { state } = till;
  const out = [];
  for (const sale of state.unfinished)
    out.push(h("div.notice.warn", { data: { sale: sale.sale } }, sign("warn"), h("div", {}, h("b", {}, t("{amount} is paid, but the fiscal receipt is missing", { amount: money(sale.payable_minor) })),
      h("span", {}, sale.fiscal.hint || fiscalWords(sale.fiscal)?.[2] || "")),
    button(t("Try again"), { tone: "calm", disabled: !signedIn(), onclick: () => attempt("retry-fiscal", { sale: sale.sale }) })));
  out.push(...tenderNotices());
  for (const paper of state.papers.slice(0, 2)) out.push(h("div.notice.warn", {}, sign("receipt"), signedIn() ? didIt(paper) : h("b", {}, t("Did the receipt come out?"))));
  for (const task of state.tasks.filter((each) => each.kind === "fork"))
    out.push(h("div.notice.warn", { data: { task: task.task } }, sign("warn"), h("div", {}, h("b", {}, t("This box was restored or replaced")),
      h("span", {}, t("Receipts now carry the letters {letters}. Tell the office.", { letters: task.subject }))),
    signedIn() && state.user.rights.includes("settle") && button(t("Done"), { tone: "calm", onclick: () => attempt("settle-task", { task: task.task }) })));
  return out;
}

const seen = `seen-${location.pathname}`;

/** After a restart of the box: the last sale first, until somebody has read it. */
export function restarted() {
  const { state } = till;
  const sale = state.last_sale;
  if (!sale || sale.paid_at >= state.started_at || localStorage.getItem(seen) === state.boot) return null;
  const read = () => {
    localStorage.setItem(seen, state.boot);
    till.render();
  };
  if (till.paid) return read(), null;
  return h("div.notice.restart", { role: "status" }, h("div", {},
    h("b", {}, t("The box has started. The last sale was {amount} at {time}", { amount: money(sale.payable_minor), time: clock(sale.paid_at) })),
    steps(sale)), button(t("Read it"), { key: "F6", tone: "calm", icon: "check", onclick: read }));
}
