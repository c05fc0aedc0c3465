// The customer display: line, unit price, total and change in the same frame.

import { boot, fill, h, money, picture, show, sign, t, tn, width } from "./kit.js";
import { topicOf, watch } from "./live.js";

const stage = document.getElementById("stage");
const THANKS = 30000;
let state = null;
let paidAt = 0;

function draw() {
  if (!state || live.silence() > 20) return show(stage, idle(!state || state.phase !== "closed"));
  const phase = state.phase === "paid" && performance.now() - paidAt > THANKS ? "idle" : state.phase;
  document.documentElement.classList.toggle("training", state.training);
  if (state.training && phase === "closed") return show(stage, idle(false));
  show(stage, { closed: () => idle(false), idle: () => idle(true), basket, paid }[phase]());
  stage.querySelector(".newest")?.scrollIntoView({ block: "nearest" });
  return undefined;
}

const idle = (open) => h("section.welcome", {}, sign("peaks"), h("h1", {}, boot.store.name), h("p", {}, state?.training ? t("Practice") : open ? t("Welcome") : t("This till is closed")));

function basket() {
  return h("section.shown", {}, state.training && h("p.practice", {}, t("Practice")),
    h("ol.shown-lines", {}, state.lines.map((line) =>
      h("li", { class: line.line === state.newest ? "newest" : "", data: { line: line.line } }, h("span.thumb", {}, picture(line.picture, line.name)),
        h("span.what", {}, h("b", {}, line.name), h("small", {}, [line.variant, `${line.quantity} × ${money(line.unit_price_minor)}`, ...line.promotions.map((each) => each.name)].filter(Boolean).join(" · "))),
        h("span.sum", {}, money(line.gross_minor), line.discount_minor > 0 && h("small.off", {}, money(-line.discount_minor)))))),
    h("aside.shown-total", {}, h("p", {}, t("Total")), h("output", { class: width(state.total_minor) }, money(state.total_minor)),
      h("p", {}, tn("{n} item", "{n} items", state.lines.reduce((sum, line) => sum + line.quantity, 0))),
      state.discount_minor > 0 && h("p.saved", {}, t("You save {amount}", { amount: money(state.discount_minor) })), sign("peaks")));
}

function paid() {
  return h("section.thanks", {}, h("p", {}, t("Paid {amount}, given {tendered}", { amount: money(state.payable_minor), tendered: money(state.tendered_minor ?? state.payable_minor) })),
    h("h2", {}, state.change_minor ? t("Your change") : t("Paid exactly")), state.change_minor ? h("output", { class: width(state.change_minor) }, money(state.change_minor)) : null,
    h("h1", {}, t("Thank you!")), sign("peaks"));
}

fill(stage, idle(true));
const live = watch([topicOf("display")], {
  frame: (topic, now) => {
    if (now.phase === "paid" && (state?.phase !== "paid" || state.seq !== now.seq)) paidAt = performance.now();
    state = now;
    draw();
  },
});
setInterval(draw, 1000);
