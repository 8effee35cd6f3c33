// <local-time data-format="datetime|date|time|short|relative" [data-zone]><time datetime="...Z">…</time></local-time>
// Writes a moment in the viewer's zone (that of the account, named on <html>) and language; peerhub/ui/times.py says the same.
const root = document.documentElement;
const lang = root.lang || "fr";
const french = lang.startsWith("fr");
const zone = root.dataset.zone || undefined;
const NBSP = "\u00a0";

const parts = (when, options) =>
  Object.fromEntries(
    new Intl.DateTimeFormat(lang, { timeZone: zone, ...options }).formatToParts(when).map((p) => [p.type, p.value]),
  );
const yearNow = () => parts(new Date(), { year: "numeric" }).year;

function clock(when) {
  const p = parts(when, { hour: "numeric", minute: "2-digit", hourCycle: "h23" });
  const hour = Number(p.hour);
  if (!french) return `${hour}:${p.minute}`;
  return `${hour}${NBSP}h${p.minute === "00" ? "" : NBSP + p.minute}`;
}

function day(when, weekday) {
  const p = parts(when, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const number = french && p.day === "1" ? "1er" : p.day;
  const words = [number, p.month];
  if (p.year !== yearNow()) words.push(p.year);
  const date = words.join(NBSP);
  return weekday ? `${p.weekday} ${date}` : date;
}

const at = french ? "à" : "at";
const whole = (when, weekday) => `${day(when, weekday)} ${at} ${clock(when)}`;

function relative(when, now) {
  const seconds = (when - now) / 1000;
  const words = new Intl.RelativeTimeFormat(lang, { numeric: "auto", style: "long" });
  const size = Math.abs(seconds);
  if (size < 45) return words.format(0, "second");
  if (size < 45 * 60) return words.format(Math.round(seconds / 60), "minute");
  if (size < 20 * 3600) return words.format(Math.round(seconds / 3600), "hour");
  if (size < 7 * 86400) return words.format(Math.round(seconds / 86400), "day");
  return day(when, false);
}

const moving = new Set();

class LocalTime extends HTMLElement {
  connectedCallback() {
    this.time = this.querySelector("time");
    this.when = new Date(this.time?.dateTime ?? "");
    if (Number.isNaN(this.when.valueOf())) return;
    this.write();
    if (this.dataset.format === "relative") moving.add(this);
  }

  disconnectedCallback() {
    moving.delete(this);
  }

  write() {
    const { when } = this;
    let words;
    switch (this.dataset.format) {
      case "relative":
        words = relative(when, Date.now());
        this.time.title = whole(when, true);
        break;
      case "time":
        words = clock(when);
        break;
      case "date":
        words = day(when, true);
        break;
      case "short":
        words = whole(when, false);
        break;
      default:
        words = whole(when, true);
    }
    if ("zone" in this.dataset && root.dataset.zoneLabel) words += ` (${root.dataset.zoneLabel})`;
    if (this.time.textContent !== words) this.time.textContent = words;
  }
}
customElements.define("local-time", LocalTime);

setInterval(() => {
  if (document.visibilityState === "visible") for (const element of moving) element.write();
}, 30_000);
