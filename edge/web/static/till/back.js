// Goods that come back: which receipt, which pieces of it, what is due. The page reckons nothing itself.

import { clock, day as date, h, money, picture, sign, t, tn, width } from "../kit.js";
import { Problem, get } from "../command.js";
import { ask, button } from "../keys.js";
import { give, givenPanel } from "./back-money.js";
import { lookFor, whichSize } from "./goods.js";
import { attempt, command, note, say, till } from "./shop.js";

/** What the page shows: a receipt or, without one, goods; `rows` of what may come back. */
export const back = { receipt: null, proof: null, rows: [], at: 0, due: null, to: null, given: null, turn: 0, opened: 0 };

/** The QR of a receipt: a signed claim, at the end of a link or alone. */
export const isReceipt = (code) => /(?:^|\/)[A-Za-z0-9_-]{40,}\.[A-Za-z0-9_-]{86}$/.test(code);

/** Ask for the receipt: scan its QR, type its number, or go on without one. */
export async function takeBack() {
  const field = h("input.big", { type: "text", maxlength: 60, autofocus: true, autocomplete: "off", spellcheck: "false", "aria-label": t("Receipt number"), placeholder: t("Receipt number") });
  const answer = await ask({
    title: t("Goods come back"), close: t("Close"),
    body: [h("p.lead", {}, t("Scan the QR of the receipt, or type its number.")), field],
    actions: [
      { label: t("Without a receipt"), key: "F8", tone: "calm", value: { loose: true } },
      { label: t("Find the receipt"), key: "Enter", tone: "go", run: () => (field.value.trim() ? { text: field.value.trim() } : undefined) },
    ],
  });
  if (answer?.loose) begin({ receipt: null, proof: null, rows: [] });
  else if (answer) await findReceipt(answer.text);
}

/** Look the receipt up on the box, and show what may still come back of it. */
export async function findReceipt(text) {
  const found = await attempt("find-receipt", { text });
  if (!found) return;
  if (found.kind === "proven") {
    begin({ receipt: null, proof: found, rows: [] });
    return note(t("This receipt is genuine, but its sale is not on this box"), t("Up to {amount} can be given back, with a manager.", { amount: money(found.total_minor) }));
  }
  begin({ receipt: found, proof: null, rows: found.lines.map((line) => ({ ...line, quantity: 0, damaged: false })) });
}

function begin(what) {
  Object.assign(back, { at: 0, due: null, to: null, given: null }, what);
  back.turn++;
  back.opened++;
  till.view = "back";
  till.render();
}

/** Back to selling. */
export function leave() {
  till.view = "sell";
  Object.assign(back, { receipt: null, proof: null, rows: [], due: null, given: null });
  till.render();
}

const chosen = () => back.rows[back.at] ?? null;
const most = (row) => (back.receipt ? row.left : 999);

/** What is asked of the box: lines of a receipt, or goods without one. */
export function wanted() {
  const rows = back.rows.filter((row) => row.quantity > 0);
  if (back.receipt) return { sale: back.receipt.sale, back: rows.map(({ line, quantity, damaged }) => ({ line, quantity, damaged })), ...(back.to && { to: back.to }) };
  return { loose: rows.map(({ sku, quantity, damaged }) => ({ sku, quantity, damaged })) };
}

/** Ask the box what is due; an answer overtaken by a newer question is dropped. */
export async function reckon() {
  const turn = ++back.turn;
  back.due = null;
  till.render();
  if (!back.rows.some((row) => row.quantity > 0)) return;
  const due = await command("refund-due", wanted()).catch((problem) => {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.code !== "no-session") say(problem);
    return null;
  });
  if (turn !== back.turn) return;
  back.due = due;
  till.render();
}

function set(row, quantity) {
  const next = Math.max(0, Math.min(most(row), quantity));
  back.at = back.rows.indexOf(row);
  if (next === row.quantity) return till.render();
  row.quantity = next;
  void reckon();
}

/** ArrowUp and ArrowDown. */
export function step(by) {
  back.at = Math.max(0, Math.min(back.rows.length - 1, back.at + by));
  till.render();
}

/** A scan on this page: another receipt, or a piece that comes back. */
export async function scannedBack(code) {
  if (isReceipt(code)) return findReceipt(code);
  const { hits } = await get(`/api/v1/catalog/search?q=${encodeURIComponent(code)}&limit=2`).catch(() => ({ hits: [] }));
  if (hits.length !== 1) return say({ code: "unknown-code" });
  await addPiece(hits[0]);
}

async function addPiece(hit) {
  const sku = hit.sku ?? (await whichSize(hit.article));
  if (!sku) return;
  const row = back.rows.find((each) => each.sku === sku && each.quantity < most(each)) ?? back.rows.find((each) => each.sku === sku);
  if (row) {
    if (row.quantity >= most(row)) return note(t("All of it has come back already"), row.name, "warn");
    return set(row, row.quantity + 1);
  }
  if (back.receipt) return note(t("That is not on this receipt"), hit.name, "warn");
  const made = { sku, name: hit.name, variant: hit.sku ? hit.variant : sku, picture: hit.picture, unit_price_minor: null, quantity: 0, damaged: false };
  back.rows.push(made);
  set(made, 1);
}

async function find() {
  const hit = await lookFor();
  if (hit?.scan) await scannedBack(hit.scan);
  else if (hit) await addPiece(hit);
}

/** The left-hand side and the right-hand side. */
export function backPage() {
  const data = { opened: back.opened }; // rows of another receipt are other buttons, however alike they look
  if (back.given) return h("section.sell.back", { data }, h("div.left", {}, givenPanel()), h("aside.panel"));
  return h("section.sell.back", { data }, h("div.left", {}, head(), list()), h("aside.panel", {}, panel()));
}

function head() {
  const { receipt, proof } = back;
  const words = receipt ? `${receipt.number} · ${date(receipt.paid_at)}, ${clock(receipt.paid_at)} · ${money(receipt.payable_minor)}`
    : proof ? t("Receipt {number}, {amount}: its sale is not on this box", { number: proof.number, amount: money(proof.total_minor) }) : t("Without a receipt, at the lowest price of 30 days");
  return h("header.back-head", {}, h("h1", {}, t("Goods come back")), h("p", {}, words));
}

function list() {
  if (!back.rows.length) return h("div.empty", {}, sign("scan"), h("p", {}, t("Scan what comes back, or search for it.")));
  return h("ol.lines", { "aria-label": t("Goods come back") }, back.rows.map((row, at) =>
    h(`li.line${at === back.at ? ".chosen" : ""}`, { "aria-current": String(at === back.at), data: { sku: row.sku, quantity: row.quantity }, onclick: () => (at === back.at ? set(row, row.quantity || 1) : ((back.at = at), till.render())) },
      h("span.thumb", {}, picture(row.picture, row.name)),
      h("span.what", {}, h("b", {}, row.name), h("small", {}, row.variant, said(row), row.damaged && h("i.short", {}, t("damaged")))),
      h("span.times", {}, back.receipt ? t("{n} of {left}", { n: row.quantity, left: row.left }) : `${row.quantity} ×`),
      h("span.sum", {}, row.quantity ? money(due(row)) : ""))));
}

const due = (row) => {
  const at = back.receipt ? back.due?.lines.find((line) => line.line === row.line) : back.due?.lines[back.rows.filter((each) => each.quantity > 0).indexOf(row)];
  return at?.gross_minor ?? 0;
};

function said(row) {
  if (!back.receipt) return "";
  const gone = row.sold - row.left;
  return [h("i", {}, tn("{n} sold", "{n} sold", row.sold)), gone > 0 && h("i.short", {}, tn("{n} came back already", "{n} came back already", gone))];
}

function panel() {
  const row = chosen();
  const amount = back.due?.amount_minor ?? 0;
  const ready = back.due !== null;
  const pieces = back.rows.reduce((sum, each) => sum + each.quantity, 0);
  return [
    h("div.total", {}, h("p.label", {}, t("To give back")), h("output.huge", { class: width(amount) }, money(amount)),
      h("p.small", {}, pieces ? tn("{n} item", "{n} items", pieces) : t("Choose what comes back"),
        back.due?.rounding_minor ? ` · ${t("rounded by {rounding}", { rounding: money(back.due.rounding_minor) })}` : "",
        back.due?.manager && h("b.saved", {}, " · ", t("A manager must approve this.")))),
    row && h("div.chosen-line", {}, h("p", {}, h("b", {}, row.name), " ", row.variant),
      h("div.row", {},
        button(t("Less"), { key: "-", icon: "minus", disabled: row.quantity < 1, onclick: () => set(row, row.quantity - 1) }),
        button(t("All"), { key: "F6", disabled: !back.receipt || row.quantity >= row.left, onclick: () => set(row, most(row)) }),
        button(t("More"), { key: "+", icon: "plus", disabled: row.quantity >= most(row), onclick: () => set(row, row.quantity + 1) })),
      button(row.damaged ? t("It is damaged") : t("It can be sold again"), { key: "F4", icon: row.damaged ? "warn" : "check", tone: row.damaged ? "warn" : "calm", disabled: row.quantity < 1,
        onclick: () => ((row.damaged = !row.damaged), till.render()) })),
    h("div.grow"),
    button(ready ? t("Give back {amount}", { amount: money(amount) }) : t("Give back"), { key: "F8", tone: "go", icon: "cash", class: "pay-button", disabled: !ready, onclick: () => give(false) }),
  ];
}

/** The keys along the bottom. */
export function backKeys() {
  if (back.given) return [];
  const swaps = back.receipt && till.state.basket?.lines.length > 0;
  return [
    button(t("Back to selling"), { key: "Escape", icon: "back", onclick: leave }),
    button(t("Search"), { key: "F2", icon: "search", onclick: find }),
    back.receipt && button(t("Everything comes back"), { key: "F7", disabled: !back.rows.some((each) => each.left > each.quantity), onclick: everything }),
    h("div.grow"),
    swaps && button(t("Exchange for what is rung up"), { key: "F9", tone: "calm", icon: "next", disabled: back.due === null, onclick: () => give(true) }),
  ];
}

function everything() {
  for (const each of back.rows) each.quantity = each.left;
  void reckon();
}
