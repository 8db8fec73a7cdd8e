// What completion offers: classes and properties of the data with labels and counts, those first that fit the subject;
// prefixes, variables and words; and things by their labels, which the server finds.
import { CLAUSES, FUNCTIONS, tokens } from "../../kg/web/static/sparql/tokens.js";
import { classesOf, key, walk } from "./context.js";
import { declaration, declared, isQuoted } from "./prefixes.js";

const WORD = /(?:[?$][\p{L}\p{N}_]*|(?:[\p{L}_][\p{L}\p{N}_.-]*)?:?[\p{L}\p{N}_-]*)$/u;
const MOST = 14; // that many are seen without scrolling, and more typing leaves fewer
const number = new Intl.NumberFormat(document.documentElement.lang);

/** Returns a source of completions. ``schema``: a promise of the server's; ``things``: text -> promise of {iri, label}. */
export function completions({ prefixes, schema, things }) {
  return async (context) => {
    const text = context.state.doc.toString(), before = text.slice(0, context.pos);
    const typed = WORD.exec(before)?.[0] ?? "", from = context.pos - typed.length;
    if (isQuoted(before.slice(0, from)) || (!typed && !context.explicit)) return null;
    if (/\bprefix\s+[\w.-]*$/i.test(before)) return { from, options: prefixLines(text, typed, prefixes), filter: false };
    const found = await schema;
    const known = new Map([...Object.entries(prefixes), ...declared(text)]);
    const at = walk(tokens(before.slice(0, from)));
    const names = { known, prefixes, typed };
    let options = [];
    if (/^[?$]/.test(typed)) options = variables(text, context.pos, typed);
    else if (at.parens > 0 || at.place === "outside" || at.place === "after") {
      options = [...words(typed, [...CLAUSES, ...FUNCTIONS]), ...(at.parens > 0 ? variables(text, context.pos, typed) : [])];
    } else if (at.place === "predicate") options = properties(found, names, classesOf(text, known, found).get(key(at.subject)));
    else if (at.place === "object" && isType(at.predicate)) options = classes(found, names);
    else {
      options = variables(text, context.pos, typed);
      if (at.place === "subject") options.push(...words(typed, CLAUSES));
      if (typed.length > 1 && !typed.includes(":")) options.push(...(await offered(things, typed, names, context)));
      if (at.place === "object" && typed) options.push(...classes(found, names));
    }
    return options.length ? { from, options: options.slice(0, MOST), filter: false } : null;
  };
}

const isType = (predicate) => predicate?.text === "a" || predicate?.text === "rdf:type";

function prefixLines(text, typed, prefixes) {
  const has = declared(text);
  return Object.entries(prefixes)
    .filter(([prefix]) => prefix.startsWith(typed.replace(/:$/, "")) && !has.has(prefix))
    .map(([prefix, iri]) => ({ label: `${prefix}: <${iri}>`, type: "namespace" }));
}

function variables(text, position, typed) {
  const found = tokens(text).filter(({ kind, to }) => kind === "variable" && to !== position).map((token) => token.text);
  const different = [...new Set(found)].map((variable) => typed.startsWith("$") ? variable : variable.replace(/^\$/, "?"));
  return different.filter((variable) => variable.startsWith(typed) || variable.slice(1).startsWith(typed)).map((label) => ({ label, type: "variable" }));
}

function words(typed, all) {
  if (!typed) return [];
  const fitting = [...new Set(all)].filter((word) => word.startsWith(typed.toUpperCase()));
  return fitting.map((label) => ({ label, type: "keyword", apply: FUNCTIONS.includes(label) ? `${label}(` : `${label} ` }));
}

/** Properties, those first that things of the subject's classes have, with how often they have them. */
function properties(schema, names, subject) {
  const own = new Map();
  for (const of of schema.classes) {
    if (subject?.has(of.iri)) for (const [position, count] of of.properties) own.set(position, Math.max(own.get(position) ?? 0, count));
  }
  const first = { name: [...(subject ?? [])].map((iri) => label(schema, iri)).join(", "), rank: 0 };
  const others = own.size ? { name: "…", rank: 1 } : undefined;
  return ranked(schema.properties.map((property, position) => {
    const count = own.get(position);
    return { ...property, count: count ?? property.count, boost: count ? 1e6 : 0, section: count ? first : others, type: "property" };
  }), names);
}

const classes = (schema, names) => ranked(schema.classes.map((of) => ({ ...of, boost: 0, type: "class" })), names);

const label = (schema, iri) => schema.classes.find((of) => of.iri === iri)?.label ?? iri;

/** Those whose name or label goes with what is typed, the best first; each as a prefixed name. */
function ranked(terms, names) {
  return terms
    .map((term) => ({ ...term, name: shortened(term.iri, names.known) }))
    .map((term) => ({ ...term, fit: fit(term, names.typed.toLowerCase()) }))
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.boost + b.fit - (a.boost + a.fit) || b.count - a.count)
    .slice(0, MOST)
    .map(({ name, label: detail, count, type, section }) => ({
      label: name.text, detail: `${detail} · ${number.format(count)}`, type, section, apply: inserting(name, names),
    }));
}

/** How well a term goes with what is typed: its name, its local name, its label or words of it begin so, or hold it. */
function fit({ name, label: said }, typed) {
  if (!typed) return 1;
  const full = name.text.toLowerCase(), local = full.slice(full.indexOf(":") + 1), words = said.toLowerCase();
  if (full.startsWith(typed) || local.startsWith(typed)) return 100;
  if (words.startsWith(typed)) return 80;
  if (words.split(/\s+/).some((word) => word.startsWith(typed))) return 60;
  return typed.length > 2 && (local.includes(typed) || words.includes(typed)) ? 20 : 0;
}

/** Returns the prefixed name of an IRI, and its prefix; the IRI in brackets where no prefix is for it. */
function shortened(iri, known) {
  let best = null;
  for (const [prefix, space] of known) if (iri.startsWith(space) && space.length > (best?.space.length ?? 0)) best = { prefix, space };
  const local = best && iri.slice(best.space.length);
  return best && /^[\p{L}\p{N}_][\p{L}\p{N}_-]*$/u.test(local) ? { prefix: best.prefix, text: `${best.prefix}:${local}` } : { prefix: null, text: `<${iri}>` };
}

/** Returns what inserts a name, and the line that declares its prefix where that is missing. */
function inserting(name, { prefixes }) {
  return (view, _, from, to) => {
    const change = name.prefix && declaration(view.state.doc.toString(), name.prefix, prefixes);
    const before = change && change.from <= from ? change : null;
    view.dispatch({
      changes: [...(before ? [before] : []), { from, to, insert: name.text }],
      selection: { anchor: from + name.text.length + (before?.insert.length ?? 0) },
      userEvent: "input.complete",
      scrollIntoView: true,
    });
  };
}

/** Things whose labels begin with what is typed; none where the server cannot find any, or the typing goes on. */
async function offered(things, typed, names, context) {
  const asking = new AbortController();
  context.addEventListener("abort", () => asking.abort());
  try {
    const found = await things(typed, asking.signal);
    return found.map(({ iri, label: said, kind }) => {
      const name = shortened(iri, names.known);
      return { label: said, detail: `${kind ? `${kind} · ` : ""}${name.text}`, type: "constant", apply: inserting(name, names) };
    });
  } catch {
    return [];
  }
}
