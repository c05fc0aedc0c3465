// Paying: what is left to pay, in cash and by other ways, one after another.

import { boot, fill, h, money, readMoney, sign, t, width } from "../kit.js";
import { Problem } from "../command.js";
import { practising } from "./training.js";
import { ask, button, pad } from "../keys.js";
import { buyer } from "./buyer.js";
import { attempt, command, note, say, till } from "./shop.js";
import { answer, giveBack, settle, underWay, unknown, wayName } from "./tenders.js";
import { doing } from "./says.js";

const NOTE_KEYS = ["F1", "F2", "F3", "F4", "F5"];
const WAY_KEYS = ["F6", "F7", "F10"];
const LEAVE = ["total-changed", "no-session", "sale-unfinished", "settle-first", "empty-basket"];

/** The payment dialog; it ends when the box has said "paid", or when the cashier goes back. */
export async function pay() {
  const { basket, profile, fiscal } = till.state;
  if (!basket?.lines.length) return;
  if (!practising() && fiscal.state === "down" && profile.fiscal !== "none" && profile.fiscal !== "deferred") return say({ code: "fiscal-down" });
  const local = { text: "", buyer: undefined, going: false, cash: 0, declined: basket.declined?.seq ?? 0 };
  const asks = !practising() && profile.buyer && profile.buyer.required_from_minor !== null && basket.total_minor >= profile.buyer.required_from_minor;
  if (asks && (local.buyer = await buyer(profile.buyer)) === undefined) return;
  await ask({
    title: till.state.ways.length ? t("Payment") : t("Cash"), wide: true, close: t("Back to the sale"), body: [h("div.pay", {}, h("div.owed"), h("div.given"))],
    onopen: (dialog, close) => new Desk(local, basket.id, dialog, close).begin(),
  });
  till.follow = null;
}

class Desk {
  constructor(local, sale, dialog, close) {
    Object.assign(this, { local, sale, dialog, close });
    [this.left, this.right] = dialog.querySelectorAll(".owed, .given");
  }

  leave(problem) {
    this.close(false);
    say(problem);
  }

  begin() {
    this.total = this.basket.total_minor;
    this.dialog.typed = (key) => this.typed(key);
    till.follow = () => this.changed();
    this.draw();
  }

  get basket() {
    return till.state.basket?.id === this.sale ? till.state.basket : null;
  }

  get mine() {
    return till.state.tenders.filter((each) => !each.stray);
  }

  /** What is still to pay once the cash on the counter is counted. */
  get rest() {
    return this.basket.rest_minor - this.local.cash;
  }

  /** What cash would be owed: all of the rest, rounded, or the typed part of it. */
  get owed() {
    return this.local.cash ? this.rest : this.basket.cash.payable_minor;
  }

  get given() {
    return this.local.text === "" ? this.owed : readMoney(this.local.text) ?? 0;
  }

  changed() {
    if (!this.dialog.open) return;
    const last = till.state.last_sale;
    if (last?.sale === this.sale) return this.paid(last);
    // a scan, or another page of this till: what was shown is not what is owed any more
    if (!this.local.going && this.basket?.total_minor !== this.total) return this.leave({ code: till.state.basket ? "total-changed" : "empty-basket" });
    if (!this.basket) return undefined;
    const no = this.basket.declined;
    if (no && no.seq > this.local.declined) {
      this.local.declined = no.seq;
      note(t("{way} said no: {amount} was not taken", { way: wayName(no.name), amount: money(no.amount_minor) }), t("Try again, or take another way to pay."), "warn");
    }
    const cash = this.local.cash;
    if (cash && this.rest === 0 && !underWay() && !this.local.going) return this.finish(cash);
    this.draw();
  }

  paid({ sale, payable_minor, tendered_minor, change_minor }) {
    till.paid = { sale, payable_minor, tendered_minor, change_minor };
    till.selected = null;
    till.follow = null;
    this.close(true);
    till.render();
  }

  typed(key) {
    const { local } = this;
    if (local.going) return;
    const text = key === "⌫" ? local.text.slice(0, -1) : local.text + key;
    if (text === "" || readMoney(text) !== null) local.text = text;
    this.draw();
  }

  /** Pay the rest in cash. */
  async finish(tendered) {
    if (this.local.going) return;
    const tenders = tendered > 0 ? [{ kind: "cash", tendered_minor: tendered }] : [];
    await this.during(async () => {
      const paid = await command("pay", this.body({ tenders }));
      if (this.dialog.open) this.paid(paid);
    });
  }

  /** Take `amount` by another way. */
  async charge(way, amount) {
    if (this.local.going || amount <= 0) return;
    const asked = await this.during(() => command("ask-tender", this.body({ name: way.name, amount_minor: amount })));
    if (asked && !way.wired) await this.answer();
  }

  async answer() {
    const tender = underWay();
    if (tender) await answer(tender);
    if (this.dialog.open) this.changed();
  }

  body(more) {
    const body = { total_minor: this.basket.total_minor, ...more };
    if (this.local.buyer !== undefined) body.buyer = this.local.buyer;
    return body;
  }

  async during(work) {
    const { local } = this;
    local.going = true;
    this.draw();
    try {
      const done = await work();
      local.text = "";
      return done;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.code === "buyer-needed" && till.state.profile.buyer) local.buyer = await buyer(till.state.profile.buyer);
      else say(problem);
      if (LEAVE.includes(problem.code)) this.close(false);
      return undefined;
    } finally {
      local.going = false;
      if (this.dialog.open && this.basket) this.draw();
    }
  }

  draw() {
    if (!this.basket) return;
    fill(this.left, this.toPay(), this.list(), this.hint(), this.buyer());
    fill(this.right, underWay() ? this.waiting() : this.rest <= 0 && !this.local.cash ? this.whole() : this.keys());
  }

  toPay() {
    const { cash, total_minor, rest_minor } = this.basket;
    const shown = this.local.cash || this.mine.length ? Math.max(0, this.rest) : cash.payable_minor;
    return [h("p.label", {}, rest_minor === total_minor && !this.local.cash ? t("To pay") : t("Still to pay")), h("output.huge", { class: width(shown) }, money(shown)),
      !this.local.cash && !underWay() && cash.rounding_minor !== 0 && h("p.small", {}, t("{total}, rounded by {rounding}", { total: money(rest_minor), rounding: money(cash.rounding_minor) }))];
  }

  /** What has been taken so far. */
  list() {
    const rows = this.mine.map((each) => h("li", { data: { tender: each.tender, state: each.state } }, sign("card"), h("span", {}, wayName(each.name)), h("b", {}, money(each.amount_minor)),
      each.state === "captured" && button(t("Give back"), { disabled: Boolean(underWay()) || this.local.going, onclick: () => this.back(each) }),
      unknown(each) && button(t("Read the slip"), { tone: "warn", onclick: () => settle(each) })));
    if (this.local.cash) rows.push(h("li", { data: { state: "cash" } }, sign("cash"), h("span", {}, t("Cash")), h("b", {}, money(this.local.cash)),
      button(t("Give back"), { disabled: Boolean(underWay()) || this.local.going, onclick: () => ((this.local.cash = 0), this.draw()) })));
    return rows.length > 0 && h("ul.taken", {}, rows);
  }

  async back(tender) {
    await giveBack(tender);
    if (this.dialog.open) this.changed();
  }

  hint() {
    if (underWay() || this.rest <= 0) return null;
    const missing = this.owed - this.given;
    return [h("p.label", {}, t("Given")), h("output.amount", { class: this.local.text ? "" : "faint" }, money(this.given)),
      this.local.text === "" ? h("p.small", {}, t("Type what the customer gives, or press Enter if it is exact.")) :
        missing > 0 ? h("p.small.missing", {}, t("{amount} is missing", { amount: money(missing) })) :
          h("p.small", {}, t("Change: {amount}", { amount: money(-missing) }))];
  }

  buyer() {
    const question = till.state.profile.buyer;
    return question && button(this.local.buyer ? t("Buyer: {number}", { number: this.local.buyer }) : t("Buyer's number"), {
      key: "F9", icon: "person", onclick: async () => {
        const number = await buyer(question);
        if (number !== undefined) this.local.buyer = number || undefined;
        this.draw();
      } });
  }

  keys() {
    const { local, owed, given } = this;
    const { profile } = till.state;
    const missing = owed - given;
    const part = local.text && missing > 0 ? given : 0;
    return [
      h("div.notes", {}, !local.cash && this.basket.notes.slice(0, 5).map((note_, i) => button(money(note_), { key: NOTE_KEYS[i], tone: "calm", disabled: local.going, onclick: () => this.finish(note_) }))),
      pad((key) => this.typed(key), profile.decimals ? boot.money.decimal : "00"),
      till.state.ways.length > 0 && h("div.ways", {}, till.state.ways.map((way, i) => button(`${wayName(way.name)} ${money(part || this.rest)}`, {
        key: WAY_KEYS[i], tone: "calm", icon: "card", disabled: local.going || (Boolean(local.text) && missing < 0), onclick: () => this.charge(way, part || this.rest) }))),
      part > 0 && !local.cash && till.state.ways.length > 0
        ? button(t("Take {amount} in cash first", { amount: money(part) }), { key: "Enter", tone: "go", icon: "cash", disabled: local.going, onclick: () => {
          Object.assign(local, { cash: part, text: "" });
          this.draw();
        } })
        : button(local.going ? t("One moment …") : local.text || local.cash ? t("Paid") : t("Exact amount"), {
          key: "Enter", tone: "go", icon: "check", disabled: local.going || missing > 0, onclick: () => this.finish(given + local.cash) }),
    ];
  }

  /** A terminal is being asked, or the cashier is. */
  waiting() {
    const tender = underWay();
    const back = tender.state === "reversing";
    const words = back ? t("{amount} goes back to the customer", { amount: money(tender.amount_minor) }) : t("{way}: {amount}", { way: wayName(tender.name), amount: money(tender.amount_minor) });
    if (!tender.wired) return [h("p.lead", {}, words), h("div.grow"), button(t("What did the terminal say?"), { key: "Enter", tone: "go", icon: "card", onclick: () => this.answer() })];
    return [h("p.lead.at-work", { role: "status" }, h("span.spinner"), h("span", {}, words)), h("p.doing", { role: "status" }, doing(till.state.terminal)), h("div.grow"),
      !back && button(t("Stop at the terminal"), { key: "F8", tone: "warn", icon: "cross", onclick: () => attempt("cancel-tender", { tender: tender.tender }) })];
  }

  /** All of it is taken; something kept the sale from closing by itself. */
  whole() {
    if (this.rest < 0) return [h("p.lead.missing", {}, t("More was taken than the sale is worth. Give a payment back."))];
    return [h("p.lead", {}, t("All of it is paid.")), h("div.grow"), button(t("Finish the sale"), { key: "Enter", tone: "go", icon: "check", disabled: this.local.going, onclick: () => this.finish(0) })];
  }
}
