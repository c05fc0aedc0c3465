// One stream for every tab of this browser: browsers allow six connections to a host, and a payment needs one.

const ports = new Map(); // port -> {topics, visible, seen}
const last = new Map(); // topic -> newest frame
let source = null;
let open = "";
let again = 0;
let heard = 0;
let shop = "";

onconnect = (event) => {
  const port = event.ports[0];
  port.onmessage = ({ data }) => {
    if (data.bye) ports.delete(port);
    else {
      const fresh = !ports.has(port) || ports.get(port).visible !== data.visible;
      ports.set(port, { topics: data.topics, visible: data.visible, seen: Date.now() });
      if (fresh && data.visible) for (const topic of data.topics) if (last.has(topic)) port.postMessage(last.get(topic));
    }
    settle();
  };
  port.start();
};

function settle() {
  for (const [port, of] of ports) if (of.visible && Date.now() - of.seen > 90000) ports.delete(port);
  const topics = [...new Set([...ports.values()].filter((of) => of.visible).flatMap((of) => of.topics))].sort().join(",");
  if (topics === open) return;
  open = topics;
  connect();
}

function connect() {
  clearTimeout(again);
  source?.close();
  source = null;
  if (!open) {
    last.clear();
    tell({ alive: false });
    return;
  }
  const mine = new EventSource(`/api/v1/stream?topics=${encodeURIComponent(open)}`);
  source = mine;
  heard = Date.now();
  const alive = () => ((heard = Date.now()), tell({ alive: true }));
  mine.onopen = alive;
  mine.addEventListener("beat", alive);
  mine.addEventListener("shop", ({ data }) => {
    alive();
    const another = shop && shop !== data;
    shop = data;
    tell({ shop: JSON.parse(data) });
    if (another) last.clear(), connect(); // its numbers are not ours
  });
  mine.addEventListener("frame", (event) => {
    heard = Date.now();
    const frame = { ...JSON.parse(event.data), seq: Number(event.lastEventId) };
    last.set(frame.topic, frame);
    for (const [port, of] of ports) if (of.topics.includes(frame.topic)) port.postMessage(frame);
  });
  mine.onerror = () => {
    tell({ alive: false });
    if (mine.readyState === EventSource.CLOSED && source === mine) again = setTimeout(connect, 300 + Math.random() * 1700);
  };
}

// A line that is dead without saying so: three heartbeats missed.
setInterval(() => open && Date.now() - heard > 45000 && connect(), 5000);

function tell(what) {
  for (const port of ports.keys()) port.postMessage(what);
}
