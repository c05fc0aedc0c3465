// Money that moves without a sale: in, out, to the safe, to another till; the drawer opened by hand; the X.

import { boot, fill, h, money, readMoney, sign, t, tn } from "../kit.js";
import { ask, button, pad } from "../keys.js";
import { attempt, note, signedIn, till } from "./shop.js";

const KINDS = () => [
  { kind: "pay-in", label: t("Pay in"), icon: "plus", reasons: [t("Change from the bank"), t("More float")] },
  { kind: "pay-out", label: t("Pay out"), icon: "minus", reasons: [t("Postage"), t("Cleaning"), t("For the shop")] },
  { kind: "safe-drop", label: t("Into the safe"), icon: "house", reasons: [t("Too much in the drawer")] },
  { kind: "bank-drop", label: t("To the bank"), icon: "house", reasons: [t("Bag for the bank")] },
];

/** What each movement is called. */
export const moveName = (kind) => ({
  "pay-in": t("Paid in"), "pay-out": t("Paid out"), "safe-drop": t("Into the safe"), "bank-drop": t("To the bank"),
  "transfer-out": t("To another till"), "transfer-in": t("From another till"), "transfer-back": t("Taken back"), found: t("Found again"),
})[kind] ?? kind;

/** The menu of the drawer. */
export async function cashMenu() {
  const { cash } = till.state;
  const kinds = KINDS();
  const choice = await ask({
    title: t("Money in the drawer"), close: t("Close"),
    actions: [
      ...kinds.map((each, i) => ({ label: each.label, key: String(i + 1), icon: each.icon, tone: "calm", value: each })),
      cash.tills.length > 0 && { label: t("To another till"), key: "5", icon: "day", tone: "calm", value: "send" },
      { label: t("Open the drawer"), key: "6", icon: "cash", tone: "calm", value: "open" },
      { label: t("X report"), key: "7", icon: "receipt", tone: "calm", value: "x" },
    ].filter(Boolean),
  });
  if (choice === "send") await send();
  else if (choice === "open") await noSale();
  else if (choice === "x") await xReport();
  else if (choice) await move(choice);
}

async function move({ kind, label, reasons }) {
  const amount = await howMuch(label);
  const reason = amount && (await why(label, reasons));
  if (!reason) return;
  if (await attempt("move-cash", { kind, amount_minor: amount, reason })) note(`${label}: ${money(amount)}`, t("Put the slip into the drawer."));
}

async function send() {
  const { tills } = till.state.cash;
  const to = tills.length === 1 ? tills[0].id : await ask({
    title: t("To which till?"), close: t("Close"),
    actions: tills.slice(0, 9).map((each, i) => ({ label: each.name, key: String(i + 1), tone: "calm", value: each.id })),
  });
  const amount = to && (await howMuch(t("To another till")));
  const reason = amount && (await why(t("To another till"), [t("Change for the other till"), t("Too much in the drawer")]));
  if (reason && (await attempt("send-cash", { to, amount_minor: amount, reason }))) note(t("Carry {amount} over now", { amount: money(amount) }), t("It is open until the other till has counted it."));
}

/** Open the drawer without a sale. */
export async function noSale() {
  const reason = await why(t("Open the drawer"), [t("A customer wants change"), t("Counting the cash"), t("Wrong change given")]);
  if (reason) await attempt("no-sale", { reason });
}

async function xReport() {
  const amounts = await ask({
    title: t("X report"), close: t("Close"), body: [h("p.lead", {}, t("It is printed; nothing is reset."))],
    actions: [{ label: t("Without amounts"), key: "1", tone: "calm", value: "no" }, { label: t("With amounts (a manager)"), key: "2", tone: "calm", value: "yes" }],
  });
  const result = amounts && (await attempt("x-report", { amounts: amounts === "yes" }));
  if (!result) return;
  const { x } = result, { figures } = x;
  const row = (name, value) => [h("dt", {}, name), h("dd", {}, value)];
  await ask({
    title: `${t("X report")} · ${x.business_date}`,
    body: [h("dl.figures", {},
      row(tn("{n} sale", "{n} sales", x.sales), figures ? money(figures.gross_sales_minor) : ""),
      row(tn("{n} return", "{n} returns", x.returns), figures ? money(figures.gross_returns_minor) : ""),
      row(t("Lines and sales taken out"), x.voided_lines + x.voided_baskets), row(t("Drawer opened by hand"), x.no_sales),
      figures && [row(t("Float"), money(figures.float_minor)), figures.moves.map((each) => row(`${moveName(each.kind)} (${each.count})`, money(each.amount_minor))),
        row(t("Expected"), money(figures.expected_minor))])],
    actions: [{ label: t("Done"), key: "Enter", tone: "go", value: true }],
  });
}

/** Cash under way between this till and another one. */
export function transfers() {
  if (!signedIn() || !till.state.shift) return [];
  return till.state.cash.transfers.map((each) => each.way === "in"
    ? h("div.notice.warn", { data: { move: each.move } }, sign("cash"), h("div", {}, h("b", {}, t("Cash from {till} is on its way", { till: each.till })), h("span", {}, t("Count it when it is here."))),
      button(t("Count it in"), { tone: "calm", onclick: () => receive(each) }))
    : h("div.notice.calm", { data: { move: each.move } }, sign("cash"), h("div", {}, h("b", {}, t("{amount} for {till} is not confirmed yet", { amount: money(each.amount_minor), till: each.till })), h("span", {}, t("The other till counts it in."))),
      button(t("Take it back"), { tone: "plain", onclick: () => attempt("take-back-cash", { move: each.move }) })));
}

async function receive({ move: name, till: from }) {
  const amount = await howMuch(t("Cash from {till}", { till: from }));
  if (amount) await attempt("receive-cash", { move: name, amount_minor: amount });
}

export async function howMuch(title) {
  let text = "";
  const output = h("output.amount", {}, money(0));
  const typed = (key) => {
    const next = key === "⌫" ? text.slice(0, -1) : text + key;
    if (next === "" || readMoney(next) !== null) text = next;
    output.textContent = money(readMoney(text) ?? 0);
  };
  return ask({
    title, close: t("Close"), body: [h("p.lead", {}, t("How much?")), output, pad(typed, till.state.profile.decimals ? boot.money.decimal : "00")],
    actions: [{ label: t("Next"), key: "Enter", tone: "go", run: () => readMoney(text) || undefined }],
    onopen: (dialog) => (dialog.typed = typed),
  });
}

export async function why(title, reasons) {
  const field = h("input.big", { type: "text", maxlength: 100, autofocus: true, autocomplete: "off", "aria-label": t("Reason"), placeholder: t("Reason") });
  const quick = h("div.choices");
  return ask({
    title, close: t("Close"), body: [h("p.lead", {}, t("Why? It is written down.")), quick, field],
    actions: [{ label: t("Go"), key: "Enter", tone: "go", run: () => field.value.trim() || undefined }],
    onopen: (dialog, end) => fill(quick, reasons.map((each, i) => button(each, { key: `F${i + 1}`, tone: "calm", onclick: () => end(each) }))),
  });
}
