// What eyes see on a page: asked by tests/web/hands.py.
({
  texts: () => {
  const out = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (e.closest("script,noscript") || !e.getClientRects().length) continue;
    const text = walk.currentNode.textContent.trim();
    if (text) out.push(text);
  }
  for (const e of document.querySelectorAll("[aria-label],[placeholder],[alt],[title]"))
    for (const a of ["aria-label", "placeholder", "alt", "title"]) if (e.getAttribute(a)) out.push(e.getAttribute(a));
  return out;
},

  faint: () => {
  const parse = (c) => { const m = c.match(/[\d.]+/g).map(Number); return [m[0], m[1], m[2], m[3] ?? 1]; };
  const over = (a, b) => [0, 1, 2].map((i) => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
  const light = (c) => { const f = (v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * f(c[0]) + 0.7152 * f(c[1]) + 0.0722 * f(c[2]); };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((m, n) => n - m); return (x + 0.05) / (y + 0.05); };
  const grounds = (e) => { const stack = [];
    for (; e; e = e.parentElement) { const s = getComputedStyle(e);
      if (s.backgroundImage.includes("gradient")) return s.backgroundImage.match(/rgba?\([^)]+\)/g).map((c) => stack.reduceRight((g, l) => over(l, g), parse(c)));
      const c = parse(s.backgroundColor); stack.push(c); if (c[3] === 1) break; }
    return [stack.reduceRight((g, l) => over(l, g), [255, 255, 255, 1])]; };
  const out = [];
  const walk = document.createTreeWalker(document.querySelector("dialog[open]") ?? document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || e.closest("script,noscript") || !e.getClientRects().length) continue;
    const s = getComputedStyle(e);
    const size = parseFloat(s.fontSize);
    const least = size >= 24 || (size >= 18.66 && Number(s.fontWeight) >= 600) ? 3 : 4.5;
    let alpha = 1;
    for (let up = e; up; up = up.parentElement) alpha *= Number(getComputedStyle(up).opacity);
    for (const ground of grounds(e)) {
      const ink = parse(s.color);
      const seen = ratio(over([ink[0], ink[1], ink[2], ink[3] * alpha], ground), ground);
      if (seen < least) { out.push(`${walk.currentNode.textContent.trim().slice(0, 40)}: ${seen.toFixed(2)} < ${least}`); break; }
    }
  }
  return [...new Set(out)];
},

  small: () => [...(document.querySelector("dialog[open]") ?? document.body).querySelectorAll("button, a, input, select")]
  .filter((e) => e.getClientRects().length)
  .map((e) => [e.getBoundingClientRect(), e])
  .filter(([r]) => r.width < 47.5 || r.height < 47.5)
  .map(([r, e]) => `${e.textContent.slice(0, 30)} ${Math.round(r.width)}x${Math.round(r.height)}`),

  fine_print: () => {
  const out = [];
  const walk = document.createTreeWalker(document.querySelector("dialog[open]") ?? document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || e.closest("script,noscript,.tile") || !e.getClientRects().length) continue;
    if (parseFloat(getComputedStyle(e).fontSize) < 17.99) out.push(walk.currentNode.textContent.trim().slice(0, 40));
  }
  return [...new Set(out)];
},

  cut_off: () => [...document.querySelectorAll(`.bar, .bar > b, .what b, dialog[open] > .body, .door${innerHeight > 700 ? ", .panel" : ""}`)]
  .filter((e) => e.getClientRects().length && (e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 2))
  .map((e) => `${e.className || e.tagName}: ${e.textContent.slice(0, 40)} ${e.scrollHeight}/${e.clientHeight} ${e.scrollWidth}/${e.clientWidth}`),

  spills: () => {
  const wide = document.documentElement.scrollWidth > innerWidth + 1 ? ["the page is wider than its screen"] : [];
  return wide.concat([...document.querySelectorAll(".button, .huge, .amount, .change, .chip, .shelf-price, .shown-total output, .thanks output, h1, h2")]
    .filter((e) => e.getClientRects().length && (e.scrollWidth > e.clientWidth + 2 && getComputedStyle(e).display !== "inline"
      || e.getBoundingClientRect().right > innerWidth + 1))
    .map((e) => `${e.className}: ${e.textContent.slice(0, 40)}`));
},
})
