// Plots as inline SVG, drawn from rows: pure, no style attributes (the page's CSP allows none).

const SVG = "http://www.w3.org/2000/svg";

function made(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Units of a drawing: as wide as a phone, or half a desk, so that its words are read at their size. */
const wide = () => Math.min(640, Math.max(300, innerWidth - 70));

/** The step of a scale up to `most` with about four lines: 1, 2 or 5 times a power of ten. */
export function stepOf(most) {
  if (most <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most / 4));
  return [1, 2, 5, 10].map((each) => each * power).find((each) => most / each <= 4.5) ?? 10 * power;
}

/** Upright bars: rows of {label, value, title}; `say` writes a value. `name` is what the drawing shows, for the ear. */
export function bars(rows, { name, say, width = wide(), height = 240 }) {
  const most = Math.max(0, ...rows.map((row) => row.value)), least = Math.min(0, ...rows.map((row) => row.value));
  const step = stepOf(Math.max(most, -least)), [top, bottom] = [14, 30];
  const high = Math.max(Math.ceil(most / step) * step, least < 0 ? 0 : step), low = Math.floor(least / step) * step;
  const left = 14 + 8.6 * Math.max(say(high).length, say(low).length);
  const at = (value) => top + ((high - value) / (high - low)) * (height - top - bottom);
  const svg = made("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": name });
  for (let value = low; value <= high + step / 2; value += step) {
    svg.append(made("line", { class: "grid", x1: left, x2: width, y1: at(value), y2: at(value) }));
    svg.append(made("text", { class: "scale", x: left - 8, y: at(value) + 5, "text-anchor": "end" }, say(value)));
  }
  const slot = (width - left) / Math.max(1, rows.length), skip = Math.ceil(34 / slot);
  rows.forEach((row, i) => {
    const y = at(Math.max(0, row.value)), bar = made("rect", {
      class: row.value < 0 ? "bar back" : "bar", x: left + slot * (i + 0.12), width: slot * 0.76, y, height: Math.max(0, at(Math.min(0, row.value)) - y), rx: Math.min(4, slot / 6),
    });
    bar.append(made("title", {}, row.title));
    svg.append(bar);
    if (i % skip === 0) svg.append(made("text", { class: "label", x: left + slot * (i + 0.5), y: height - 8, "text-anchor": "middle" }, row.label));
  });
  return svg;
}

/** Lying bars with their name and value: for products, cashiers, tenders. */
export function ranks(rows, { name, width = wide() }) {
  const line = 38, letters = Math.floor(width / 15), most = Math.max(1, ...rows.map((row) => Math.abs(row.value)));
  const svg = made("svg", { class: "plot", viewBox: `0 0 ${width} ${rows.length * line}`, role: "img", "aria-label": name });
  rows.forEach((row, i) => {
    svg.append(made("text", { class: "name", x: 0, y: i * line + 14 }, row.label.length > letters ? `${row.label.slice(0, letters - 1)}…` : row.label));
    svg.append(made("text", { class: "name", x: width, y: i * line + 14, "text-anchor": "end" }, row.title));
    svg.append(made("rect", { class: row.value < 0 ? "bar back" : "bar", x: 0, y: i * line + 19, height: 12, rx: 4, width: Math.max(2, (Math.abs(row.value) / most) * width) }));
  });
  return svg;
}
