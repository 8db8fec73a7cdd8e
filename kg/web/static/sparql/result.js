// What scripts add to an answer: sorting, other views of the table, raw values, and buttons that copy.
import * as charts from "./chart.js";
import { copy } from "./copy.js";
import * as maps from "./map.js";
import { makeSortable, read, showRaw } from "./table.js";

const RAW = 300_000; // characters of a raw answer that are shown

/** Adds it to the part #answer of the page; which view is open stands in the fragment of the address. */
export function enhance(answer, page) {
  for (const code of answer.querySelectorAll("[data-copy]")) addCopyButton(code, page);
  const table = answer.querySelector("table.solutions");
  if (!table) return;
  makeSortable(table, page.sort);
  const names = answer.querySelector(".names"), box = names.querySelector("input");
  names.hidden = !table.querySelector("td[data-raw] a");
  box.addEventListener("change", () => showRaw(table, box.checked));
  const open = {
    table: () => {},
    chart: () => openChart(answer.querySelector("#view-chart"), read(table), page),
    map: () => openMap(answer.querySelector("#view-map"), read(table), page),
    raw: () => openRaw(answer.querySelector("#view-raw pre"), answer.querySelector("form.downloads")),
  };
  const buttons = [...answer.querySelectorAll(".views button")];
  const choose = async (view) => {
    for (const button of buttons) button.ariaPressed = String(button.dataset.view === view);
    for (const name of Object.keys(open)) answer.querySelector(`#view-${name}`).hidden = name !== view;
    await open[view]();
  };
  for (const button of buttons) {
    const { view } = button.dataset;
    if (view === "map" && !page.world) button.remove();
    button.addEventListener("click", () => {
      history.replaceState(history.state, "", view === "table" ? location.pathname + location.search : `#${view}`);
      choose(view);
    });
  }
  answer.querySelector(".views").hidden = false;
  const asked = location.hash.slice(1);
  if (buttons.some((button) => button.isConnected && button.dataset.view === asked)) choose(asked);
}

function addCopyButton(code, { copy: title, copied }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain copy";
  button.textContent = title;
  button.addEventListener("click", async () => {
    await copy(code.textContent);
    button.textContent = copied;
    setTimeout(() => (button.textContent = title), 2000);
  });
  code.before(button);
}

function openChart(view, data, page) {
  const drawing = view.querySelector(".drawing"), [kind, x, y] = view.querySelectorAll("select");
  const { labels, numbers } = charts.choices(data);
  if (!numbers.length) return say(view, page.nothing_to_draw);
  if (!x.options.length) {
    fill(x, labels);
    fill(y, numbers);
    kind.value = ["date", "number"].includes(labels[0].kind) ? "line" : "bar";
    const width = new ResizeObserver(() => drawing.dataset.width !== String(drawing.clientWidth) && !view.hidden && paint());
    width.observe(drawing);
    for (const select of [kind, x, y]) select.addEventListener("change", paint);
  }
  function paint() {
    drawing.dataset.width = drawing.clientWidth;
    const { drawn, all } = charts.draw(drawing, read(view.closest("section").querySelector("table.solutions")),
      { kind: kind.value, x: Number(x.value), y: Number(y.value), colours: page.colours });
    const note = document.createElement("p");
    note.className = "quiet";
    note.textContent = drawn < all ? page.first_drawn.replace("{n}", drawn) : page.same_numbers;
    drawing.append(note);
  }
  paint();
}

async function openMap(view, data, page) {
  let world;
  try {
    world = await maps.load(page.world);
  } catch {
    return say(view, page.failed);
  }
  const drawing = view.querySelector(".drawing"), [x, y] = view.querySelectorAll("select");
  const countries = maps.choices(data, world), numbers = charts.choices(data).numbers;
  if (!countries.length) return say(view, page.no_countries);
  if (!x.options.length) {
    fill(x, countries);
    fill(y, [...numbers, { name: page.count, index: "" }]);
    for (const select of [x, y]) select.addEventListener("change", paint);
  }
  function paint() {
    maps.draw(drawing, data, world, { x: Number(x.value), y: y.value === "" ? null : Number(y.value), texts: page });
  }
  paint();
}

/** Shows what the endpoint sends for the query, as JSON. */
async function openRaw(pre, form) {
  if (pre.textContent) return;
  const answer = await fetch("/sparql.json", { method: "POST", body: new URLSearchParams(new FormData(form)) });
  const text = await answer.text();
  pre.textContent = text.length > RAW ? `${text.slice(0, RAW)}\n…` : text;
}

function fill(select, columns) {
  select.replaceChildren(...columns.map(({ name, index }) => new Option(name, index)));
}

function say(view, text) {
  view.querySelector(".choices").hidden = true;
  view.querySelector(".drawing").textContent = text;
}
