// What stands in the table of a result: read, sorted, and shown as labels or as IRIs.

const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });

/** Returns columns (name, kind) and rows of cells (raw, text, href); a cell without a value is null. */
export function read(table) {
  const columns = [...table.tHead.rows[0].cells].map((cell) => ({
    name: cell.dataset.name ?? cell.textContent.trim(),
    kind: cell.dataset.kind,
  }));
  const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].map(cellOf));
  return { columns, rows };
}

function cellOf(cell) {
  const { raw, label } = cell.dataset;
  if (raw === undefined) return null;
  const link = cell.querySelector("a");
  return { raw, text: label ?? link?.textContent ?? raw, href: link?.getAttribute("href") ?? null };
}

/** Gives each column a button that sorts by it: up, down, up. */
export function makeSortable(table, title) {
  for (const [index, head] of [...table.tHead.rows[0].cells].entries()) {
    head.dataset.name = head.textContent.trim();
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.title = title;
    button.textContent = head.dataset.name;
    button.addEventListener("click", () => sort(table, index, head));
    head.replaceChildren(button);
  }
}

function sort(table, index, head) {
  const down = head.ariaSort === "ascending";
  for (const other of table.tHead.rows[0].cells) other.ariaSort = null;
  head.ariaSort = down ? "descending" : "ascending";
  const key = keyOf(head.dataset.kind);
  const keyed = [...table.tBodies[0].rows].map((row) => [cellOf(row.cells[index]), row]);
  keyed.sort(([a], [b]) => {
    if (!a || !b) return (a ? 0 : 1) - (b ? 0 : 1); // what has no value comes last, in both directions
    return key(a, b) * (down ? -1 : 1);
  });
  table.tBodies[0].append(...keyed.map(([, row]) => row));
}

function keyOf(kind) {
  if (kind === "number") return (a, b) => Number(a.raw) - Number(b.raw);
  if (kind === "date") return (a, b) => (a.raw < b.raw ? -1 : a.raw > b.raw ? 1 : 0);
  return (a, b) => collator.compare(a.text, b.text);
}

/** Shows the IRIs themselves, or again the labels they have. */
export function showRaw(table, raw) {
  for (const cell of table.tBodies[0].querySelectorAll("td[data-raw]")) {
    const link = cell.querySelector("a");
    if (!link) continue;
    cell.dataset.label ??= link.textContent;
    link.textContent = raw ? cell.dataset.raw : cell.dataset.label;
  }
}
