// The pretend shop's hands: paper, tags, shelves, the fiscal device, the line, the plug.

import { boot, clock, h, picture, show, sign, t, tn } from "./kit.js";
import { Problem, send } from "./command.js";
import { button, listen } from "./keys.js";
import { watch } from "./live.js";
import { refusal } from "./till/says.js";

const stage = document.getElementById("stage");
let state = null;
let failed = "";

/** Words of the pretend assortment in the page's language. */
const said = (texts) => texts[boot.lang.slice(0, 2)] ?? texts.en;
const named = (of) => [said(of.name), of.variant && said(of.variant)].filter(Boolean).join(" · ");

async function act(verb, body = {}) {
  try {
    state = await send(`/sim/${verb}`, body);
    failed = "";
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    failed = refusal(problem).filter(Boolean).join(" ");
  }
  draw();
}

function draw() {
  if (!state) return show(stage, h("section.sims", {}, h("h1", {}, t("Simulators"))));
  return show(stage, h("section.sims", {},
    h("header", {}, h("div", {}, h("h1", {}, t("Simulators")), h("p.lead", {}, t("They speak the devices' real bytes. Everything you do here happens to the real drivers."))),
      h("button.button", { type: "button", data: { themeSwitch: "" } }, t("Light or dark")),
      h("div.grow"), boot.start && h("a.button", { href: boot.start }, t("All screens")), state.proof && h("a.button.go", { href: state.proof }, t("Download what was proved"))),
    failed && h("div.notice.bad", { role: "alert" }, failed),
    state.switching && h("div.notice.switching", { role: "status" }, h("span.spinner"), h("b", {}, opening())),
    counters(), h("div.sim-grid", { inert: Boolean(state.switching) }, state.printers.map(printer), state.readers.map(reader), state.plates.length > 0 && shelves(), state.scanners.map(scanner), state.terminals.map(terminal), state.fiscal.map(fiscal), country())));
}

const opening = () => t("{country}: the shop is being opened. A few seconds …", { country: state.countries.find((each) => each.code === state.switching)?.name ?? "" });

function counters() {
  const { counters: of, power } = state;
  const equal = of.store === of.hq;
  return h("section.counters", { class: equal ? "equal" : "behind" },
    h("div", {}, h("p.label", {}, t("Recorded in the shop")), h("output", {}, of.store), h("p.small", {}, tn("{n} sale", "{n} sales", of.sales_store))),
    h("div.sign-between", { "aria-hidden": "true" }, equal ? "=" : ">"),
    h("div", {}, h("p.label", {}, t("Held by headquarters")), h("output", {}, of.hq), h("p.small", {}, tn("{n} sale", "{n} sales", of.sales_hq))),
    h("p.counter-words", {}, equal ? t("Every fact is in both places.") : tn("{n} fact is only in the shop. Nothing is lost.", "{n} facts are only in the shop. Nothing is lost.", of.store - of.hq)),
    h("div.row", {}, of.line_up ? button(t("Cut the line"), { tone: "warn", icon: "line", onclick: () => act("line", { up: false }) }) : button(t("Restore the line"), { tone: "go", icon: "line", onclick: () => act("line", { up: true }) }),
      button(power === "on" ? t("Pull the plug") : t("The box is starting …"), { tone: "warn", icon: "power", disabled: power !== "on", onclick: () => act("pull-plug") })));
}

const panel = (icon, title, note, ...children) => h("section.sim", {}, h("header", {}, sign(icon), h("h2", {}, title), h("div.grow"), note), children);
const plug = (on, verb, body) => button(on ? t("Unplug") : t("Plug in"), { tone: on ? "plain" : "go", onclick: () => act(verb, { ...body, plugged: !on }) });

function printer(of) {
  const paper = { ok: t("Paper is in"), "near-end": t("The paper is nearly used up"), out: t("Out of paper") }[of.paper];
  return panel("printer", t("Receipt printer, till {till}", { till: of.till }), h("span.chip-plain", { class: of.paper }, paper),
    h("div.row", {}, of.paper === "out" ? button(t("New roll"), { tone: "go", onclick: () => act("new-roll", { printer: of.id }) }) : button(t("Paper out"), { tone: "warn", onclick: () => act("paper-out", { printer: of.id }) }),
      button(of.cover_open ? t("Close the cover") : t("Open the cover"), { onclick: () => act("cover", { printer: of.id, open: !of.cover_open }) }), plug(of.plugged, "printer", { printer: of.id }),
      button(of.drawer_open ? t("Push the drawer shut") : t("Open the drawer by hand"), { icon: "drawer", onclick: () => act("drawer", { printer: of.id, open: !of.drawer_open }) })),
    h("p.drawer-state", { class: of.drawer_open ? "open" : "" }, sign("drawer"), of.drawer_open ? t("The drawer is open") : t("The drawer is shut"), " · ", tn("kicked {n} time", "kicked {n} times", of.kicks)),
    h("div.papers", {}, of.papers.length === 0 ? h("p.small", {}, t("No paper has come out yet.")) : of.papers.map((each) => h("figure", { data: { paper: each.id } },
      h("a", { href: each.picture, target: "_blank", rel: "noopener" }, h("img", { src: each.picture, alt: t("Receipt of {time}", { time: clock(each.at) }), loading: "lazy" })), h("figcaption", {}, clock(each.at))))));
}

function reader(of) {
  return panel("tap", t("Touch-wall {wall}", { wall: of.wall }), plug(of.plugged, "reader", { reader: of.id }), h("p.small", {}, t("Hold one of these to the sign:")),
    h("div.things", {}, of.tags.map((tag) => thing(tag, () => act("tap", { reader: of.id, tag: tag.id }), !of.plugged))));
}

const thing = (of, onclick, disabled = false) => h("button.thing", { type: "button", onclick, disabled, data: { id: of.id ?? of.code } }, h("span.thumb", {}, picture(of.picture, said(of.name))), h("span", {}, named(of)));

function shelves() {
  const [first] = state.plates;
  return panel("shelf", t("Shelves"), plug(first.plugged, "plate", { plate: first.id }), state.plates.map((of) => h("div.plate", { data: { plate: of.id } }, h("span.thumb", {}, picture(of.picture, said(of.name))),
    h("span.what", {}, h("b", {}, said(of.name)), h("small", {}, said(of.variant), of.display && h("i", {}, t("the sample on display")))), h("output", {}, of.units),
    h("div.row", {}, button(t("Take one"), { icon: "minus", tone: "calm", disabled: of.units < 1 || !of.plugged, onclick: () => act("take", { plate: of.id, units: 1 }) }),
      button(t("Put one back"), { icon: "plus", tone: "calm", disabled: !of.plugged, onclick: () => act("put", { plate: of.id, units: 1 }) })))));
}

function scanner(of) {
  return panel("scan", t("Scanner, till {till}", { till: of.till }), null, h("p.small", {}, t("Scan one of these:")), h("div.things", {}, of.codes.map((code) => thing(code, () => act("scan", { till: of.till, code: code.code })))));
}

function fiscal(of) {
  return panel("seal", t("Fiscal device, till {till}", { till: of.till }), plug(of.plugged, "fiscal", { till: of.till }), h("p.lead", {}, tn("{n} receipt issued", "{n} receipts issued", of.receipts)));
}

/** What can happen to the next payment: [what it is called there, what it says on its button]. */
const faults = () => [["", t("Approve")], ["decline", t("Decline")], ["silent", t("Fall silent")], ["drop-answer", t("Take it, then drop the answer")], ["gives-back", t("Take it, then give it back")]];

function terminal(of) {
  return panel("card", t("Card terminal, till {till}", { till: of.till }), plug(of.plugged, "terminal", { till: of.till }),
    h("p.small", {}, of.busy ? t("A customer is at the terminal.") : t("The next payment:")),
    h("div.row", {}, faults().map(([next, label]) => button(label, { tone: of.next === next ? "go" : "plain", "aria-pressed": String(of.next === next), disabled: !of.plugged, onclick: () => act("terminal-next", { till: of.till, next }) }))),
    h("p.lead", {}, tn("{n} payment held", "{n} payments held", of.held)),
    h("div.slips", {}, of.slips.map((lines) => h("pre.slip", {}, lines.join("\n")))));
}

function country() {
  return panel("house", t("Country"), null, h("p.small", {}, t("Another country: other money, other rounding, other law.")),
    h("div.row", {}, state.countries.map((each) => button(each.name, { tone: each.code === state.country ? "go" : "plain", "aria-pressed": String(each.code === state.country), onclick: () => act("country", { country: each.code }) }))));
}

watch(["sim"], {
  frame: (topic, data) => {
    state = data;
    if (data.country.toUpperCase() !== boot.store.country) return location.reload();
    return draw();
  },
});
listen();
draw();
