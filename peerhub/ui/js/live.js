// The one socket of a tab, shared by whatever listens. Without it every page still works, by reloading.
//
//   const off = live.on("topic.12", "post.created", (event) => …)   event: { group, kind, seq, html, data }
//   kind "*": every event; ":subscribed" ({ seq, changed }: the newest number and the last change, null: unknown);
//   ":refused" ({ reason }); ":presence" (who is there); ":doubt" (something may have been missed and no socket will
//   tell: ask over HTTP)
//   live.present("topic.12", "reading" | "writing" | "away")   what this page's person does, told once subscribed
//
// For elements that do not import this: document hears "live:subscribe" { group }, to whose detail it adds `live`, and is
// told "live:event" (the frame) and "live:status" { status: "connecting" | "open" | "waiting" | "ended" }.
const FIRST_DELAY = 500;
const LONGEST_DELAY = 60_000;
const SLEEP = 45_000; // hidden or stopped for longer: the socket may be dead without knowing
const ANSWER = 8_000; // an answer that does not come in this time means a dead socket
const LINGER = 1_000; // a swap takes an element out and puts the next one in: the group stays subscribed meanwhile
const SESSION_OVER = 4401;

const listeners = new Map(); // group -> Map(callback -> kind)
const asked = new Set(); // groups to subscribe in this turn
const states = new Map(); // group -> what we do there
const subscribed = new Set();
let socket = null;
let status = "waiting";
let attempts = 0;
let retryTimer;
let answerTimer;
let hiddenAt = 0;

export const live = { on, present, get status() { return status; } };

function on(group, kind, callback) {
  let ofGroup = listeners.get(group);
  if (!ofGroup) listeners.set(group, (ofGroup = new Map()));
  const key = { callback };
  ofGroup.set(key, kind);
  ask(group);
  return () => {
    ofGroup.delete(key);
    setTimeout(() => {
      if (ofGroup.size || listeners.get(group) !== ofGroup) return;
      listeners.delete(group);
      states.delete(group);
      subscribed.delete(group);
      if (isOpen()) send("unsubscribe", group);
    }, LINGER);
  };
}

function present(group, state) {
  states.set(group, state);
  if (isOpen() && subscribed.has(group)) send("presence", group, { state });
}

function tell(group, kind, detail) {
  for (const [{ callback }, wanted] of [...(listeners.get(group) ?? [])]) {
    if (wanted === kind || (wanted === "*" && kind[0] !== ":")) callback(detail);
  }
}

// Whoever begins to listen wants to know where the group stands, also when it is subscribed already.
function ask(group) {
  if (!asked.size) queueMicrotask(askAll);
  asked.add(group);
}

function askAll() {
  if (isOpen()) for (const group of asked) send("subscribe", group);
  else connect();
  asked.clear();
}

const isOpen = () => socket?.readyState === WebSocket.OPEN;

function send(type, group, more) {
  socket.send(JSON.stringify({ type, group, ...more }));
  if (type === "subscribe" && !answerTimer) answerTimer = setTimeout(() => drop(), ANSWER);
}

function address() {
  const named = document.querySelector('meta[name="live-url"]')?.content;
  const url = new URL(named || "/live/", location.href);
  url.protocol = url.protocol.replace(/^http/, "ws");
  if (url.pathname === "/") url.pathname = "/live/";
  url.searchParams.set("lang", (document.documentElement.lang || "fr").slice(0, 2));
  return url;
}

function connect() {
  if (socket || status === "ended" || !listeners.size) return;
  clearTimeout(retryTimer);
  show("connecting");
  try {
    socket = new WebSocket(address());
  } catch {
    return retry();
  }
  const mine = socket;
  mine.onopen = () => {
    show("open");
    for (const group of listeners.keys()) send("subscribe", group);
  };
  mine.onmessage = ({ data }) => mine === socket && hear(JSON.parse(data));
  mine.onclose = ({ code }) => {
    if (mine !== socket) return;
    forget();
    if (code === SESSION_OVER) show("ended");
    else retry();
  };
}

function hear(frame) {
  clearTimeout(answerTimer);
  answerTimer = undefined;
  attempts = 0;
  if (frame.type === "event") {
    tell(frame.group, frame.kind, frame);
    document.dispatchEvent(new CustomEvent("live:event", { detail: frame }));
  } else if (frame.type === "subscribed") {
    subscribed.add(frame.group);
    if (states.has(frame.group)) present(frame.group, states.get(frame.group));
    tell(frame.group, ":subscribed", { seq: frame.seq, changed: frame.changed ?? null });
  } else if (frame.type === "presence") {
    tell(frame.group, ":presence", frame);
  } else if (frame.type === "refused") {
    subscribed.delete(frame.group);
    tell(frame.group, ":refused", { reason: frame.reason });
  } else if (frame.type === "resync") {
    // Our subscriptions are gone. Everyone was told at once: not all at the same moment.
    subscribed.clear();
    const mine = socket;
    setTimeout(() => {
      if (mine === socket) for (const group of listeners.keys()) ask(group);
    }, Math.random() * 2000);
  }
}

function retry() {
  show("waiting");
  const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** attempts++) * (1 + Math.random());
  clearTimeout(retryTimer);
  retryTimer = setTimeout(connect, delay);
}

function forget() {
  clearTimeout(answerTimer);
  answerTimer = undefined;
  subscribed.clear();
  socket = null;
}

function drop() {
  const dead = socket;
  forget();
  dead?.close();
  retry();
}

// After a sleep: asking again tells us the newest sequences, or that nobody answers. Without a socket: over HTTP.
function check() {
  if (status === "ended") return;
  if (isOpen()) {
    for (const group of listeners.keys()) ask(group);
  } else {
    for (const group of listeners.keys()) tell(group, ":doubt", {});
    if (!socket) connect();
  }
}

function show(next) {
  if (next === status) return;
  status = next;
  document.dispatchEvent(new CustomEvent("live:status", { detail: { status } }));
}

document.addEventListener("live:subscribe", ({ detail }) => on(Object.assign(detail, { live }).group, "*", () => {}));
document.addEventListener("visibilitychange", () => {
  if (document.hidden) hiddenAt = Date.now();
  else if (hiddenAt && Date.now() - hiddenAt > SLEEP) check();
  else if (!socket) connect();
});
addEventListener("online", check);
// An open socket keeps a page out of the back-forward cache, and a page that comes out of it has slept.
addEventListener("pagehide", () => {
  const left = socket;
  clearTimeout(retryTimer);
  forget();
  left?.close();
});
addEventListener("pageshow", ({ persisted }) => persisted && check());
// A machine that slept under a visible page tells nobody: the clock jumps.
let tick = Date.now();
setInterval(() => {
  const slept = Date.now() - tick > SLEEP;
  tick = Date.now();
  if (slept && !document.hidden) check();
}, 15_000);
