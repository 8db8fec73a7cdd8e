// The tokens of SPARQL, of whole queries and of ones that are just being typed: nothing makes it fail.

const NAME = "[\\p{L}\\p{N}_-]";
const LOCAL = `(?:${NAME}|:|%[0-9A-Fa-f]{2}|\\\\[_~.\\-!$&'()*+,;=/?#@%]|\\.(?=${NAME}|[.:%]))*`;

const TOKEN = new RegExp(
  [
    "(?<space>\\s+)",
    "(?<comment>#[^\\r\\n]*)",
    '(?<iri><[^<>"{}|^`\\\\\\x00-\\x20]*>)',
    `(?<string>"""(?:[^"\\\\]|\\\\.|"(?!""))*"""|'''(?:[^'\\\\]|\\\\.|'(?!''))*'''` +
      `|"(?:[^"\\\\\\r\\n]|\\\\.)*"|'(?:[^'\\\\\\r\\n]|\\\\.)*')`,
    "(?<variable>[?$][\\p{L}\\p{N}_]+)",
    "(?<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)",
    `(?<name>(?:\\p{L}(?:${NAME}|\\.(?=${NAME}))*)?:${LOCAL}|_:${NAME}+)`,
    "(?<number>(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?)",
    "(?<word>[A-Za-z_]\\w*)",
    "(?<sign>\\^\\^|&&|\\|\\||[!<>]=|.)",
  ].join("|"),
  "gsu",
);

/** Returns the tokens of a text: kind, text, and where it begins and ends. */
export function tokens(text) {
  return [...text.matchAll(TOKEN)].map((match) => ({
    kind: Object.keys(match.groups).find((kind) => match.groups[kind] !== undefined),
    text: match[0],
    from: match.index,
    to: match.index + match[0].length,
  }));
}

export const FORMS = ["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"];

/** The words that stand where a clause or a pattern begins, and those that follow them. */
export const CLAUSES = [
  "BASE", "PREFIX", ...FORMS, "FROM", "NAMED", "WHERE", "GROUP", "BY", "HAVING", "ORDER", "ASC", "DESC", "LIMIT",
  "OFFSET", "VALUES", "OPTIONAL", "GRAPH", "UNION", "FILTER", "BIND", "MINUS", "SERVICE", "SILENT", "AS", "DISTINCT",
  "REDUCED", "EXISTS", "NOT", "IN", "UNDEF", "SEPARATOR",
];

export const FUNCTIONS = [
  "COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT", "STR", "LANG", "LANGMATCHES", "DATATYPE", "BOUND",
  "IRI", "URI", "BNODE", "RAND", "ABS", "CEIL", "FLOOR", "ROUND", "CONCAT", "STRLEN", "UCASE", "LCASE",
  "ENCODE_FOR_URI", "CONTAINS", "STRSTARTS", "STRENDS", "STRBEFORE", "STRAFTER", "YEAR", "MONTH", "DAY", "HOURS",
  "MINUTES", "SECONDS", "TIMEZONE", "TZ", "NOW", "UUID", "STRUUID", "MD5", "SHA1", "SHA256", "SHA384", "SHA512",
  "COALESCE", "IF", "STRLANG", "STRDT", "SAMETERM", "ISIRI", "ISURI", "ISBLANK", "ISLITERAL", "ISNUMERIC", "REGEX",
  "SUBSTR", "REPLACE",
];
