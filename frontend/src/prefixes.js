// PREFIX lines: which a query has, and those that are added when a known prefix is used without one.
import { EditorView } from "@codemirror/view";
import { tokens } from "../../kg/web/static/sparql/tokens.js";

/** Returns prefix -> IRI of the lines that a query has. */
export function declared(text) {
  const found = new Map(), all = tokens(text).filter(({ kind }) => kind !== "space" && kind !== "comment");
  all.forEach(({ kind, text: word }, i) => {
    if (kind === "word" && /^prefix$/i.test(word) && all[i + 2]?.kind === "iri") {
      found.set(all[i + 1].text.slice(0, -1), all[i + 2].text.slice(1, -1));
    }
  });
  return found;
}

/** Returns the change that declares a prefix after those that are declared; null where there is nothing to do. */
export function declaration(text, prefix, prefixes) {
  if (!(prefix in prefixes) || declared(text).has(prefix)) return null;
  const all = tokens(text);
  let at = 0;
  all.forEach(({ kind, text: word }, i) => {
    if (kind === "word" && /^(prefix|base)$/i.test(word)) {
      const end = all.slice(i).find((token) => token.kind === "iri")?.to;
      const line = text.indexOf("\n", end);
      if (end) at = line < 0 ? text.length : line + 1;
    }
  });
  if (at === 0) {
    // after the comment that a query begins with
    const first = all.find(({ kind }) => kind !== "space" && kind !== "comment");
    if (first && text.slice(0, first.from).includes("#")) at = first.from;
  }
  const isFirst = declared(text).size === 0 && at === 0;
  const glue = at > 0 && text[at - 1] !== "\n" ? "\n" : "";
  return { from: at, insert: `${glue}PREFIX ${prefix}: <${prefixes[prefix]}>\n${isFirst && text.trim() ? "\n" : ""}` };
}

/** Adds the line when a colon is typed after a prefix that is known. */
export function declaring(prefixes) {
  return EditorView.inputHandler.of((view, from, to, typed) => {
    if (typed !== ":") return false;
    const text = view.state.doc.toString(), before = text.slice(0, from);
    const prefix = /(?:^|[\s({[/|^!,;.])([A-Za-z][\w.-]*)$/.exec(before)?.[1];
    if (!prefix || isQuoted(before) || /\bprefix\s+[\w.-]*$/i.test(before)) return false;
    const change = declaration(text, prefix, prefixes);
    if (!change || change.from > from) return false;
    view.dispatch({
      changes: [change, { from, to, insert: ":" }],
      selection: { anchor: from + 1 + change.insert.length },
      userEvent: "input.type",
      scrollIntoView: true,
    });
    return true;
  });
}

/** Whether what comes after a text stands in a comment, a string or an IRI. */
export function isQuoted(before) {
  const last = tokens(before).at(-1);
  if (last?.kind === "comment") return true;
  const line = before.slice(before.lastIndexOf("\n") + 1);
  return tokens(line).some(({ kind, text }) => kind === "sign" && (text === '"' || text === "'")) || /<[^<>\s]*$/.test(line.replace(/[<>]=/g, ""));
}
