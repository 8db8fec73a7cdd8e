// A column of numbers as bars or as a line.
import { element, linked, number, picture } from "./svg.js";

const ROW = 28, MOST_BARS = 60, HEIGHT = 320;
const GOAL = /^http:\/\/metadata\.un\.org\/sdg\/(\d{1,2})(?:$|\.)/;

/** Returns which columns can be drawn: what can stand along the axis, and what is a number. */
export function choices({ columns, rows }) {
  const at = (test) => columns.map((column, index) => ({ ...column, index })).filter(test);
  const numbers = at((column) => column.kind === "number");
  const labels = at((column) => column.kind !== "number");
  // a label that tells the rows apart is the better one to begin with
  const different = ({ index }) => new Set(rows.map((row) => row[index]?.raw)).size;
  labels.sort((a, b) => different(b) - different(a) || b.index - a.index);
  return { labels: labels.length ? labels : numbers, numbers };
}

/** Draws into a container, and again when its width changes. Returns how many rows were drawn. */
export function draw(container, data, { kind, x, y, colours }) {
  const rows = data.rows.filter((row) => row[x] && row[y] && Number.isFinite(Number(row[y].raw)));
  const points = rows.map((row) => ({
    label: row[x].text, raw: row[x].raw, href: row[x].href, value: Number(row[y].raw), text: row[y].text,
    colour: colours[Number(row[x].raw.match(GOAL)?.[1]) - 1] ?? null,
  }));
  const shown = kind === "bar" ? points.slice(0, MOST_BARS) : points;
  const title = `${data.columns[y].name} / ${data.columns[x].name}`;
  const paint = () => {
    const width = Math.max(300, container.clientWidth);
    const made = kind === "bar" ? bars(shown, width, title) : line(shown, data.columns[x].kind, width, title);
    container.replaceChildren(made);
  };
  paint();
  return { drawn: shown.length, all: points.length, paint };
}

function bars(points, width, title) {
  const low = Math.min(0, ...points.map((p) => p.value)), high = Math.max(0, ...points.map((p) => p.value));
  const left = Math.min(width * 0.42, 40 + 7 * Math.max(...points.map((p) => p.label.length)));
  const right = 16 + 8 * Math.max(...points.map((p) => number.format(p.value).length));
  const scale = (value) => left + ((value - low) / (high - low || 1)) * (width - left - right);
  const letters = Math.floor((left - 14) / 7);
  const drawn = points.map((point, i) => {
    const from = scale(Math.min(0, point.value)), to = scale(Math.max(0, point.value)), y = i * ROW;
    const label = point.label.length > letters ? `${point.label.slice(0, letters - 1).trimEnd()}…` : point.label;
    return linked(point.href, `${point.label}: ${number.format(point.value)}`,
      element("rect", { class: "ground", x: 0, y, width, height: ROW }),
      element("text", { class: "name", x: left - 10, y: y + 18, "aria-hidden": "true" }, label),
      element("rect", { class: "mark", x: from, y: y + 4, width: Math.max(1, to - from), height: ROW - 8, rx: 2, fill: point.colour }),
      element("text", { class: "value", x: to + 6, y: y + 18, "aria-hidden": "true" }, number.format(point.value)));
  });
  return picture(width, points.length * ROW, title, ...drawn);
}

function line(points, kind, width, title) {
  const along = positions(points, kind);
  const ordered = points.map((point, i) => ({ ...point, at: along[i] })).sort((a, b) => a.at - b.at);
  const ticks = nice(Math.min(0, ...points.map((p) => p.value)), Math.max(0, ...points.map((p) => p.value)));
  const left = 18 + 8 * Math.max(...ticks.map((t) => number.format(t).length)), bottom = HEIGHT - 34, right = width - 30;
  const first = ordered[0]?.at ?? 0, span = (ordered.at(-1)?.at ?? 1) - first || 1;
  const x = (at) => left + ((at - first) / span) * (right - left);
  const y = (value) => bottom - ((value - ticks[0]) / (ticks.at(-1) - ticks[0] || 1)) * (bottom - 14);
  const grid = ticks.map((tick) => element("g", { class: "grid" },
    element("line", { x1: left, x2: right, y1: y(tick), y2: y(tick) }),
    element("text", { class: "name", x: left - 8, y: y(tick) + 4 }, number.format(tick))));
  const every = Math.max(1, Math.ceil(ordered.length / Math.max(1, Math.floor((right - left) / 90))));
  const labels = ordered.filter((_, i) => i % every === 0).map((point) =>
    element("text", { class: "below", x: x(point.at), y: HEIGHT - 10 }, point.label.slice(0, 12)));
  const path = ordered.map((point, i) => `${i ? "L" : "M"}${x(point.at).toFixed(1)} ${y(point.value).toFixed(1)}`).join("");
  const dots = ordered.map((point) => linked(point.href, `${point.label}: ${number.format(point.value)}`,
    element("circle", { class: "dot", cx: x(point.at), cy: y(point.value), r: 4, fill: point.colour })));
  return picture(width, HEIGHT, title, ...grid, ...labels, element("path", { class: "line", d: path }), ...dots);
}

/** Where the points stand along the axis: dates by time, numbers by value, all else one after the other. */
function positions(points, kind) {
  if (kind === "date") {
    const times = points.map((point) => Date.parse(point.raw.length === 4 ? `${point.raw}-01-01` : point.raw));
    if (times.every(Number.isFinite)) return times;
  }
  return kind === "number" ? points.map((point) => Number(point.raw)) : points.map((_, i) => i);
}

/** Round numbers that enclose a range, some five of them. */
function nice(low, high) {
  const rough = (high - low || 1) / 4, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough);
  const ticks = [];
  for (let tick = Math.floor(low / step) * step; ticks.length < 12; tick += step) {
    ticks.push(Number(tick.toPrecision(12)));
    if (tick >= high) break;
  }
  return ticks;
}
