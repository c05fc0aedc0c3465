// What changes, from the box to this page: through the shared worker, or alone where there is none.

import { boot } from "./kit.js";

/** Another shop answers here now (set up anew, another country): nothing this page was made with is true any more. */
const moved = (shop) => shop.country !== boot.store.country && location.reload();

/** This page's own topic, in its reader's language. */
export const topicOf = (kind) => `${kind}:${boot.id}/${boot.lang}`;

/** Watch `topics`; frame(topic, data, seq) for each state, alive(boolean) when the stream comes and goes. */
export function watch(topics, { frame, alive }) {
  let up = null;
  let heard = 0;
  const told = (now) => {
    if (now) heard = performance.now();
    if (now !== up) alive?.((up = now));
  };
  const take = ({ topic, data, seq, alive: now, shop }) => {
    if (shop) return moved(shop);
    if (topic === undefined) return told(now);
    told(true);
    if (topics.includes(topic)) frame(topic, data, seq);
  };
  if (typeof SharedWorker === "function") shared(topics, take);
  else alone(topics, take);
  return { silence: () => (heard ? (performance.now() - heard) / 1000 : Infinity) };
}

function shared(topics, take) {
  const worker = new SharedWorker("/static/worker.js", { name: "store-edge" });
  const say = () => worker.port.postMessage({ topics, visible: !document.hidden });
  worker.port.onmessage = ({ data }) => take(data);
  worker.onerror = () => alone(topics, take);
  document.addEventListener("visibilitychange", say);
  addEventListener("pagehide", () => worker.port.postMessage({ bye: true }));
  addEventListener("pageshow", say);
  setInterval(say, 25000);
  say();
}

function alone(topics, take) {
  let source = null;
  let heard = 0;
  const settle = () => {
    source?.close();
    source = null;
    if (document.hidden) return;
    const mine = (source = new EventSource(`/api/v1/stream?topics=${encodeURIComponent(topics.join(","))}`));
    heard = performance.now();
    const alive = () => ((heard = performance.now()), take({ alive: true }));
    mine.onopen = alive;
    mine.addEventListener("beat", alive);
    mine.addEventListener("shop", (event) => alive() ?? take({ shop: JSON.parse(event.data) }));
    mine.addEventListener("frame", (event) => alive() ?? take({ ...JSON.parse(event.data), seq: Number(event.lastEventId) }));
    mine.onerror = () => {
      take({ alive: false });
      if (mine.readyState === EventSource.CLOSED && source === mine) setTimeout(settle, 300 + Math.random() * 1700);
    };
  };
  document.addEventListener("visibilitychange", settle);
  setInterval(() => source && performance.now() - heard > 45000 && settle(), 5000);
  settle();
}
