// Rows that name countries, on a map of the world; beside it the same as a table. Shapes: world-atlas, made by the build.
import { element, number, picture } from "./svg.js";

const LEVELS = 5;
let world = null;

/** Fetches the shapes, once. */
export async function load(address) {
  world ??= fetch(address).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.statusText))));
  return world;
}

/** Returns which columns name countries: by our IRI of one, or by ISO 3166 code or English name. */
export function choices({ columns, rows }, { countries }) {
  const known = index(countries);
  return columns
    .map((column, position) => ({ ...column, index: position }))
    .filter(({ index: i }) => {
      const values = rows.map((row) => row[i]).filter(Boolean);
      return values.length > 0 && values.filter((cell) => find(known, cell)).length >= values.length * 0.6;
    });
}

/** Draws a map and the table beside it; ``y`` null counts the rows. */
export function draw(container, data, { countries, width, height }, { x, y, texts }) {
  const known = index(countries), found = new Map();
  for (const row of data.rows) {
    const country = row[x] && find(known, row[x]);
    if (!country) continue;
    const entry = found.get(country) ?? { name: row[x].href ? row[x].text : country.name, href: row[x].href, value: 0 };
    entry.value += y === null ? 1 : Number(row[y]?.raw ?? 0);
    found.set(country, entry);
  }
  const values = [...found.values()].map((entry) => entry.value).sort((a, b) => a - b);
  const level = (value) => Math.min(LEVELS, 1 + Math.floor(LEVELS * Math.sqrt(Math.max(0, value) / (values.at(-1) || 1))));
  const shapes = countries.map((country) => {
    const entry = found.get(country);
    const title = element("title", {}, entry ? `${entry.name}: ${number.format(entry.value)}` : country.name);
    const style = entry ? `country level-${level(entry.value)}` : "country";
    // what is too small to be seen gets a dot
    return country.small && entry
      ? element("circle", { class: style, cx: country.x, cy: country.y, r: 5 }, title)
      : element("path", { class: style, d: country.d }, title);
  });
  const head = y === null ? texts.count : data.columns[y].name;
  const map = picture(width, height, `${texts.map}: ${head}`, ...shapes);
  map.removeAttribute("width");
  map.removeAttribute("height");
  container.replaceChildren(map, table(found, texts.country, head));
  return found.size;
}

function table(found, country, head) {
  const made = document.createElement("table"), sorted = [...found.values()].sort((a, b) => b.value - a.value);
  const heads = made.createTHead().insertRow();
  for (const [text, kind] of [[country, "text"], [head, "figure"]]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.className = kind;
    cell.textContent = text;
    heads.append(cell);
  }
  const body = made.createTBody();
  for (const entry of sorted) {
    const row = body.insertRow(), name = row.insertCell(), value = row.insertCell();
    if (entry.href) {
      const link = document.createElement("a");
      link.href = entry.href;
      link.textContent = entry.name;
      name.append(link);
    } else name.textContent = entry.name;
    value.className = "figure";
    value.textContent = number.format(entry.value);
  }
  const frame = document.createElement("div");
  frame.className = "scroll";
  frame.tabIndex = 0;
  frame.role = "region";
  frame.ariaLabel = head;
  frame.append(made);
  return frame;
}

function index(countries) {
  const known = new Map();
  for (const country of countries) {
    for (const key of [country.a2, country.a3, country.name.toUpperCase()]) if (key) known.set(key, country);
  }
  return known;
}

function find(known, cell) {
  const code = cell.raw.match(/\/country\/([A-Z]{2})$/)?.[1];
  return known.get(code ?? cell.raw.trim().toUpperCase()) ?? known.get(cell.text.trim().toUpperCase());
}
