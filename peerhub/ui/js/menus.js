// A menu (<details data-menu>) closes on Escape, on a click elsewhere and when the focus leaves it; arrows walk it.
// With data-lazy="/address/" its panel is fetched when it opens; until then, and without a network, it holds a link there.
import htmx from "htmx.org/dist/htmx.esm.js";

const open = () => document.querySelectorAll("details[data-menu][open]");

const stopsOf = (menu) => [
  ...menu.querySelectorAll(".menu__panel :is(a[href], button, input):not([disabled], [type=hidden])"),
];

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("focusin", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details[data-menu]");
  if (!menu) return;
  if (event.key === "Escape" && menu.open) {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  menu.open = true;
  const stops = stopsOf(menu);
  const at = stops.indexOf(document.activeElement);
  const next = event.key === "ArrowDown" ? at + 1 : at < 0 ? stops.length - 1 : at - 1;
  stops[(next + stops.length) % stops.length]?.focus();
});

document.addEventListener("toggle", ({ target: menu }) => menu.open && menu.dataset?.lazy && fill(menu), true);

// Whoever walked in by the arrows meanwhile stays on the line of the same place.
async function fill(menu) {
  const response = await fetch(menu.dataset.lazy, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!response?.ok || response.redirected) return;
  const html = await response.text();
  const at = stopsOf(menu).indexOf(document.activeElement);
  const panel = menu.querySelector(".menu__panel");
  panel.innerHTML = html;
  htmx.process(panel);
  if (at >= 0) stopsOf(menu).at(at)?.focus();
}
