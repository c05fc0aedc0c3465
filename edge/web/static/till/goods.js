// Getting goods into the basket: scans, search, the size grid, the wall's lists, a held unit.

import { h, money, picture, t, tn } from "../kit.js";
import { Problem, get } from "../command.js";
import { ask } from "../keys.js";
import { taken } from "./coupon.js";
import { findReceipt, isReceipt } from "./back.js";
import { attempt, note, say, till } from "./shop.js";

/** A code was scanned, or typed into the search and confirmed. */
export async function scanned(code) {
  if (isReceipt(code)) return findReceipt(code);
  const result = await attempt("scan", { code }, { held: (held) => sellHeld(held) });
  if (!result) return;
  if (result.kind === "choose") await chooseSize(result.article);
  else if (result.kind === "coupon") taken(result);
  else if (result.kind === "customer") note(t("The customer's card counts for this sale"));
  else added(result);
}

export async function add(sku, quantity = 1) {
  const result = await attempt("add", { sku, quantity }, { held: (held) => sellHeld(held) });
  if (result) added(result);
}

function added({ line }) {
  till.selected = line;
  till.paid = null;
  till.render();
}

export async function setQuantity(line, quantity) {
  await attempt("set-quantity", { line, quantity }, { held: (held) => sellHeld(held, line) });
}

/** Somebody waits for this unit: the cashier decides, and it is written down. */
export async function sellHeld(held, line = null) {
  const anyway = await ask({
    title: t("Promised to another customer"),
    body: [
      h("p.lead", {}, [held.name, held.variant].filter(Boolean).join(" · ")),
      h("p", {}, tn("{n} is in the shop", "{n} are in the shop", held.on_hand), ", ", tn("{n} of it is put aside.", "{n} of them are put aside.", held.held)),
      h("p", {}, t("If you sell it, the other customer's order is short and the shop is told at once.")),
    ],
    actions: [
      { label: t("Leave it"), key: "Escape", value: false },
      { label: t("Sell it anyway"), key: "F8", tone: "warn", value: true },
    ],
  });
  if (!anyway) return undefined;
  return line === null ? attempt("add", { sku: held.sku, quantity: held.wanted, override_hold: true })
    : attempt("set-quantity", { line, quantity: held.wanted, override_hold: true });
}

/** The colour × size grid; what is chosen goes into the basket. */
export async function chooseSize(article) {
  const sku = await whichSize(article);
  if (sku) await add(sku);
}

/** The colour × size grid; arrows and Enter, or a finger. Resolves a variant, or undefined. */
export async function whichSize(article) {
  let product;
  try {
    product = await get(`/api/v1/catalog/articles/${encodeURIComponent(article)}`);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    return say(problem);
  }
  return ask({
    title: product.name, wide: true, close: t("Close"),
    body: [h("p.lead", {}, t("Which size?")), grid(product)],
    onopen: (dialog, end) => {
      dialog.addEventListener("click", ({ target }) => {
        const cell = target.closest("[data-sku]");
        if (cell) end(cell.dataset.sku);
      });
      dialog.addEventListener("keydown", walk);
      (dialog.querySelector(".cell.stocked") ?? dialog.querySelector(".cell"))?.focus({ focusVisible: true });
    },
  });
}

function grid(product) {
  const sizes = product.sizes.length ? product.sizes : [""];
  const colours = product.colours.length ? product.colours : [{ code: product.cells[0]?.colour ?? "", name: "", swatch: "" }];
  return h("table.grid", {},
    h("thead", {}, h("tr", {}, h("td"), sizes.map((size) => h("th", { scope: "col" }, size)))),
    h("tbody", {}, colours.map((colour) => h("tr", {},
      h("th", { scope: "row" }, colour.picture && picture(colour.picture, colour.name), colour.name),
      sizes.map((size) => {
        const cell = product.cells.find((each) => each.colour === colour.code && each.size === size);
        if (!cell) return h("td", {}, h("span.nothing", {}, "–"));
        const { count } = cell.here;
        const words = count === null ? t("not known") : count > 0 ? t("{n} here", { n: count }) : t("none here");
        return h("td", {}, h(`button.cell${count > 0 ? ".stocked" : ""}`, { type: "button", data: { sku: cell.sku }, "aria-label": `${colour.name} ${size}: ${words}` },
          h("b", {}, size || money(cell.price_minor)), h("small", {}, words)));
      })))));
}

function walk(event) {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  const cell = document.activeElement?.closest?.(".cell");
  if (!step || !cell) return;
  event.preventDefault();
  event.stopPropagation();
  const row = cell.closest("tr");
  const rows = [...row.parentNode.children];
  const at = cell.closest("td").cellIndex;
  for (let x = at + step[0], y = rows.indexOf(row) + step[1]; rows[y]?.cells[x]; x += step[0], y += step[1]) {
    const next = rows[y].cells[x].querySelector(".cell");
    if (next) return next.focus({ focusVisible: true });
  }
}

/** Search by name, SKU or code; what is found goes into the basket. */
export async function search() {
  const picked = await lookFor();
  if (!picked) return;
  if (picked.scan) await scanned(picked.scan);
  else if (picked.sku) await add(picked.sku);
  else await chooseSize(picked.article);
}

/** Search by name, SKU or code. Resolves a hit, {scan: code}, or undefined. */
export async function lookFor() {
  const field = h("input.big", { type: "text", autocomplete: "off", spellcheck: "false", autofocus: true, maxlength: 80,
    placeholder: t("Name, number or code"), "aria-label": t("Search") });
  const results = h("ol.hits", { role: "listbox", "aria-label": t("Articles found") });
  let [timer, turn, hits, at] = [0, 0, [], 0];
  const draw = () => results.replaceChildren(...hits.map((hit, i) =>
    h("li", { role: "option", "aria-selected": String(i === at), data: { at: i } }, h("span.thumb", {}, picture(hit.picture, hit.name)),
      h("span.what", {}, h("b", {}, hit.name), h("small", {}, hit.variant || (hit.sku ? hit.code : t("choose colour and size")))),
      h("span.price", {}, money(hit.price_minor)))),
    ...(hits.length || !field.value.trim() ? [] : [h("li.empty", {}, t("Nothing found"))]));
  const look = async () => {
    const mine = ++turn;
    const q = field.value.trim();
    const found = q ? (await get(`/api/v1/catalog/search?q=${encodeURIComponent(q)}&limit=20`).catch(() => ({ hits: [] }))).hits : [];
    if (mine !== turn) return;
    [hits, at] = [found, 0];
    draw();
  };
  return ask({
    title: t("Search"), wide: true, close: t("Close"), body: [field, results],
    onopen: (dialog, end) => {
      const pick = (i) => hits[i] && end(hits[i]);
      field.addEventListener("input", () => (clearTimeout(timer), (timer = setTimeout(look, 120))));
      dialog.addEventListener("keydown", (event) => {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
          event.preventDefault();
          event.stopPropagation();
          at = Math.max(0, Math.min(hits.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)));
          draw();
          results.children[at]?.scrollIntoView({ block: "nearest" });
        } else if (event.key === "Enter") {
          event.preventDefault();
          event.stopPropagation();
          clearTimeout(timer);
          if (/^\d{8,14}$/.test(field.value.trim())) end({ scan: field.value.trim() });
          else look().then(() => pick(at));
        }
      });
      results.addEventListener("click", ({ target }) => pick(Number(target.closest("[data-at]")?.dataset.at ?? -1)));
    },
  });
}

/** Put a list from the wall into the basket. */
export async function takeList(list) {
  const result = await attempt("take-list", { list });
  if (!result) return;
  till.paid = null;
  for (const article of result.choose) await chooseSize(article);
}

/** A question that a scan at the box's own scanner left behind. */
export async function answerAsked(asked) {
  if (asked.kind === "choose") await chooseSize(asked.article);
  else if (asked.kind === "receipt") await findReceipt(asked.code);
  else if (asked.problem?.code === "held" && asked.problem.held) {
    const result = await sellHeld(asked.problem.held);
    if (result) added(result);
  } else if (asked.problem) say(asked.problem);
  else note(t("Scan it again."));
}
