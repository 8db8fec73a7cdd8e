// The search field of the header as a combobox: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ (list, manual
// selection). Without this script it is a form like any other.

const form = document.querySelector("form.search");
const field = form?.querySelector("input[name=q]");
const WAIT = 80; // milliseconds without a key before the server is asked

if (field) {
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "suggestions";
  list.role = "listbox";
  list.hidden = true;
  list.setAttribute("aria-label", field.placeholder);
  const status = document.createElement("p");
  status.className = "hidden";
  status.role = "status";
  form.append(list, status);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false",
    "aria-keyshortcuts": "/",
  })) field.setAttribute(name, value);

  let options = [];
  let at = -1;
  let timer;
  let asking;

  const choose = (index) => {
    options[at]?.setAttribute("aria-selected", "false");
    at = index;
    const option = options[at];
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      field.setAttribute("aria-activedescendant", option.id);
    } else field.removeAttribute("aria-activedescendant");
  };

  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    choose(-1);
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
  };

  const part = (name, text, lang) => {
    const span = document.createElement("span");
    span.className = name;
    span.textContent = text;
    span.dir = "auto";
    if (lang) span.lang = lang;
    return span;
  };

  const show = (found) => {
    choose(-1);
    options = found.map((hit, index) => {
      const option = document.createElement("li");
      option.id = `suggestion-${index}`;
      option.role = "option";
      option.setAttribute("aria-selected", "false");
      option.dataset.href = hit.href;
      option.append(part("label", hit.label, hit.lang), part("kind", hit.kind));
      if (hit.matched) option.append(part("matched", hit.matched, hit.matched_lang));
      return option;
    });
    list.replaceChildren(...options);
    list.hidden = options.length === 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = options.length ? form.dataset.found.replace("#", options.length) : form.dataset.none;
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const text = field.value;
    if (!text.trim()) return close();
    try {
      const answer = await fetch(`/search/suggest?q=${encodeURIComponent(text)}`, { signal: asking.signal });
      if (answer.ok && field.value === text && document.activeElement === field) show(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") close(); // the form goes on working
    }
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  field.addEventListener("keydown", (event) => {
    const last = options.length - 1;
    if (event.key === "Escape") {
      if (!list.hidden) event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask();
      else if (event.key === "ArrowDown") choose(at === last ? -1 : at + 1);
      else choose(at === -1 ? last : at - 1);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      location.assign(options[at].dataset.href);
    }
  });
  field.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("li");
    if (option) location.assign(option.dataset.href);
  });
  form.addEventListener("submit", close);

  document.addEventListener("keydown", (event) => {
    const there = event.target;
    const writes = there.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(there.tagName);
    if (event.key === "/" && !writes && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      field.focus();
      field.select();
    }
  });
}
