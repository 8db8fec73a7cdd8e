import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";
import { format } from "../../kg/web/static/sparql/format.js";
import { tokens } from "../../kg/web/static/sparql/tokens.js";

const words = (text) => tokens(text).filter((t) => t.kind !== "space").map((t) => t.kind === "word" ? t.text.toUpperCase() : t.text);

const folder = new URL("../../kg/queries/", import.meta.url);
const queries = readdirSync(folder, { recursive: true })
  .filter((name) => name.endsWith(".rq"))
  .map((name) => [name, readFileSync(new URL(name, folder), "utf8")]);

test("formatting keeps every token of our queries, and is done once", () => {
  assert.ok(queries.length > 20);
  for (const [name, query] of queries) {
    const once = format(query);
    assert.deepEqual(words(once), words(query), name);
    assert.equal(format(once), once, name);
    assert.equal(format(query.replace(/#.*/g, "").replace(/\s+/g, " ")).replace(/\s+/g, " ").trim().length > 0, true);
  }
});

test("a line of text becomes a query that can be read", () => {
  const laid = format(
    'prefix s: <https://schema.org/> select ?a (count(?b) as ?n) where { ?a a s:Thing; s:name ?b. optional {?a s:url ?u} filter(?b != "x.y;z") } group by ?a order by desc(?n) limit 5',
  );
  assert.equal(laid, `PREFIX s: <https://schema.org/>

SELECT ?a (COUNT(?b) AS ?n)
WHERE {
  ?a a s:Thing ;
     s:name ?b .
  OPTIONAL { ?a s:url ?u }
  FILTER(?b != "x.y;z")
}
GROUP BY ?a
ORDER BY DESC(?n)
LIMIT 5
`);
});

test("comments stay where they belong", () => {
  assert.equal(format("# first\nSELECT * { # here\n?s ?p ?o . # there\n# last\n}"), `# first
SELECT * { # here
  ?s ?p ?o . # there
  # last
}
`);
});

test("what is unfinished is left unfinished", () => {
  for (const text of ["SELECT * {", "}", '"abc', "SELECT * { ?s ?p \"a", "", ";;.", "{{}"]) {
    assert.deepEqual(words(format(text)), words(text));
  }
});
