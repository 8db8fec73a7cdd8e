// What can stand where somebody types: found from the tokens before the place, as no unfinished query has a tree.
import { tokens } from "../../kg/web/static/sparql/tokens.js";

const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const PATTERN_WORDS = /^(optional|graph|union|filter|bind|minus|service|silent|values|where|exists|not|construct|ask)$/i;

/** Returns the IRI that a token names, or null. */
export function iriOf(token, prefixes) {
  if (!token) return null;
  if (token.kind === "iri") return token.text.slice(1, -1);
  if (token.kind === "word" && token.text === "a") return TYPE;
  if (token.kind !== "name") return null;
  const colon = token.text.indexOf(":"), space = prefixes.get(token.text.slice(0, colon));
  return space === undefined ? null : space + token.text.slice(colon + 1).replace(/\\/g, "");
}

/**
 * Walks over triple patterns and returns where their end is: ``place`` (subject, predicate, object, or outside of all),
 * the tokens of ``subject`` and ``predicate``; ``each`` is called with every pattern that is whole.
 */
export function walk(found, each = () => {}) {
  const outer = [];
  let at = { place: "outside", subject: null, predicate: null }, parens = 0;
  for (const token of found) {
    const { kind, text } = token;
    if (kind === "space" || kind === "comment") continue;
    if (text === "(" || text === ")") {
      parens = Math.max(0, parens + (text === "(" ? 1 : -1));
      continue;
    }
    if (parens > 0) continue;
    if (text === "{") {
      outer.push(at);
      at = { place: "subject", subject: null, predicate: null };
    } else if (text === "}") {
      outer.pop();
      at = { place: outer.length ? "subject" : "outside", subject: null, predicate: null };
    } else if (text === "[" && at.place !== "outside") {
      outer.push({ ...at, place: at.place === "subject" ? "predicate" : "after" });
      at = { place: "predicate", subject: token, predicate: null };
    } else if (text === "]") at = outer.pop() ?? at;
    else if (at.place === "outside") continue;
    else if (text === ".") at = { place: "subject", subject: null, predicate: null };
    else if (text === ";") at = { ...at, place: "predicate", predicate: null };
    else if (text === ",") at = { ...at, place: "object" };
    else if (kind === "word" && PATTERN_WORDS.test(text)) at = { place: "subject", subject: null, predicate: null };
    else if (kind === "sign" && at.place === "object" && /[/|^*+?!]/.test(text)) at = { ...at, place: /[/|^!]/.test(text) ? "predicate" : "object", predicate: null };
    else if (kind === "sign" || kind === "tag") continue;
    else if (at.place === "subject") at = { place: "predicate", subject: token, predicate: null };
    else if (at.place === "predicate") at = { ...at, place: "object", predicate: token };
    else if (at.place === "object") {
      each(at.subject, at.predicate, token);
      at = { ...at, place: "after" };
    }
  }
  return { ...at, parens };
}

/** Returns subject (its text) -> IRIs of the classes it has, and those that the schema tells of what is pointed at. */
export function classesOf(text, prefixes, schema) {
  const found = new Map(), links = [];
  walk(tokens(text), (subject, predicate, object) => {
    const property = iriOf(predicate, prefixes);
    if (!subject || !property) return;
    if (property === TYPE) {
      const of = iriOf(object, prefixes);
      if (of) (found.get(key(subject)) ?? found.set(key(subject), new Set()).get(key(subject))).add(of);
    } else if (object.kind === "variable") links.push([object.text, property]);
  });
  for (const [variable, property] of links) {
    if (found.has(variable)) continue;
    const use = schema.properties.find(({ iri }) => iri === property);
    if (use?.objects.length) found.set(variable, new Set(use.objects.map((position) => schema.classes[position].iri)));
  }
  return found;
}

/** The same blank node is another wherever it is written. */
export const key = (token) => (token.text === "[" ? `[${token.from}` : token.text);
