// A product for the customer: sizes with stock here, in the other shop and online; every review.

import { ago, clock, h, money, picture, rating, review, t } from "./kit.js";

/** How many there are, with its age once it is older than five minutes; unknown is never zero. */
export function stock(of) {
  if (of.count === null) return h("span.count.unknown", {}, "?", h("small", {}, t("not known")));
  const words = of.few && of.count > 0 ? t("few left") : String(of.count);
  const old = of.as_of && Date.now() - new Date(of.as_of).getTime() > 300000;
  return h(`span.count${of.count > 0 ? "" : ".none"}`, {}, words, old && h("small", {}, ago(of.as_of)));
}

/** Sizes × places for one colour; choose(cell) marks one. On a phone (`tall`) the sizes run downwards. */
export function places(product, colour, chosen, choose, tall = false) {
  const cells = product.cells.filter((cell) => cell.colour === colour);
  if (cells.length > 9) tall = true;
  const other = cells.find((cell) => cell.other.where)?.other.where || product.others[0]?.name || "";
  const lines = [[t("Here"), "here"], other && [other, "other"], [t("Online"), "online"]].filter(Boolean);
  const as_of = cells.map((cell) => cell.other.as_of).filter(Boolean).sort()[0];
  const size = (cell) => h("button.size", { type: "button", class: cell.here.count > 0 ? "stocked" : "", "aria-pressed": String(cell.sku === chosen), data: { sku: cell.sku }, onclick: () => choose(cell) }, cell.size || "•");
  const head = (scope, children) => h("th", { scope }, children);
  const table = tall ?
    h("table", {}, h("thead", {}, h("tr", {}, head("col", t("Size")), lines.map(([name]) => head("col", name)))),
      h("tbody", {}, cells.map((cell) => h("tr", {}, head("row", size(cell)), lines.map(([, key]) => h("td", {}, stock(cell[key]))))))) :
    h("table", {}, h("thead", {}, h("tr", {}, head("col", t("Size")), cells.map((cell) => head("col", size(cell))))),
      h("tbody", {}, lines.map(([name, key]) => h("tr", {}, head("row", name), cells.map((cell) => h("td", {}, stock(cell[key])))))));
  return h(`div.places${tall ? ".tall" : ""}`, {}, table,
    h("p.small", {}, t("In this shop as of {time}", { time: clock(product.as_of) }), other && as_of ? ` · ${t("{shop} {age}", { shop: other, age: ago(as_of) })}` : ""));
}

/** Price, and the lowest of the last 30 days when it is reduced. */
export const price = (product, minor = product.price_minor) => h("p.shop-price", {}, !product.one_price && minor === product.price_minor ? h("small", {}, t("from")) : null, h("b", {}, money(minor)),
  product.lowest_30_days_minor !== null && h("small", {}, t("lowest price of the last 30 days: {price}", { price: money(product.lowest_30_days_minor) })));

export const swatches = (product, colour, choose) => product.colours.length > 1 && h("div.swatches", {}, product.colours.map((each) =>
  h("button.swatch", { type: "button", "aria-pressed": String(each.code === colour), data: { colour: each.code }, onclick: () => choose(each.code) },
    h("span.thumb", {}, each.picture || !each.swatch ? picture(each.picture, each.name) : dot(each.swatch)), h("span", {}, each.name))));

function dot(colour) {
  const made = h("span.dot");
  if (/^#[0-9a-f]{6}$/i.test(colour)) made.style.background = colour;
  return made;
}

/** All reviews: the good and the bad, newest first as given. */
export function reviews(product) {
  return h("section.reviews", {}, h("header", {}, h("h2", {}, t("What customers say")), rating(product.rating)),
    product.reviews.length === 0 && h("p.lead", {}, t("Nobody has written a review yet.")),
    h("div.review-list", {}, product.reviews.map(review)),
    h("p.small", {}, product.reviews_checked || t("Nobody has checked whether the reviewers bought the product.")));
}

export function similar(product, open) {
  if (!product.similar.length) return null;
  return h("section.similar", {}, h("h2", {}, t("You may also like")), h("div.cards", {}, product.similar.map((each) => card(each, open))));
}

export const card = (each, open) => h("button.card", { type: "button", data: { article: each.id }, onclick: () => open(each.id) },
  h("span.card-picture", {}, picture(each.picture, each.name)), h("b", {}, each.name), rating(each.rating), h("span.price", {}, money(each.price_minor)));

export const specifications = (product) => product.specifications.length > 0 && h("dl.specs", {}, product.specifications.map((each) => [h("dt", {}, each.name), h("dd", {}, each.value)]));
