// Lays a query out: a clause, pattern or statement a line, indented by braces. No token is lost, added or reordered.
import { CLAUSES, FUNCTIONS, tokens } from "./tokens.js";

const WORDS = new Set([...CLAUSES, ...FUNCTIONS]);
const NEW_LINE = new Set(["PREFIX", "BASE", "SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "FROM", "WHERE", "GROUP",
  "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES", "OPTIONAL", "GRAPH", "UNION", "FILTER", "BIND", "MINUS", "SERVICE"]);
const PROLOGUE = new Set(["PREFIX", "BASE"]);
const TIGHT = new Set(["FILTER", "BIND", "ASC", "DESC", ...FUNCTIONS]); // no space before their brackets
const SHORT = 90; // characters of a group that may stay on its line

/** Returns the query, laid out. */
export function format(query) {
  const found = withGaps(query);
  const lines = [];
  let line = "", depth = 0, parens = 0, flat = 0, column = null, previous = null, prologue = false;

  const indent = () => "  ".repeat(depth);
  const end = () => {
    if (line.trim()) lines.push(line.trimEnd());
    line = "";
  };
  const write = (text, gap) => {
    line = line ? line + (gap ? " " : "") + text : indent() + text;
  };

  for (const [i, token] of found.entries()) {
    const word = token.kind === "word" ? token.text.toUpperCase() : null;
    const text = WORDS.has(word) ? word : token.text;
    const spaced = token.gap > 0 || token.lines > 0 || (flat > 0 && previous?.text === "{");
    const gap = text === "(" && previous?.kind === "word" ? !TIGHT.has(previous.text.toUpperCase()) : spaced;
    const calm = parens === 0 && flat === 0;
    if (token.lines > 1 && calm && text !== "}" && previous?.text !== "{") {
      end();
      if (lines.length && lines.at(-1)) lines.push("");
    }
    if (token.kind === "comment") {
      if (token.lines || !previous) end();
      if (!line && !token.lines && lines.at(-1)) lines.push(`${lines.pop()} ${text}`);
      else write(text, true);
      end();
    } else if (text === "{") {
      const closing = token.closing;
      const stays = flat > 0 || (depth > 0 && closing && fits(found, i, closing, query));
      write(text, true);
      if (stays) flat += 1;
      else {
        end();
        depth += 1;
        column = null;
      }
    } else if (text === "}") {
      if (flat > 0) {
        write(text, true);
        flat -= 1;
        if (flat === 0 && !endsStatement(found[i + 1])) end();
      } else {
        end();
        depth = Math.max(0, depth - 1);
        write(text, false);
        if (!endsStatement(found[i + 1])) end();
      }
      column = null;
    } else if (text === "." && calm) {
      write(text, true);
      if (!trails(found[i + 1])) end();
      column = null;
    } else if (text === ";" && calm && depth > 0) {
      write(text, true);
      if (!trails(found[i + 1])) end();
      if (column !== null && found[i + 1]?.text !== "}" && !trails(found[i + 1])) line = " ".repeat(column);
    } else {
      const starts = NEW_LINE.has(word) && calm && !follows(previous, word);
      if (starts) {
        end();
        column = null;
        if (prologue && !PROLOGUE.has(word) && lines.at(-1)) lines.push("");
        prologue = PROLOGUE.has(word);
      } else if (!prologue && calm && token.lines && depth > 0 && column === null) end();
      if (line.trim() === "" && line) line += text;
      else {
        const second = calm && text !== "(" && depth > 0 && column === null && line.trim() && !starts && /^\s*\S+$/.test(line);
        if (second && !NEW_LINE.has(line.trim().toUpperCase())) column = line.length + 1;
        write(text, gap || second);
      }
      if (text === "(") parens += 1;
      if (text === ")") parens = Math.max(0, parens - 1);
    }
    previous = token;
  }
  end();
  return lines.join("\n") + (lines.length ? "\n" : "");
}

/** The tokens but for white space; each knows how much of it stands before, and a brace where it is closed. */
function withGaps(query) {
  const found = [], open = [];
  let gap = 0, lines = 0;
  for (const token of tokens(query)) {
    if (token.kind === "space") {
      gap = token.text.length;
      lines = token.text.split(/\r\n|\r|\n/).length - 1;
      continue;
    }
    found.push({ ...token, gap, lines });
    gap = lines = 0;
    if (token.text === "{") open.push(found.at(-1));
    if (token.text === "}" && open.length) open.pop().closing = token.to;
  }
  return found;
}

function fits(found, i, closing, query) {
  const inside = query.slice(found[i].from, closing);
  return inside.length <= SHORT && !/[\r\n#]/.test(inside.replace(/<[^>]*>/g, ""));
}

const endsStatement = (token) => token?.text === "." || trails(token);
const trails = (token) => token?.kind === "comment" && token.lines === 0;

/** Whether a word belongs to the one before it: FROM NAMED, ASK WHERE, GRAPH in a pattern that has begun. */
function follows(previous, word) {
  const before = previous?.text.toUpperCase();
  return (word === "WHERE" && before === "ASK") || (word === "GRAPH" && ["INTO", "TO"].includes(before));
}
