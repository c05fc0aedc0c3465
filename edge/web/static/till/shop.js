// What every part of the till shares: the state, the session, and how a command is given.

import { boot, h } from "../kit.js";
import { Problem, send } from "../command.js";
import { refusal } from "./says.js";

export const till = {
  state: null, // TillState, as last told
  session: sessionStorage.getItem(`session-${boot.id}`),
  number: Number(sessionStorage.getItem(`number-${boot.id}`)), // which session that is
  alive: true, // the stream
  trying: false, // a command waits for the box
  busy: 0, // commands under way
  gave: Date.now(), // when the last one was given
  selected: null, // line number, or null for the newest
  view: "sell", // sell · day
  paid: null, // {sale, …} of the payment just made, until the next customer
  z: null, // the Z just made
  follow: null, // called with each new state by what is open on the till
  render: () => {},
  approve: async () => false, // ask somebody who may (till/approve.js)
};

export function keepSession(session, number = 0) {
  Object.assign(till, { session, number });
  for (const [name, value] of Object.entries({ session, number })) {
    if (value) sessionStorage.setItem(`${name}-${boot.id}`, value);
    else sessionStorage.removeItem(`${name}-${boot.id}`);
  }
}

/** Whether whoever is signed in at this till signed in on this page, and not on another one since. */
export const signedIn = () => Boolean(till.session && till.state?.user && till.state.user.session === till.number);

let chain = Promise.resolve();

/** Give a command; one after another, so that scans stay in order. Returns its result, or throws Problem.
 *  What somebody else must approve is given again, once, when they have. */
export async function command(verb, body = {}) {
  try {
    return await queued(verb, body);
  } catch (problem) {
    if (problem.code !== "approval-needed" || !problem["approval-needed"]?.action || !(await till.approve(problem))) throw problem;
    return queued(verb, body);
  }
}

function queued(verb, body) {
  const turn = chain.then(() => give(verb, body));
  chain = turn.catch(() => {});
  return turn;
}

async function give(verb, body) {
  till.busy++;
  till.gave = Date.now();
  document.querySelector(".toast")?.remove();
  const trying = (now) => {
    if (now !== till.trying) (till.trying = now), till.render();
  };
  try {
    const answer = await send(`/api/v1/tills/${encodeURIComponent(boot.id)}/${verb}`, body, { session: till.session, trying });
    take(answer.state);
    return answer.result;
  } catch (problem) {
    if (problem instanceof Problem && problem.code === "no-session") keepSession(null);
    throw problem;
  } finally {
    till.busy--;
    till.render();
  }
}

/** A state arrived, by answer or by stream; an older one never replaces a newer one. */
export function take(state) {
  const now = till.state;
  if (now && now.boot === state.boot && (state.seq < now.seq || (state.seq === now.seq && state.at < now.at))) return;
  till.state = state;
  if (state.basket && state.basket.lines.every((line) => line.line !== till.selected)) till.selected = null;
  till.follow?.();
  till.render();
}

/** Do it; a refusal is shown and heard, never thrown. Resolves undefined when refused. */
export async function attempt(verb, body, { held } = {}) {
  try {
    return await command(verb, body);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.code === "held" && problem.held && held) return held(problem.held);
    if (problem.code !== "no-session") say(problem);
    return undefined;
  }
}

let toast = 0;
/** Show a refusal for as long as it takes to read. */
export function say(problem) {
  const [title, hint] = refusal(problem);
  note(title, hint, "warn");
  buzz();
}

export function note(title, hint = "", tone = "calm") {
  document.querySelector(".toast")?.remove();
  const box = h(`div.toast.${tone}`, { role: "alert", onclick: () => box.remove() }, h("b", {}, title), hint && h("span", {}, hint));
  ([...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body).append(box);
  clearTimeout(toast);
  toast = setTimeout(() => box.remove(), 6000);
}

let audio = null;
/** A low tone: something was refused while the cashier looks at the goods. */
function buzz() {
  if (!navigator.userActivation?.hasBeenActive) return;
  audio ??= new AudioContext();
  const [tone, loud] = [audio.createOscillator(), audio.createGain()];
  tone.type = "square";
  tone.frequency.value = 190;
  loud.gain.setValueAtTime(0.06, audio.currentTime);
  loud.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.25);
  tone.connect(loud).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.26);
}
