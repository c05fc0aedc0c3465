// The sale: lines on the left, the total and the next step on the right.

import { clock, h, money, picture, sign, t, tn, width } from "../kit.js";
import { ask, button, pad } from "../keys.js";
import { attempt, till } from "./shop.js";
import { coupon, coupons, promoted } from "./coupon.js";
import { discount, reduced, saved } from "./discount.js";
import { search, setQuantity, takeList } from "./goods.js";
import { takeBack } from "./back.js";
import { cashMenu } from "./cash.js";
import { pay } from "./pay.js";
import { countSlips } from "./slips.js";
import { parkButton } from "./parking.js";
import { changePin } from "./pins.js";
import { practising, startTraining } from "./training.js";
import { lastSale, paidPanel } from "./paid.js";

const rows = new Map(); // line -> {text, element}

export function selectedLine() {
  const lines = till.state.basket?.lines ?? [];
  return lines.find((line) => line.line === till.selected) ?? lines.at(-1) ?? null;
}

export function step(by) {
  const lines = till.state.basket?.lines ?? [];
  const at = lines.indexOf(selectedLine());
  if (lines.length) till.selected = lines[Math.max(0, Math.min(lines.length - 1, at + by))].line;
  till.render();
}

function row(line) {
  const select = () => {
    till.selected = line.line;
    till.render();
  };
  return h("li.line", { onclick: select, data: { line: line.line } },
    h("span.thumb", {}, picture(line.picture, line.name)),
    h("span.what", {}, h("b", {}, line.name), h("small", {}, line.variant,
      line.on_hand !== null && h("i", { class: line.on_hand < 0 ? "short" : "" }, t("on hand {n}", { n: line.on_hand })),
      line.over_hold && h("i.short", {}, t("was put aside")), promoted(line))),
    h("span.times", {}, `${line.quantity} × ${money(line.unit_price_minor)}`),
    h("span.sum", {}, money(line.gross_minor), reduced(line)));
}

/** Keep the rows that did not change, so that the list never jumps. */
export function drawLines(list) {
  const lines = till.state.basket?.lines ?? [];
  const chosen = selectedLine();
  const seen = new Set();
  const elements = lines.map((line) => {
    seen.add(line.line);
    const text = JSON.stringify(line);
    if (rows.get(line.line)?.text !== text) rows.set(line.line, { text, element: row(line) });
    const { element } = rows.get(line.line);
    element.classList.toggle("chosen", line === chosen);
    element.setAttribute("aria-current", String(line === chosen));
    return element;
  });
  for (const key of rows.keys()) if (!seen.has(key)) rows.delete(key);
  if (elements.length !== list.children.length || elements.some((element, i) => element !== list.children[i])) list.replaceChildren(...elements);
  const element = chosen && rows.get(chosen.line).element;
  const at = chosen ? `${chosen.line} in ${list.parentElement.clientHeight}` : "";
  if (element && list.dataset.at !== at) element.scrollIntoView({ block: "nearest" });
  list.dataset.at = at;
}

export function empty() {
  if (till.paid) return paidPanel();
  return h("div.empty", {}, sign("scan"), h("h1", {}, t("Scan the first item")),
    h("p", {}, t("or search for it by name")), button(t("Search"), { icon: "search", onclick: search }));
}

/** The right-hand side. */
export function panel() {
  const { basket, fiscal, profile } = till.state;
  const line = selectedLine();
  const stopped = !practising() && fiscal.state === "down" && (profile.fiscal === "device" || profile.fiscal === "service");
  return [
    h("div.total", {}, h("p.label", {}, t("Total")), h("output.huge", { class: width(basket?.total_minor ?? 0) }, money(basket?.total_minor ?? 0)),
      h("p.small", {}, basket ? tn("{n} item", "{n} items", basket.units) : t("No items yet"),
        basket?.discount_minor > 0 && h("b.saved", {}, ` · ${saved(basket)}`),
        basket?.taxes.length ? ` · ${t("of which tax {amount}", { amount: money(basket.taxes.reduce((sum, tax) => sum + tax.tax_minor, 0)) })}` : "")),
    !practising() && till.state.lists.slice(0, 1).map((list) => h("div.from-wall", { data: { list: list.list } }, h("p", {}, sign("tap"), t("From the wall: {what}", { what: wares(list) })),
      button(t("Add"), { key: "F7", tone: "calm", onclick: () => takeList(list.list) }))),
    line && h("div.chosen-line", { data: { line: line.line, quantity: line.quantity } }, h("p", {}, h("b", {}, line.name), " ", line.variant),
      h("div.row", {},
        button(t("Less"), { key: "-", icon: "minus", disabled: line.quantity < 2, onclick: () => setQuantity(line.line, line.quantity - 1) }),
        button(t("Quantity"), { key: "F4", onclick: quantity }),
        button(t("More"), { key: "+", icon: "plus", onclick: () => setQuantity(line.line, line.quantity + 1) })),
      button(t("Take this line out"), { key: "Delete", icon: "bin", onclick: () => attempt("void-line", { line: line.line }) })),
    coupons(basket),
    h("div.grow"),
    !basket && !till.paid && !practising() && lastSale(),
    basket && basket.rest_minor !== basket.total_minor && h("p.part-paid", {}, t("{amount} of it is paid", { amount: money(basket.total_minor - basket.rest_minor) })),
    button(till.state.ways.length ? t("Pay") : t("Pay cash"), { key: "F8", tone: "go", icon: "cash", class: "pay-button", disabled: !basket?.lines.length || stopped, onclick: pay }),
  ];
}

const wares = (list) => list.items.map((item) => [item.name, item.variant].filter(Boolean).join(" ")).slice(0, 2).join(", ")
  + (list.items.length > 2 ? ` +${list.items.length - 2}` : "");

/** The keys along the bottom. */
export function footer() {
  const { basket } = till.state;
  return [
    button(t("Search"), { key: "F2", icon: "search", onclick: search }),
    !practising() && till.state.lists.length > 1 && button(tn("{n} list from the walls", "{n} lists from the walls", till.state.lists.length), { icon: "list", onclick: lists }),
    !practising() && parkButton(),
    h("div.grow"),
    button(t("Coupon"), { key: "F6", icon: "receipt", onclick: coupon }),
    button(t("Discount"), { key: "F5", icon: "tag", disabled: !basket, onclick: () => discount(selectedLine()) }),
    button(t("Cancel the sale"), { key: "F9", icon: "cross", disabled: !basket, onclick: voidBasket }),
    button(t("Till"), { key: "F10", icon: "day", onclick: menu }),
  ];
}

async function quantity() {
  const line = selectedLine();
  if (!line) return;
  let text = "";
  const output = h("output.amount", {}, String(line.quantity));
  const typed = (key) => {
    text = key === "⌫" ? text.slice(0, -1) : (text + key).replace(/^0+/, "").slice(0, 4);
    output.textContent = text || String(line.quantity);
  };
  const wanted = await ask({
    title: t("How many?"), body: [h("p.lead", {}, [line.name, line.variant].filter(Boolean).join(" · ")), output, pad(typed)],
    actions: [{ label: t("Back"), key: "Escape", value: 0 }, { label: t("Set the quantity"), key: "Enter", tone: "go", run: () => Number(text) || line.quantity }],
    onopen: (dialog) => (dialog.typed = typed),
  });
  if (wanted && wanted !== line.quantity) await setQuantity(line.line, wanted);
}

async function voidBasket() {
  const reasons = [t("The customer changed their mind"), t("The customer has no money"), t("Rung up by mistake"), t("Practice")];
  const reason = await ask({
    title: t("Cancel the whole sale?"), close: t("Back to the sale"), body: [h("p.lead", {}, t("Why? It is written down."))],
    actions: reasons.map((label, i) => ({ label, key: String(i + 1), tone: "warn", value: label })),
  });
  if (reason && (await attempt("void-basket", { reason }))) till.selected = null;
}

async function lists() {
  const chosen = await ask({
    title: t("From the walls"), close: t("Close"),
    body: [],
    actions: till.state.lists.slice(0, 9).map((list, i) => ({ label: `${clock(list.at)} · ${wares(list)}`, key: String(i + 1), tone: "calm", value: list.list })),
  });
  if (chosen) await takeList(chosen);
}

async function menu() {
  const { shift, basket } = till.state;
  const busy = Boolean(basket) || practising();
  const choice = await ask({
    title: t("Till"), close: t("Close"), wide: true,
    body: [shift && h("p.lead", {}, t("Open since {time}", { time: clock(shift.opened_at) }), " · ", tn("{n} sale", "{n} sales", shift.sales)),
      till.state.user && h("p", {}, t("Signed in: {name}", { name: till.state.user.name })),
      basket && h("p.small", {}, t("Finish this sale first."))],
    actions: [
      { label: t("Count the cash and close the day"), key: "1", icon: "cash", tone: "calm", disabled: busy, value: "day" },
      { label: t("Goods come back"), key: "4", icon: "back", tone: "calm", disabled: practising(), value: "back" },
      { label: t("Money in the drawer"), key: "3", icon: "cash", tone: "calm", disabled: practising(), value: "cash" },
      till.state.slips > 0 && !practising() && { label: tn("{n} card slip to count", "{n} card slips to count", till.state.slips), key: "5", icon: "card", tone: "calm", value: "slips" },
      { label: t("Sign out"), key: "2", icon: "person", tone: "calm", value: "out" },
      { label: t("Practise"), key: "8", icon: "knob", tone: "calm", disabled: busy, value: "training" },
      { label: t("Change my PIN"), key: "9", tone: "calm", value: "pin" },
      { label: t("Light or dark"), key: "7", icon: "theme", value: "theme" },
    ].filter(Boolean),
  });
  if (choice === "slips") await countSlips();
  if (choice === "day") till.view = "day";
  if (choice === "back") await takeBack();
  if (choice === "cash") await cashMenu();
  if (choice === "theme") dispatchEvent(new Event("theme-switch"));
  if (choice === "out") await attempt("sign-out", {});
  if (choice === "pin") await changePin();
  if (choice === "training") await startTraining();
  till.render();
}
