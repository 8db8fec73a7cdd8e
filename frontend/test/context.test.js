import assert from "node:assert/strict";
import test from "node:test";
import { tokens } from "../../kg/web/static/sparql/tokens.js";
import { classesOf, walk } from "../src/context.js";

const PREFIXES = new Map([["s", "https://schema.org/"], ["org", "http://www.w3.org/ns/org#"]]);
const SCHEMA = {
  classes: [{ iri: "http://www.w3.org/ns/org#Organization", properties: [] }],
  properties: [{ iri: "http://www.w3.org/ns/org#member", objects: [0] }],
};
const place = (text) => walk(tokens(text)).place;

test("the place in a pattern is known while it is typed", () => {
  assert.equal(place("SELECT "), "outside");
  assert.equal(place("SELECT * { "), "subject");
  assert.equal(place("SELECT * { ?a "), "predicate");
  assert.equal(place("SELECT * { ?a s:name "), "object");
  assert.equal(place("SELECT * { ?a s:name ?b "), "after");
  assert.equal(place("SELECT * { ?a s:name ?b ; "), "predicate");
  assert.equal(place("SELECT * { ?a s:name ?b , "), "object");
  assert.equal(place("SELECT * { ?a s:name ?b . "), "subject");
  assert.equal(place("SELECT * { ?a s:name/"), "predicate");
  assert.equal(place("SELECT * { ?a s:knows [ "), "predicate");
  assert.equal(place("SELECT * { ?a s:knows [ a s:Person ] "), "after");
  assert.equal(place("SELECT * { ?a s:name ?b OPTIONAL { ?a "), "predicate");
  assert.equal(place("SELECT * { ?a s:name ?b } LIMIT "), "outside");
  assert.equal(walk(tokens("SELECT * { FILTER(")).parens, 1);
});

test("the classes of a variable are those it is said to have, else those that what points at it tells", () => {
  const found = classesOf("SELECT * { ?p a s:Person . ?m org:member ?o . ?x s:name", PREFIXES, SCHEMA);
  assert.deepEqual([...found.get("?p")], ["https://schema.org/Person"]);
  assert.deepEqual([...found.get("?o")], ["http://www.w3.org/ns/org#Organization"]);
  assert.equal(found.get("?x"), undefined);
});
