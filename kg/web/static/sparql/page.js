// The SPARQL page with scripts: queries are run without leaving the page, and can be cancelled; the form that this
// builds upon works without. The editor is made from npm; where it was not built, the textarea stays.
import { copy } from "./copy.js";
import { format } from "./format.js";
import { enhance } from "./result.js";

const form = document.getElementById("ask"), field = form.elements.query, status = document.getElementById("status");
const page = JSON.parse(document.getElementById("page-data").textContent);
const cancel = document.getElementById("cancel"), elapsed = document.getElementById("elapsed");
let editor = null, running = null;

const text = () => editor?.text ?? field.value;

/** Shows a text in the editor. */
function setText(value) {
  field.value = value;
  if (editor) editor.text = value;
}

/** The parameters of the form; the editor keeps the field up to date. */
const parameters = () => new URLSearchParams(new FormData(form));

/** Runs the query; the answer is the part #answer of the very page that the form would lead to. */
async function run({ keep = true } = {}) {
  running?.abort();
  if (!text().trim()) return editor ? editor.focus() : field.focus();
  const mine = (running = new AbortController()), started = performance.now(), asked = parameters();
  const seconds = () => ((performance.now() - started) / 1000).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 });
  const ticking = setInterval(() => (elapsed.textContent = `${seconds()} s`), 100);
  const isLong = text().length > page.long, address = isLong ? "/sparql" : `/sparql?${asked}`;
  cancel.hidden = false;
  status.textContent = page.running;
  editor?.clearFault();
  try {
    const answer = await fetch(address, {
      method: isLong ? "POST" : "GET", body: isLong ? asked : undefined, headers: { Accept: "text/html" }, signal: mine.signal,
    });
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("answer");
    if (!found) throw new Error(answer.statusText);
    if (keep && address !== location.pathname + location.search) history.pushState({ query: text() }, "", address);
    show(found);
    const told = found.querySelector("#result, #problem")?.textContent.trim() ?? "";
    status.textContent = `${told}${told ? " · " : ""}${seconds()} s${isLong ? `. ${page.posted}` : ""}`;
  } catch (error) {
    if (running === mine) status.textContent = error.name === "AbortError" ? `${page.cancelled} · ${seconds()} s` : page.failed;
  } finally {
    clearInterval(ticking);
    if (running === mine) {
      running = null;
      cancel.hidden = true;
      elapsed.textContent = "";
    }
  }
}

/** Puts an answer into the page. */
function show(found) {
  document.getElementById("answer").replaceWith(found);
  marked(found);
  enhance(found, page);
}

/** Marks in the editor the place that a problem names. */
function marked(found) {
  const { line, column } = found.querySelector(".problem")?.dataset ?? {};
  if (line) editor?.showFault(Number(line), Number(column));
}

async function share() {
  if (text().length > page.long) return void (status.textContent = page.posted);
  await copy(`${location.origin}/sparql?${parameters()}${location.hash}`);
  status.textContent = page.copied;
}

function layOut() {
  setText(format(text()));
  editor?.focus();
}

/** Things whose labels begin with a text, found by the server's search. */
async function things(typed, signal) {
  const answer = await fetch(`/search/suggest?${new URLSearchParams({ q: typed })}`, { headers: { Accept: "application/json" }, signal });
  return answer.ok ? await answer.json() : [];
}

async function mount() {
  if (!page.editor) return;
  const { edit } = await import(page.editor);
  const schema = fetch(page.schema).then((answer) => (answer.ok ? answer.json() : Promise.reject()))
    .catch(() => ({ classes: [], properties: [] }));
  const help = document.getElementById("editor-help");
  editor = edit(field, { label: "query-label", help: help.id, run, format: layOut, prefixes: page.prefixes, schema, things });
  help.hidden = false;
  // a label leads to its field, and this field is no form's
  document.getElementById("query-label").addEventListener("click", () => editor.focus());
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
});
cancel.addEventListener("click", () => running?.abort());
document.getElementById("format").addEventListener("click", layOut);
document.getElementById("share").addEventListener("click", share);
for (const id of ["format", "share"]) document.getElementById(id).hidden = false;
window.addEventListener("popstate", () => {
  const query = new URLSearchParams(location.search).get("query");
  if (query === null || query === text()) return;
  setText(query);
  run({ keep: false });
});
document.addEventListener("click", (event) => {
  // an example is asked without leaving the page
  const link = event.target.closest?.("a[data-query]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  setText(new URL(link.href).searchParams.get("query"));
  run();
  form.scrollIntoView();
});

await mount().catch((error) => console.warn("the editor cannot be shown:", error));
marked(document.getElementById("answer"));
enhance(document.getElementById("answer"), page);
