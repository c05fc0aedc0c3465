// Commands: one key per press, sent again with the same key until the box has answered.

import { boot } from "./kit.js";

const PATIENCE = 8000;
const AGAIN = new Set([502, 503, 504]);

/** A refusal in the shape of RFC 9457; thrown by `send` and `get`. */
export class Problem extends Error {
  constructor(body, status) {
    super(body.detail || body.title || String(status));
    Object.assign(this, { title: "", hint: "", code: "", held: null, ...body, status });
  }
}

const key = () =>
  crypto.randomUUID?.() ??
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));

/** POST `body` to `url` until answered; trying(true) while the box does not answer. */
export async function send(url, body, { session = null, trying = () => {} } = {}) {
  const headers = { "Content-Type": "application/json", "Accept-Language": boot.tag, "Idempotency-Key": key() };
  if (session) headers.Authorization = `Bearer ${session}`;
  const request = { method: "POST", headers, body: JSON.stringify(body) };
  for (let turn = 0; ; turn++) {
    const answer = await once(url, request);
    if (answer) {
      trying(false);
      return read(answer);
    }
    trying(true);
    await new Promise((go) => setTimeout(go, Math.random() * Math.min(3000, 400 * 2 ** turn) + 100));
  }
}

async function once(url, request) {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(PATIENCE) });
    const body = await response.json().catch(() => ({}));
    if (AGAIN.has(response.status) && (!body.code || body.code === "stopping")) return null;
    return { response, body };
  } catch (error) {
    if (error instanceof TypeError || error.name === "TimeoutError" || error.name === "AbortError") return null;
    throw error;
  }
}

function read({ response, body }) {
  if (!response.ok) throw new Problem(body, response.status);
  return body;
}

/** GET JSON once; throws Problem, also when the box does not answer. */
export async function get(url) {
  const answer = await once(url, { headers: { "Accept-Language": boot.tag } });
  if (!answer) throw new Problem({ code: "no-answer" }, 0);
  return read(answer);
}
