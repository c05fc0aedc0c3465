// The touch-wall: hold a product to it and see it; choose, keep it on a list, send it to the till.

import { boot, h, money, picture, rating, show, sign, t, tillName, tn } from "./kit.js";
import { Problem, get, send } from "./command.js";
import { ask, button, listen } from "./keys.js";
import { topicOf, watch } from "./live.js";
import { refusal } from "./till/says.js";
import { card, places, price, reviews, similar, specifications, swatches } from "./product.js";

const stage = document.getElementById("stage");
const IDLE = 60000;
const view = { state: null, tap: null, product: null, colour: "", sku: null, list: null, count: 0, message: "", touched: performance.now() };

function draw() {
  if (view.product) drawProduct();
  else show(stage, attract());
}

function attract() {
  const { state } = view;
  const broken = !state || state.reader.state === "down" || live.silence() > 40;
  return h("section.attract", {}, sign("peaks"),
    h("div.invite", {}, h("span.waves", {}, sign("tap")), h("h1", {}, broken ? t("Touch a product to see it") : t("Hold a shoe to the sign")),
      h("p", {}, view.message || (broken ? t("The sign is resting. You can still look around here.") : t("Sizes, stock and what customers say, at once.")))),
    state?.highlights.length ? h("div.cards", {}, state.highlights.slice(0, 5).map((each) => card(each, open))) : null);
}

function drawProduct() {
  const { product } = view;
  const cell = product.cells.find((each) => each.sku === view.sku);
  const colour = product.colours.find((each) => each.code === view.colour);
  const scroll = stage.querySelector(".wall-product")?.scrollTop ?? 0;
  const fresh = stage.firstElementChild?.dataset.article !== product.id;
  if (!show(stage, h("section.wall-product", { data: { article: product.id } },
    h("div.wall-picture", {}, h("div.big-picture", {}, picture(colour?.picture ?? product.pictures[0], product.name)), swatches(product, view.colour, chooseColour)),
    h("div.wall-words", {}, h("p.brand", {}, product.brand), h("h1", {}, product.name), rating(product.rating), price(product, cell?.price_minor),
      h("p.lead", {}, product.text), places(product, view.colour, view.sku, chooseCell), specifications(product)),
    side(cell),
    reviews(product), similar(product, open)))) return;
  stage.querySelector(".wall-product").scrollTop = fresh ? 0 : scroll;
}

function side(cell) {
  const { state, list, count } = view;
  return h("aside.wall-side", {},
    h("p.chosen-size", {}, cell?.size ? t("Size {size}", { size: cell.size }) : view.product.sizes.length ? t("Choose a size") : view.product.name, cell && h("b", {}, money(cell.price_minor))),
    button(t("Add to my list"), { tone: "go", icon: "list", onclick: addToList }),
    state && button(t("Send to the till"), { tone: "calm", icon: "next", onclick: sendToTill }),
    list ? h("div.to-phone", {}, h("img.qr", { src: `/qr.svg?text=${encodeURIComponent(state.list_base + list)}`, alt: t("QR code of your list") }),
      h("b", {}, tn("{n} thing on your list", "{n} things on your list", count)), h("p.small", {}, t("Take it along: point your phone's camera here."))) :
      h("p.small", {}, t("Your list goes to your phone. No account, no name.")),
    h("div.grow"), button(t("Start again"), { key: "Escape", icon: "back", onclick: home }));
}

function chooseColour(colour) {
  Object.assign(view, { colour, sku: view.product.cells.find((cell) => cell.colour === colour && cell.size === sizeOf(view.sku))?.sku ?? null });
  draw();
}

const sizeOf = (sku) => view.product.cells.find((cell) => cell.sku === sku)?.size;

function chooseCell(cell) {
  view.sku = cell.sku;
  draw();
}

function home() {
  Object.assign(view, { product: null, sku: null, list: null, count: 0 });
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.end?.(undefined));
  draw();
}

function put(product, sku = null) {
  const same = view.product?.id === product.id;
  const colour = product.cells.find((cell) => cell.sku === sku)?.colour ?? (same ? view.colour : product.colours[0]?.code ?? product.cells[0]?.colour ?? "");
  const only = product.cells.length === 1 ? product.cells[0].sku : null;
  Object.assign(view, { product, colour, sku: sku ?? (same ? view.sku : only) });
  Object.assign(view, { touched: performance.now(), message: "" });
  document.querySelector(".toast")?.remove(); // what was said of the tap before
  draw();
}

async function open(article) {
  try {
    put(await get(`/api/v1/catalog/articles/${encodeURIComponent(article)}`));
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    tell(t("This cannot be shown just now. Ask us."));
  }
}

let telling = 0;
function tell(words) {
  view.message = words;
  const box = h("div.toast", { role: "alert" }, words);
  document.querySelector(".toast")?.remove();
  document.body.append(box);
  clearTimeout(telling);
  telling = setTimeout(() => {
    view.message = "";
    box.remove();
    draw();
  }, 6000);
  draw();
}

const post = (verb, body) => send(`/api/v1/walls/${encodeURIComponent(boot.id)}/${verb}`, body);

async function addToList() {
  try {
    const { list, count } = await post("add-to-list", { list: view.list, article: view.product.id, sku: view.sku });
    Object.assign(view, { list, count });
    draw();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    tell(refusal(problem)[0]);
  }
}

async function sendToTill() {
  const { tills } = view.state;
  const till = tills.length > 1 ? await ask({ title: t("To which till?"), close: t("Close"), actions: tills.map((each) => ({ label: tillName(each), value: each.id, tone: "calm" })) }) : tills[0]?.id;
  if (!till) return;
  if (!view.list || view.count === 0) await addToList();
  if (!view.list) return;
  try {
    await post("send-to-till", { list: view.list, till });
    tell(t("It waits for you at {till}.", { till: tillName(tills.find((each) => each.id === till)) }));
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    tell(refusal(problem)[0]);
  }
}

function tapped(tap) {
  if (!tap || tap.seq <= (view.tap ?? -1)) return;
  const news = view.tap !== null || Date.now() - new Date(tap.at).getTime() < 60000;
  view.tap = tap.seq;
  if (!news) return;
  if (tap.kind === "ours" && tap.product) put(tap.product, tap.sku);
  else if (tap.kind === "ours") void open(tap.article);
  else tell(tap.kind === "not-ours" ? t("This is not one of our products.") : t("That could not be read. Hold it still for a moment."));
}

let refetch = 0;
/** Price, reviews or stock changed: at most once a second. */
function changed() {
  if (refetch || !view.product) return;
  refetch = setTimeout(async () => {
    refetch = 0;
    if (!view.product) return;
    const { id } = view.product;
    const now = await get(`/api/v1/catalog/articles/${encodeURIComponent(id)}`).catch(() => null);
    if (!now || view.product?.id !== id) return;
    view.product = now;
    draw();
  }, 300);
}

const live = watch([topicOf("wall"), "catalog"], {
  frame: (topic, data) => {
    if (topic === "catalog") return changed();
    view.state = data;
    if (view.tap === null && !data.tap) view.tap = 0;
    tapped(data.tap);
    draw();
    return undefined;
  },
});
for (const event of ["pointerdown", "keydown", "wheel", "touchmove"]) addEventListener(event, () => (view.touched = performance.now()), { passive: true });
setInterval(() => (view.product && performance.now() - view.touched > IDLE ? home() : draw()), 5000);
listen();
draw();
