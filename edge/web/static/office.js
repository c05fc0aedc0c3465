// The office: the days' takings as tables with plots, every Z with its paper, the books to take along.

import { boot, clock, h, money, readMoney, show, sign, t, tn } from "./kit.js";
import { ask, button, listen } from "./keys.js";
import { Problem, send } from "./command.js";
import { bars, ranks } from "./plot.js";
import { refusal } from "./till/says.js";

const stage = document.getElementById("stage");
const office = { session: sessionStorage.getItem("session-office"), door: null, report: null, from: "", to: "", said: "", busy: false };
const head = () => ({ "Accept-Language": boot.tag, Authorization: `Bearer ${office.session}` });

async function get(path) {
  let response;
  try {
    response = await fetch(`/api/v1/office/${path}`, { headers: head(), signal: AbortSignal.timeout(20000) });
  } catch {
    throw new Problem({ code: "no-answer" }, 0);
  }
  if (response.ok) return response;
  const problem = new Problem(await response.json().catch(() => ({})), response.status);
  if (problem.status === 401) leave();
  throw problem;
}

function leave() {
  office.session = office.report = null;
  sessionStorage.removeItem("session-office");
}

/** Do it; a refusal is said on the page. */
async function attempt(work) {
  office.said = "";
  office.busy = true;
  draw();
  try {
    return await work();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    office.said = refusal(problem).filter(Boolean).join(" ");
    return undefined;
  } finally {
    office.busy = false;
    draw();
  }
}

const load = () => attempt(async () => (office.report = await (await get(`report?from=${office.from}&to=${office.to}`)).json()));

async function save(path, name) {
  await attempt(async () => {
    const url = URL.createObjectURL(await (await get(path)).blob());
    h("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  });
}

function signIn() {
  const user = h("select.big", { "aria-label": t("Manager") }, office.door.users.map((each) => h("option", { value: each.id }, each.name)));
  const pin = h("input.big", { type: "password", inputmode: "numeric", autocomplete: "off", maxlength: 12, autofocus: true, "aria-label": t("PIN") });
  const go = () => attempt(async () => {
    if (!pin.value) return;
    const result = await send("/api/v1/office/sign-in", { user: user.value, pin: pin.value });
    office.session = result.session;
    sessionStorage.setItem("session-office", result.session);
    await load();
  });
  return h("section.door", {}, h("h1", {}, t("Office")), h("p.lead", {}, t("The day's takings, every Z, and the books.")),
    office.said && h("p.missing", { role: "alert" }, office.said),
    h("label", {}, t("Manager"), user), h("label", {}, t("PIN"), pin),
    h("div.row", {}, button(t("Sign in"), { key: "Enter", tone: "go", onclick: go })));
}

function choose() {
  const field = (name, value) => h("input", { type: "date", "aria-label": name, value, max: office.door.today, required: true });
  const from = field(t("From"), office.from), to = field(t("To"), office.to);
  const go = (first, last) => {
    if (!first || !last) return undefined;
    Object.assign(office, { from: first, to: last < first ? first : last });
    return load();
  };
  return h("form.span.no-print", { onsubmit: (event) => (event.preventDefault(), go(from.value, to.value)) },
    h("label", {}, t("From"), from), h("label", {}, t("To"), to),
    h("button.button.go", { type: "submit", disabled: office.busy }, sign("check"), h("span", {}, t("Show"))),
    button(t("Today"), { tone: "calm", disabled: office.busy, onclick: () => go(office.door.today, office.door.today) }),
    h("div.grow"),
    button(t("Print"), { icon: "printer", onclick: () => print() }),
    button(t("Take the books out"), { icon: "receipt", disabled: office.busy, onclick: () => save(`books?from=${office.from}&to=${office.to}`, `books-${office.from}-${office.to}.zip`) }),
    button(t("Sign out"), { icon: "person", onclick: () => (leave(), draw()) }));
}

/** A table; `heads` are [words, right?]. */
function table(name, heads, rows) {
  if (!rows.length) return null;
  return h("div.scroll", { tabindex: "0", role: "region", "aria-label": name }, h("table", {}, h("thead", {}, h("tr", {}, heads.map((each, i) => h(`th${i ? ".right" : ""}`, { scope: "col" }, each)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, i) => (i ? h("td.right", {}, cell) : h("th", { scope: "row" }, cell))))))));
}

const part = (title, ...inside) => h("section.card-plain", {}, h("h2", {}, title), inside);
const tenders = () => ({ cash: t("Cash"), card: t("Card"), gift: t("Gift card"), voucher: t("Voucher") });
const moves = () => ({ "pay-in": t("Paid in"), "pay-out": t("Paid out"), "safe-drop": t("Into the safe"), "bank-drop": t("To the bank"), "transfer-out": t("To another till"), "transfer-in": t("From another till"), "transfer-back": t("Taken back"), found: t("Found again") });
const events = () => ({ void: t("Sale cancelled"), "no-sale": t("Drawer opened by hand"), discount: t("Discount"), override: t("Held goods sold"), return: t("Return"), found: t("Found again") });
const percent = (rate) => `${(rate / 100).toLocaleString(boot.tag)} %`;
const till = (id) => office.door.tills.find((each) => each.id === id)?.name ?? id;
const on = (at) => `${new Date(at).toLocaleDateString(boot.tag, { timeZone: boot.store.time_zone, day: "numeric", month: "numeric" })} ${clock(at)}`;

function figures({ totals, counts }) {
  const each = (name, value) => h("div.figure", {}, h("span", {}, name), h("b", {}, value));
  const receipts = totals.sales + totals.returns;
  return h("div.figure-row", {},
    each(t("Takings"), money(totals.gross_minor)), each(tn("{n} sale", "{n} sales", totals.sales), money(totals.gross_sales_minor)),
    each(tn("{n} return", "{n} returns", totals.returns), money(totals.gross_returns_minor)), each(t("Tax"), money(totals.tax_minor)),
    each(t("Average sale"), money(totals.average_minor)),
    each(t("Rounding"), money(totals.rounding_minor)), each(t("Discounts"), money(totals.discount_minor)),
    each(t("Drawer opened by hand"), counts.no_sales), receipts === 0 && h("p.lead", {}, t("Nothing was sold in these days.")));
}

function body(report) {
  const amount = (each) => [money(each.net_minor), money(each.tax_minor), money(each.gross_minor)];
  const rank = (rows, name) => rows.length > 0 && ranks(rows.slice(0, 10), { name });
  return [
    figures(report),
    report.open.map((each) => h("p.notice.warn", {}, sign("wait"), t("{till} is still open; its figures are not final.", { till: till(each.till) }))),
    report.hours.length > 0 && part(t("Takings by hour"), bars(report.hours.map((each) => ({ label: each.hour.slice(0, 2), value: each.gross_minor, title: `${each.hour}: ${money(each.gross_minor)}` })), { name: t("Takings by hour"), say: money }),
      table(t("Takings by hour"), [t("Hour"), t("Receipts"), t("Takings")], report.hours.map((each) => [each.hour, each.sales + each.returns, money(each.gross_minor)]))),
    report.products.length > 0 && part(t("Takings by product"), rank(report.products.map((each) => ({ label: each.name || t("All others"), value: each.gross_minor, title: money(each.gross_minor) })), t("Takings by product")),
      table(t("Takings by product"), [t("Product"), t("Pieces"), t("Discounts"), t("Takings")], report.products.map((each) => [each.name || t("All others"), each.units, money(each.discount_minor), money(each.gross_minor)]))),
    report.taxes.length > 0 && part(t("Takings by tax rate"), table(t("Takings by tax rate"), [t("Tax"), t("Net"), t("Tax"), t("Takings")], report.taxes.map((each) => [`${each.label} ${percent(each.rate)}`.replace(/^(\S+) \1/, "$1"), ...amount(each)]))),
    report.tenders.length > 0 && part(t("Takings by tender"), rank(report.tenders.map((each) => ({ label: tenders()[each.kind] ?? each.kind, value: each.gross_minor, title: money(each.gross_minor) })), t("Takings by tender")),
      table(t("Takings by tender"), [t("Paid by"), t("Count"), t("Amount")], report.tenders.map((each) => [tenders()[each.kind] ?? each.kind, each.sales, money(each.gross_minor)]))),
    report.cashiers.length > 0 && part(t("By cashier"), h("i.over", { hidden: true }), rank(report.cashiers.map((each) => ({ label: each.name, value: each.gross_minor, title: money(each.gross_minor) })), t("By cashier")),
      table(t("By cashier"), [t("Cashier"), t("Sales"), t("Returns"), t("Lines taken out"), t("Sales cancelled"), t("Discounts"), t("Takings")], report.cashiers.map((each) => [each.name, each.sales, each.returns, each.voided_lines, each.voided_baskets, money(each.discount_minor), money(each.gross_minor)]))),
    report.moves.length > 0 && part(t("Money in the drawer"), table(t("Money in the drawer"), [t("Movement"), t("Count"), t("Amount")], report.moves.map((each) => [moves()[each.kind] ?? each.kind, each.sales, money(each.gross_minor)]))),
    report.events.length > 0 && part(t("What went otherwise"), table(t("What went otherwise"), [t("What"), t("When"), t("Till"), t("Cashier"), t("Reason"), t("Amount")], report.events.map((each) => [events()[each.kind] ?? each.kind, on(each.at), till(each.till), each.user, each.reason, each.amount_minor === null ? "" : money(each.amount_minor)]))),
    part(t("Z reports"), report.z.length === 0 && h("p.lead", {}, t("No till was closed in these days.")),
      h("ol.z-list", {}, report.z.map(zRow))),
  ];
}

function zRow(z) {
  const name = `Z-${z.till}-${z.series}${z.z_number}`;
  return h("li", { data: { z: z.seq } }, h("div.what", {}, h("b", {}, `${t("Z {n}", { n: z.z_number })} · ${till(z.till)} · ${z.business_date}`),
    h("small", {}, [on(z.at), z.user, tn("{n} sale", "{n} sales", z.sales), z.open_items ? tn("{n} thing open", "{n} things open", z.open_items) : ""].filter(Boolean).join(" · ")),
    z.variance_minor !== 0 && h("small.missing", {}, `${t("Difference")} ${money(z.variance_minor)} · ${z.reason}`)),
  h("b.right", {}, money(z.net_minor)),
  h("div.row.no-print", {}, button(t("Look at it"), { tone: "calm", icon: "receipt", onclick: () => look(z, name) }),
    z.variance_minor < 0 && button(t("Found again"), { icon: "cash", onclick: () => found(z) })));
}

async function look(z, name) {
  const text = await attempt(async () => (await get(`z/${z.seq}.txt`)).text());
  if (text === undefined) return;
  await ask({
    title: t("Z {n}", { n: z.z_number }), close: t("Close"), wide: true, body: [h("pre.paper", { tabindex: "0" }, text)],
    actions: [
      { label: t("Save as text"), tone: "calm", icon: "receipt", run: () => void save(`z/${z.seq}.txt`, `${name}.txt`) },
      { label: t("Save as a picture"), tone: "calm", icon: "receipt", run: () => void save(`z/${z.seq}.svg`, `${name}.svg`) },
      { label: t("Save as data"), tone: "calm", icon: "receipt", run: () => void save(`z/${z.seq}.json`, `${name}.json`) },
    ],
  });
}

async function found(z) {
  const amount = h("input.big", { type: "text", inputmode: "decimal", maxlength: 12, autofocus: true, autocomplete: "off", "aria-label": t("Amount") });
  const reason = h("input.big", { type: "text", maxlength: 100, autocomplete: "off", "aria-label": t("Where was it?") });
  const sent = await ask({
    title: t("Money of this Z was found"), body: [h("p.lead", {}, t("The Z stays as it is; this is written down beside it. The money goes into the safe.")), h("label", {}, t("Amount"), amount), h("label", {}, t("Where was it?"), reason)],
    actions: [
      { label: t("Back"), key: "Escape", value: null },
      { label: t("Write it down"), key: "Enter", tone: "go", run: () => (readMoney(amount.value) && reason.value.trim() ? { amount_minor: readMoney(amount.value), reason: reason.value.trim() } : undefined) },
    ],
  });
  if (sent) await attempt(async () => (await send("/api/v1/office/found", { till: z.till, z_number: z.z_number, series: z.series, ...sent }, { session: office.session }), load()));
}

function draw() {
  if (!office.door) return show(stage, h("p.lead", {}, t("Waiting for the box …")));
  if (!office.session) return stage.querySelector("section.door") && !office.said ? undefined : show(stage, signIn());
  const title = office.from === office.to ? office.from : `${office.from} – ${office.to}`;
  return show(stage, h("header.office-head", {}, h("div", {}, h("p.brand", {}, boot.store.name), h("h1", {}, t("Office"), " · ", title)),
    h("button.button.plain.no-print", { type: "button", data: { themeSwitch: "" } }, t("Light or dark")),
    boot.start && h("a.button.plain.no-print", { href: boot.start }, t("All screens"))),
  choose(), office.said && h("p.missing", { role: "alert" }, office.said), office.report ? body(office.report) : office.busy && h("p.lead", {}, t("One moment …")));
}

async function begin() {
  for (;;) {
    try {
      office.door = await (await get("state")).json();
      break;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      await new Promise((go) => setTimeout(go, 1000));
    }
  }
  office.from = office.to = office.door.today;
  draw();
  if (office.session) await load();
}
listen();
draw();
void begin();
