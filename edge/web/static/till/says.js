// What the till says about devices, papers and refusals: every cause with what to do.

import { t, tn } from "../kit.js";

const printer = {
  "paper-end": () => [t("The printer is out of paper"), t("Put in a new roll. Printing goes on by itself.")],
  "paper-near-end": () => [t("The paper is nearly used up"), t("Keep a new roll at hand.")],
  cover: () => [t("The printer's cover is open"), t("Close the cover. Printing goes on by itself.")],
  cutter: () => [t("The paper cutter is stuck"), t("Open the cover, take the loose paper out, close it again.")],
  error: () => [t("The printer reports a fault"), t("Switch it off and on again.")],
  offline: () => [t("The printer has stopped"), t("Press its feed button, or switch it off and on.")],
  silent: () => [t("The printer does not answer"), t("Check its power and its cable. You can go on selling; receipts print when it is back.")],
};
const fiscal = {
  offline: () => [t("The fiscal device does not answer"), t("Check its power and its cable. Until it answers nothing can be sold.")],
  refused: () => [t("The fiscal device refused"), t("Read its display, put that right, then try again.")],
  taxes: () => [t("The fiscal device has other tax rates"), t("Call the office. The till stays closed until both agree.")],
  "report-due": () => [t("The fiscal device owes its daily report"), t("Print the daily report on the device, then go on.")],
};

const terminal = {
  offline: () => [t("The card terminal does not answer"), t("Check its power and its cable. Cash can be taken meanwhile.")],
};

/** [what is wrong, what to do] for a device that is not fine, else null. */
export function trouble(kind, device) {
  if (device.state === "up" || device.state === "none") return null;
  const known = { printer, fiscal, terminal }[kind]?.[device.cause];
  return known ? known() : [device.name, device.hint];
}

/** How far a receipt has come: [sign, tone, words]. */
export function paperWords(paper, device) {
  if (!paper) return ["wait", "calm", t("The receipt waits for the fiscal device")];
  const stuck = device.state === "down" && (paper.state === "waiting" || paper.state === "printing");
  if (stuck) return ["warn", "warn", t("The receipt waits for the printer")];
  return {
    waiting: ["wait", "calm", t("The receipt is printing")],
    printing: ["wait", "calm", t("The receipt is printing")],
    done: ["check", "good", t("The receipt came out")],
    unproven: ["check", "calm", t("The receipt was sent to the printer")],
    unknown: ["warn", "warn", t("Did the receipt come out?")],
    "fiscal-device": ["check", "good", t("The fiscal device printed the receipt")],
    dropped: ["cross", "calm", t("No receipt was printed")],
  }[paper.state];
}

/** How far the fiscal receipt has come, or null where there is none. */
export function fiscalWords(fiscal) {
  return {
    none: null,
    waiting: ["wait", "calm", t("Waiting for the fiscal receipt")],
    done: ["seal", "good", t("Fiscal receipt {number}", { number: fiscal.number })],
    refused: ["warn", "warn", t("The fiscal device refused the receipt")],
    unknown: ["warn", "warn", t("Asking the fiscal device what became of the receipt")],
  }[fiscal.state];
}

/** What a terminal does just now. */
export function doing(terminal) {
  return {
    card: t("The customer holds the card to the terminal, or inserts it"),
    pin: t("The customer types the PIN"),
    host: t("The terminal asks the bank"),
    "remove-card": t("The customer takes the card out"),
    customer: t("The customer answers at the terminal"),
  }[terminal.hint] ?? t("The terminal is at work");
}

const codes = {
  "no-answer": () => t("The box does not answer. Try again in a moment."),
  "wrong-pin": () => t("That PIN is not right."),
  wait: () => t("Too many tries. Wait a minute, then try again."),
  "not-allowed": () => t("You may not do this. Ask a manager."),
  "approval-needed": () => t("A manager must approve this."),
  locked: () => t("Too many wrong PINs. A manager can unlock it."),
  "bad-pin": () => t("Choose another PIN: four to twelve digits, not the one you have."),
  "not-open": () => t("The till is not open yet."),
  "shift-open": () => t("The till is already open."),
  training: () => t("End the practice first."),
  "open-returns": () => t("Returns still wait for the fiscal device."),
  "parked-baskets": () => t("Sales are still parked at this till."),
  "not-parked": () => t("That sale waits no more. Another till has it."),
  "basket-open": () => t("Finish this sale first."),
  "empty-basket": () => t("There is nothing to pay yet."),
  "unknown-code": () => t("This code is not known here. Search by name (F2)."),
  "bad-code": () => t("The code was not read properly. Scan it again."),
  "unknown-line": () => t("This line is already gone."),
  "too-many": () => t("That is more than one sale can hold. Start a second one."),
  "total-changed": () => t("The total has changed. Look at it again, then pay."),
  "not-enough": () => t("That is not enough to pay."),
  "buyer-needed": () => t("Ask for the buyer's number first."),
  "bad-buyer": () => t("This number is not right. Check it with the customer."),
  "cash-ceiling": () => t("So much may not be paid in cash here."),
  "fiscal-down": () => t("Nothing can be sold until the fiscal device answers."),
  "fiscal-refused": () => t("The fiscal device refused. Read its display, then try again."),
  "sale-unfinished": () => t("The last sale still waits for its fiscal receipt."),
  "settle-first": () => t("Answer first whether the last receipt came out."),
  "count-first": () => t("Count the cash first."),
  "unknown-coupon": () => t("This is no coupon of ours."),
  "coupon-expired": () => t("This coupon is not valid now. Read its dates to the customer."),
  "coupon-used": () => t("This coupon has been used. It counts only once."),
  "bad-discount": () => t("That discount cannot be right. Type it again."),
  "reason-needed": () => t("Write down a reason."),
  "bad-amount": () => t("That amount cannot be right. Type it again."),
  "transfer-differs": () => t("That is not what was sent. Count again; if it still differs, give it back."),
  "no-transfer": () => t("That cash is not on its way any more."),
  "no-drawer": () => t("This till has no drawer it can open. Use the key."),
  "clock-back": () => t("The box's clock shows a day that is already closed. Set it right; if it is right, a manager opens the till."),
  "no-price": () => t("This has no price yet. Ask the office."),
  expired: () => t("This piece has expired. Put it aside and take another one."),
  recalled: () => t("This piece was called back by its maker. Put it aside and take one of another lot."),
  "weigh-first": () => t("This is sold by weight. Weigh it, then scan the label."),
  "bad-quantity": () => t("Check the quantity."),
  "bad-tender": () => t("That amount cannot be right. Type it again."),
  "over-paid": () => t("That amount cannot be right. Type it again."),
  "bad-count": () => t("That count cannot be right. Look at it again."),
  "effect-state": () => t("Somebody has answered this already."),
  "tender-open": () => t("Finish at the terminal first."),
  "part-paid": () => t("Part of this sale is paid already. Take the rest, or give back what was paid."),
  "card-unknown": () => t("Nobody knows yet what became of the last card payment. Take cash, or call a manager."),
  "terminal-down": () => t("The card terminal does not answer. Take cash, or check its power and its cable."),
  "slip-needed": () => t("Type the number on the slip."),
  "bad-slips": () => t("Those are not this till's slips. Look at the list again."),
  "unknown-way": () => t("That is not taken at this till."),
  "unknown-tender": () => t("Somebody has answered this already."),
  offline: () => t("Headquarters does not answer. Try again later."),
  "list-taken": () => t("A till has already taken this list."),
  "list-empty": () => t("There is nothing on this list."),
  "list-full": () => t("The list is full. Take something off it first."),
  "unknown-list": () => t("This list is no longer here"),
  "unknown-product": () => t("This cannot be shown just now. Ask us."),
  "receipt-not-here": () => t("This receipt is not on this box. Scan its QR, or ask headquarters for the shop it was sold in."),
  "refund-of-refund": () => t("That is the paper of a return. Ask for the receipt of the purchase."),
  "forged-reference": () => t("This receipt was not made here. Ask a manager."),
  "bad-reference": () => t("That is no receipt of ours."),
  "receipt-needed": () => t("Here nothing comes back without its receipt."),
  "too-much-back": () => t("More than was sold cannot come back. Look at the earlier returns."),
  "nothing-back": () => t("Choose what comes back"),
  "return-limit": () => t("So much may not come back without receipts in one day. Ask the office."),
  "tender-cannot": () => t("It can only be given back in cash, with a manager."),
  "disk-full": () => t("The box has no room left. Call the office before you sell on."),
  "bad-request": () => t("The till did not understand that. Try again."),
};

/** [title, hint] of a refusal, in the page's language. */
export function refusal(problem) {
  const known = codes[problem.code];
  return known ? [known(), problem[problem.code]?.reason ?? ""] : [problem.title || problem.detail, problem.hint];
}

/** "3 sales only on this box since 14:05". */
export function onlyHere(of, clock) {
  if (!of.sales) return "";
  return of.since ? tn("{n} sale only on this box since {time}", "{n} sales only on this box since {time}", of.sales, { time: clock(of.since) })
    : tn("{n} sale only on this box", "{n} sales only on this box", of.sales);
}
