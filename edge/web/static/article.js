// A product on the customer's own phone: the same page as at the wall, for this shop.

import { boot, h, picture, rating, show, t } from "./kit.js";
import { Problem, get, send } from "./command.js";
import { button } from "./keys.js";
import { places, price, reviews, similar, specifications, swatches } from "./product.js";

const stage = document.getElementById("stage");
const view = { product: null, colour: "", sku: null, problem: false, added: false };
const list = () => new URLSearchParams(location.search).get("list") ?? localStorage.getItem("list");

function draw() {
  const { product } = view;
  if (!product) return show(stage, h("section.phone", {}, h("h1", {}, view.problem ? t("This cannot be shown just now. Ask us.") : boot.store.name)));
  const cell = product.cells.find((each) => each.sku === view.sku);
  const colour = product.colours.find((each) => each.code === view.colour);
  return show(stage, h("section.phone", {}, h("div.big-picture", {}, picture(colour?.picture ?? product.pictures[0], product.name)),
    h("header.phone-head", {}, h("p.brand", {}, product.brand), h("h1", {}, product.name), rating(product.rating), price(product, cell?.price_minor)),
    swatches(product, view.colour, (code) => {
      Object.assign(view, { colour: code, sku: null, added: false });
      draw();
    }),
    places(product, view.colour, view.sku, ({ sku }) => {
      Object.assign(view, { sku, added: false });
      draw();
    }, true),
    button(view.added ? t("It is on your list") : t("Add to my list"), { tone: "go", icon: view.added ? "check" : "list", onclick: add }),
    list() && h("a.button", { href: `/list/${encodeURIComponent(list())}` }, t("My list")),
    h("p.lead", {}, product.text), specifications(product), reviews(product), similar(product, (id) => location.assign(`/article/${encodeURIComponent(id)}`))));
}

async function add() {
  const body = { article: view.product.id, sku: view.sku };
  try {
    const state = await send(list() ? `/api/v1/lists/${encodeURIComponent(list())}/add` : "/api/v1/lists", body);
    localStorage.setItem("list", state.list);
    view.added = true;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.status === 404) localStorage.removeItem("list");
    view.problem = true;
  }
  draw();
}

async function look() {
  try {
    view.product = await get(`/api/v1/catalog/articles/${encodeURIComponent(boot.id)}`);
    view.colour ||= view.product.colours[0]?.code ?? view.product.cells[0]?.colour ?? "";
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    view.problem = true;
  }
  draw();
}

draw();
void look();
