// The till: one page, one state, one next step.

import { boot, clock, h, show, sign, t, tillName } from "./kit.js";
import { closeAll, listen } from "./keys.js";
import { Problem, get } from "./command.js";
import { topicOf, watch } from "./live.js";
import { wedge } from "./wedge.js";
import { attempt, note, signedIn, take, till } from "./till/shop.js";
import { approve } from "./till/approve.js";
import { practising, trainingNotice } from "./till/training.js";
import { stayAwake } from "./till/idle.js";
import { answerAsked, scanned } from "./till/goods.js";
import { backKeys, backPage, scannedBack, step as backStep } from "./till/back.js";
import { backNotices } from "./till/back-money.js";
import { transfers } from "./till/cash.js";
import { day } from "./till/day.js";
import { float, typed as floatTyped } from "./till/float.js";
import { signIn, typed as pinTyped } from "./till/sign-in.js";
import { drawLines, empty, footer, panel, step } from "./till/sell.js";
import { notices, restarted } from "./till/paid.js";
import { onlyHere, trouble } from "./till/says.js";

const stage = document.getElementById("stage");
const parts = {
  bar: h("header.bar"), notices: h("div.notices"), work: h("div.work"), keys: h("footer.keys"),
  list: h("ol.lines", { "aria-label": t("Sale") }), left: h("div.left"), side: h("aside.panel"), cover: h("div.cover", { role: "status" }),
};
parts.sell = h("div.sell", {}, parts.left, parts.side);
stage.append(parts.bar, parts.notices, parts.work, parts.keys, parts.cover);

/** door: sign in · float: open · day: close · back: goods come back · sell. */
function where() {
  const { state, view, z } = till;
  if (z) return "day";
  if (!signedIn()) return "door";
  if (state.training) return "sell";
  if (!state.shift) return "float";
  return view;
}

let last = "";
function render() {
  const { state } = till;
  parts.cover.classList.toggle("on", !state || till.trying || !till.alive);
  show(parts.cover, !state ? t("Waiting for the box …") : till.trying ? t("Still trying. Nothing is lost; please wait …") : t("The box does not answer. This screen comes back by itself."));
  if (!state) return;
  const place = where();
  document.documentElement.classList.toggle("training", practising());
  if (place !== last) {
    if (last) closeAll();
    last = place;
    stage.dataset.place = place;
  }
  show(parts.bar, bar(state));
  show(parts.notices, trainingNotice(), restarted(), notices(), backNotices(), transfers(), devices(state));
  if (place === "sell") sell();
  else {
    show(parts.work, { door: signIn, float, day, back: backPage }[place]());
    show(parts.keys, place === "back" && backKeys());
  }
}
till.render = render;
till.approve = approve;

function sell() {
  const { basket } = till.state;
  if (parts.work.firstChild !== parts.sell) parts.work.replaceChildren(parts.sell);
  if (basket?.lines.length) till.paid = null;
  show(parts.side, panel());
  show(parts.keys, footer());
  if (basket?.lines.length) {
    if (parts.left.firstChild !== parts.list) parts.left.replaceChildren(parts.list);
    drawLines(parts.list);
  } else replaceIfChanged(parts.left, empty());
}

function replaceIfChanged(parent, element) {
  if (!parent.firstChild?.isEqualNode(element)) parent.replaceChildren(element);
}

function bar(state) {
  return [
    sign("peaks"), h("b", {}, boot.store.name), h("span", {}, tillName(state.till)), h("div.grow"),
    chip("printer", "printer", state.printer, t("Printer")), chip("fiscal", "seal", state.fiscal, t("Fiscal device")), chip("terminal", "card", state.terminal, t("Terminal")), line(state),
    signedIn() && h("button.who", { type: "button", title: t("Somebody else"), data: { key: "F12" }, onclick: switchUser },
      sign("person"), h("span", {}, state.user.name), h("kbd", { "aria-hidden": "true" }, "F12")),
    state.shift && !state.shift.today && h("span.chip.warn", {}, t("Business date {date}", { date: state.shift.business_date })),
    h("time", {}, clock(new Date())),
    boot.start && h("a.all", { href: boot.start }, t("All screens")),
  ];
}

/** Somebody else takes the till; what is rung up stays. */
async function switchUser() {
  await attempt("sign-out", { why: "switch" });
}

function chip(kind, icon, device, name) {
  if (device.state === "none") return null;
  const words = trouble(kind, device);
  return h(`span.chip.${device.state}`, { title: words?.[0] ?? name }, sign(icon), h("span", {}, name));
}

function line(state) {
  const { since } = state.only_here;
  const late = state.hq.state !== "up" || new Date(state.at) - new Date(since ?? state.at) > 10000; // else it is on its way
  const words = late ? onlyHere(state.only_here, clock) : "";
  if (state.hq.state === "up" && !words) return h("span.chip.up", {}, sign("line"), h("span", {}, t("Headquarters")));
  return h(`span.chip.${state.hq.state === "up" ? "up" : "warn"}`, {}, sign("line"), h("span", {}, words || t("Headquarters")));
}

function devices(state) {
  return [["fiscal", "seal"], ["terminal", "card"], ["printer", "printer"], ["drawer", "drawer"]].map(([kind, icon]) => {
    const words = trouble(kind, state[kind]);
    if (kind === "drawer" && state.printer.state === "down") return null; // it opens through the printer: said already
    return words && h(`div.notice.${state[kind].state === "down" ? "bad" : "warn"}`, {}, sign(icon), h("div", {}, h("b", {}, words[0]), h("span", {}, words[1])));
  });
}

function typed(key) {
  const dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
  if (dialog) return dialog.typed?.(key);
  if (!till.state) return undefined;
  return { door: pinTyped, float: floatTyped }[where()]?.(key);
}

wedge((code) => {
  if (!till.state || till.trying) return note(t("Wait a moment, then scan again."), "", "warn");
  if (where() === "back") return closeAll(), scannedBack(code);
  if (where() !== "sell") return note(where() === "door" ? t("Sign in first.") : t("Finish this first."), "", "warn");
  closeAll();
  return scanned(code);
});
listen(typed);
addEventListener("keydown", (event) => {
  const by = { ArrowUp: -1, ArrowDown: 1, PageUp: -6, PageDown: 6 }[event.key];
  if (by && till.state && ["sell", "back"].includes(where()) && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    (where() === "back" ? backStep : step)(by);
  }
});

let asked = null;
function arrived(state) {
  take(state);
  if (asked === null) asked = state.asked?.seq ?? 0;
  if (!state.asked || state.asked.seq <= asked) return;
  asked = state.asked.seq;
  if (where() === "back" && state.asked.kind === "receipt") void scannedBack(state.asked.code);
  else if (where() === "sell") void answerAsked(state.asked);
}

async function begin() {
  for (;;) {
    try {
      return arrived(await get(`/api/v1/tills/${encodeURIComponent(boot.id)}/state`));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      await new Promise((go) => setTimeout(go, 500 + Math.random() * 1500));
    }
  }
}

const live = watch([topicOf("till")], {
  frame: (topic, state) => {
    till.alive = true;
    arrived(state);
  },
  alive: () => {},
});
setInterval(() => {
  const alive = document.hidden || live.silence() < 35 || live.silence() === Infinity;
  if (alive !== till.alive || new Date().getSeconds() === 0) {
    till.alive = alive;
    render();
  }
}, 1000);
stayAwake();
render();
void begin();
