// The shelf display: price, what is here, what customers say; honest about its own age.

import { boot, clock, h, money, picture, rating, review, show, t, width } from "./kit.js";
import { send } from "./command.js";
import { topicOf, watch } from "./live.js";

const stage = document.getElementById("stage");
const TURN = 9000; // a review is shown so long
const view = { state: null, skew: 0, page: 0, told: "" };

/** live: all of it · stale: with its time · price: nothing but the price. */
function level() {
  const { state, skew } = view;
  const past = Date.now() - skew - new Date(state.expires_at).getTime();
  const silent = Math.max(past / 1000, live.silence() - 20);
  return silent <= 0 ? "live" : silent < 60 ? "stale" : "price";
}

function draw() {
  const { state } = view;
  if (!state) return show(stage, h("section.shelf", {}, h("h1", {}, boot.store.name)));
  const now = level();
  const count = Math.max(1, state.reviews.length);
  const said = state.reviews[view.page % count];
  show(stage, h(`section.shelf.${now}`, { data: { level: now } },
    h("div.big-picture", {}, picture(state.picture, state.name)),
    h("div.shelf-words", {}, h("h1", {}, state.name), state.variant && h("p.lead", {}, state.variant),
      h("output.shelf-price", { class: width(state.price_minor) }, money(state.price_minor)),
      state.lowest_30_days_minor !== null && h("p.small", {}, t("lowest price of the last 30 days: {price}", { price: money(state.lowest_30_days_minor) })),
      now === "price" ? h("p.ask", {}, t("Ask us about sizes and stock.")) : numbers(state, now),
      now !== "price" && h("div.shelf-said", {}, rating(state.rating), said && review(said)))));
  report(now);
  return undefined;
}

function numbers(state, now) {
  const { on_shelf, on_hand } = state;
  const blind = on_shelf.blind || on_shelf.count === null;
  return h("div.shelf-counts", {},
    blind ? h("p.ask", {}, h("b", {}, t("Ask us")), h("small", {}, t("how many are on the shelf"))) : h("p", {}, h("b", {}, on_shelf.count), h("small", {}, t("on the shelf"))),
    on_hand.count !== null && h("p", {}, h("b", {}, on_hand.count), h("small", {}, t("in the shop"))),
    h("p.as-of", { class: now }, t("as of {time}", { time: clock(state.as_of) })));
}

/** Tell the box what customers see, so that it can be held against the till. */
function report(now) {
  const shown = `${view.state.hash} ${now}`;
  if (shown === view.told || live.silence() > 20) return;
  view.told = shown;
  send(`/api/v1/shelves/${encodeURIComponent(boot.id)}/shown`, { hash: view.state.hash, level: now }).catch(() => (view.told = ""));
}

const live = watch([topicOf("shelf")], {
  frame: (topic, state) => {
    view.skew = Date.now() - new Date(state.at).getTime();
    view.state = state;
    draw();
  },
});
setInterval(draw, 1000);
setInterval(() => view.page++, TURN);
draw();
