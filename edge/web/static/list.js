// The list on the phone: no account, no name.

import { boot, h, money, picture, show, t, tn } from "./kit.js";
import { Problem, get, send } from "./command.js";
import { button } from "./keys.js";
import { stock } from "./product.js";

const stage = document.getElementById("stage");
const url = `/api/v1/lists/${encodeURIComponent(boot.id)}`;
let state = null;
let gone = false;

function draw() {
  if (gone) return show(stage, h("section.phone", {}, h("h1", {}, t("This list is no longer here")), h("p.lead", {}, t("Lists are kept for a while only. Make a new one at the wall."))));
  if (!state) return show(stage, h("section.phone", {}, h("h1", {}, t("My list"))));
  return show(stage, h("section.phone", {}, h("header.phone-head", {}, h("p.brand", {}, boot.store.name), h("h1", {}, t("My list")), h("p.lead", {}, tn("{n} thing", "{n} things", state.items.length))),
    state.sent_to && h("p.sent", {}, t("It waits for you at the till.")),
    state.items.length === 0 && h("p.lead", {}, t("Nothing on it yet. Hold a product to the wall.")),
    h("ol.phone-items", {}, state.items.map((item) => h("li", { data: { sku: item.sku ?? "", article: item.article } }, h("a", { href: `/article/${encodeURIComponent(item.article)}?list=${encodeURIComponent(boot.id)}` }, h("span.thumb", {}, picture(item.picture, item.name)),
      h("span.what", {}, h("b", {}, item.name), h("small", {}, item.variant || t("no size chosen")), h("span.price", {}, money(item.price_minor)))),
    h("span.here", {}, stock(item.here), h("small", {}, t("here"))),
    button(t("Remove"), { icon: "bin", onclick: () => change("remove", item) })))),
    h("p.small", {}, t("Show this list to anybody in the shop: we fetch it for you."))));
}

async function change(verb, { article, sku }) {
  try {
    state = await send(`${url}/${verb}`, { article, sku });
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    gone = problem.status === 404;
  }
  draw();
}

async function look() {
  if (document.hidden) return;
  try {
    state = await get(url);
    gone = false;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    gone = problem.status === 404;
  }
  draw();
}

document.addEventListener("visibilitychange", look);
setInterval(look, 20000);
draw();
void look();
