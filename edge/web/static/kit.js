// The kit of every page: words, amounts, times, elements. No page builds HTML from strings.

export const boot = JSON.parse(document.getElementById("boot").textContent);

const rules = new Intl.PluralRules(boot.tag);
const put = (text, values) =>
  values ? text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole)) : text;

/** The words for `msgid`, with {name} filled in. */
export function t(msgid, values) {
  const found = boot.words[msgid];
  return put(typeof found === "string" ? found : msgid, values);
}

/** The plural form for n, which is also {n}. */
export function tn(one, many, n, values) {
  const forms = [boot.words[one] ?? [one, many]].flat();
  const place = boot.plural.indexOf(rules.select(n));
  return put(forms[Math.min(place < 0 ? forms.length - 1 : place, forms.length - 1)], { n, ...values });
}

/** An amount in minor units, as people write it here. */
export function money(minor) {
  const m = boot.money;
  const digits = String(Math.abs(minor)).padStart(m.decimals + 1, "0");
  const cut = digits.length - m.decimals;
  const whole = digits.slice(0, cut).replace(/\B(?=(\d{3})+$)/g, m.group);
  const number = m.decimals ? whole + m.decimal + digits.slice(cut) : whole;
  return minor < 0 ? m.minus_prefix + number + m.minus_suffix : m.prefix + number + m.suffix;
}

/** The class of an amount shown large: a long one is set smaller, so that it stays in its frame. */
export const width = (minor) => (money(minor).length > 12 ? "long" : money(minor).length > 10 ? "wide" : "");

/** What a person typed ("200", "12,5") in minor units, or null when it is no amount. */
export function readMoney(text) {
  const found = /^(\d{1,9})(?:[.,](\d*))?$/.exec(text.trim());
  if (!found || (found[2] ?? "").length > boot.money.decimals) return null;
  return Number(found[1] + (found[2] ?? "").padEnd(boot.money.decimals, "0"));
}

const zone = { timeZone: boot.store.time_zone };
const hours = new Intl.DateTimeFormat(boot.tag, { hour: "2-digit", minute: "2-digit", ...zone });
const days = new Intl.DateTimeFormat(boot.tag, { day: "numeric", month: "long", year: "numeric", ...zone });
const ages = new Intl.RelativeTimeFormat(boot.tag, { numeric: "auto" });
export const clock = (at) => hours.format(at instanceof Date ? at : new Date(at));
export const day = (at) => days.format(new Date(at));

/** "3 minutes ago", "2 months ago". */
export function ago(at) {
  const seconds = Math.max(0, (Date.now() - new Date(at).getTime()) / 1000);
  for (const [unit, size] of [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60]])
    if (seconds >= size) return ages.format(-Math.floor(seconds / size), unit);
  return t("just now");
}

/** An element: h("button", {class: "big", onclick}, "Pay", child, [children]). */
export function h(tag, properties, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.className = `${element.className} ${value}`.trim();
    else if (key === "value") element.value = value;
    else if (key === "data") Object.assign(element.dataset, value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...real(children));
  return element;
}

const real = (children) => children.flat(3).filter((child) => child !== null && child !== undefined && child !== false && child !== "");

/** Replace what `parent` shows. */
export function fill(parent, ...children) {
  parent.replaceChildren(...real(children));
}

/** Replace what `parent` shows only when it differs, so that nothing flickers and the focus stays. */
export function show(parent, ...children) {
  const made = real(children);
  const now = [...parent.childNodes];
  const same = made.length === now.length && made.every((child, i) => child.isEqualNode?.(now[i]) ?? false);
  if (!same) parent.replaceChildren(...made);
  return !same;
}

/** A till's name; the one it has by default is said in the page's language. */
export const tillName = ({ id, name }) => (name === `Till ${id}` ? `${t("Till")} ${id}` : name);

const SVG = "http://www.w3.org/2000/svg";
/** A drawn sign out of /static/signs.svg. */
export function sign(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "sign");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `/static/signs.svg#${name}`);
  svg.append(use);
  return svg;
}

/** A picture, or a tile with the name's first letters where there is none. */
export function picture(url, name) {
  const tile = h("span.tile", { "aria-hidden": "true" }, name.split(/\s+/u).slice(0, 2).map((word) => [...word][0] ?? "").join(""));
  if (!url) return tile;
  const image = h("img", { src: url, alt: "", draggable: "false", decoding: "async" });
  image.addEventListener("error", () => image.replaceWith(tile), { once: true });
  return image;
}

/** Stars, for the eye and for the ear; nothing under five reviews but their number. */
export function rating(of) {
  if (of.count === 0) return h("p.rating.none", {}, t("No reviews yet"));
  const count = tn("{n} review", "{n} reviews", of.count);
  if (of.tenths === null) return h("p.rating", {}, count);
  const words = (of.tenths / 10).toLocaleString(boot.tag, { minimumFractionDigits: 1 });
  return h("p.rating", {}, stars(of.tenths), h("b", {}, words), h("span", {}, count));
}

/** Five stars, `tenths` of them full. */
export function stars(tenths) {
  const label = t("{n} of 5 stars", { n: (tenths / 10).toLocaleString(boot.tag) });
  const row = h("span.stars", { role: "img", "aria-label": label });
  for (let i = 1; i <= 5; i++) row.append(sign(tenths >= i * 10 - 2 ? "star" : tenths >= i * 10 - 7 ? "star-half" : "star-none"));
  return row;
}

/** One review, whole. */
export function review(of) {
  return h("article.review", { class: of.stars <= 2 ? "low" : "" },
    h("header", {}, stars(of.stars * 10), of.title && h("h4", {}, of.title)),
    h("p", {}, of.text),
    h("footer", {}, [of.author, day(of.at), of.verified && t("Bought here")].filter(Boolean).join(" · ")));
}
