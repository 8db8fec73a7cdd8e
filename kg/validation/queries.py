"""``sh:sparql`` constraints (https://www.w3.org/TR/shacl/#sparql-constraints) as prepared queries on pyoxigraph.

rdflib's evaluator, which pySHACL uses, takes some milliseconds a focus node, pyoxigraph some microseconds. Not every
query may go there: ``prepare`` refuses what SHACL forbids (pySHACL then says so) and what would not mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Store
from rdflib import Graph
from rdflib import Literal as RdfLiteral
from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, Path, SequencePath
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.algebra import translateGroupGraphPattern
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import BNode, Identifier, Node, URIRef
from rdflib.term import Variable as RdfVariable

from kg.namespaces import RDF, RDFS, SH
from kg.validation.answers import OX_THIS, changed
from kg.validation.reach import Automaton
from kg.validation.report import path as path_text

THIS = RdfVariable("this")
_FORMS = re.compile(
    r"\b(str|datatype|regex|replace|concat|strlen|substr|[ul]case|encode_for_uri|contains|str(starts|ends|before|after"
    r"|lang|dt)|md5|sha\d+|sameterm|group_concat|iri|uri|xsd:string)\s*\(|\bstr\b|/string>", re.IGNORECASE)  # fmt: skip
"""What looks at the form of a term rather than its value."""


class UnfitError(Exception):
    """pySHACL has to evaluate the constraint; says why."""


class ElsewhereError(Exception):
    """The query looks at things to which no path leads from the focus node."""


@dataclass(eq=False, kw_only=True)
class Query:
    """A constraint, ready to run."""

    constraint: Node
    holder: Node
    """The shape that has it."""
    text: str
    at_once: bool
    """Whether it means the same when ``$this`` is left unbound, so that all focus nodes are asked for at once."""
    looks_at_forms: bool
    messages: tuple[str, ...]
    local: bool = True
    """Whether paths lead from the focus node to all that it looks at; they are added to the automaton."""
    anchors: list[tuple[str, int]] = field(default_factory=list)
    """Constants from which it looks on, with their states."""


def prefixes(graph: Graph, constraint: Node) -> str:
    """Return the PREFIX declarations of a constraint: https://www.w3.org/TR/shacl/#sparql-prefixes."""
    known = {"rdf": str(RDF), "rdfs": str(RDFS), "owl": "http://www.w3.org/2002/07/owl#"}
    for ontology in graph.objects(constraint, SH.prefixes):
        for declaration in graph.objects(ontology, SH.declare):
            name, namespace = graph.value(declaration, SH.prefix), graph.value(declaration, SH.namespace)
            known[str(name)] = str(namespace)
    return "".join(f"PREFIX {name}: <{namespace}>\n" for name, namespace in known.items())


def prepare(graph: Graph, holder: Node, constraint: Node, automaton: Automaton, start: int) -> Query:
    """Return a constraint as a query, after adding to the automaton what it looks at from a focus node in ``start``.

    Raises:
        UnfitError: pySHACL has to do it.
    """
    selects = list(graph.objects(constraint, SH.select))
    path = graph.value(holder, SH.path)
    if len(selects) != 1 or not isinstance(selects[0], RdfLiteral):
        raise UnfitError("not one sh:select")
    body = str(selects[0])
    if re.search(r"[?$](currentShape|shapesGraph|failure)\b", body):
        raise UnfitError("a variable that SHACL binds")
    if re.search(r"\{\s*SELECT\s+(DISTINCT\s+|REDUCED\s+)?\*", body, re.IGNORECASE):
        raise UnfitError("a nested SELECT *, which SHACL forbids")
    if re.search(r"[?$]PATH\b", body):
        if path is None:
            raise UnfitError("$PATH without a path")
        predicate = path_text(graph, path)
        body = re.sub(r"[?$]PATH\b", lambda _: f"<{path}>" if isinstance(path, URIRef) else predicate, body)
    text = prefixes(graph, constraint) + body
    try:
        algebra = prepareQuery(text).algebra
        Store().query(text, substitutions={OX_THIS: NamedNode("urn:x")})
    except Exception as error:  # rdflib raises whatever its parser and translation come upon
        raise UnfitError(f"not evaluated: {error}") from error
    if algebra.name != "SelectQuery" or THIS not in algebra.PV or algebra.datasetClause:
        raise UnfitError("no SELECT of $this")
    walk = _Walk(automaton, start)
    certain = walk.pattern(algebra.p, {THIS})
    messages = [*graph.objects(constraint, SH.message), *graph.objects(holder, SH.message)]
    return Query(
        constraint=constraint, holder=holder, text=text, at_once=walk.at_once and THIS in certain,
        looks_at_forms=_FORMS.search(body) is not None, local=walk.local, anchors=walk.anchors,
        messages=tuple(dict.fromkeys(str(m) for m in messages if isinstance(m, RdfLiteral))),
    )  # fmt: skip


class _Walk:
    """Goes over the algebra of a query: which variables are bound for certain, what leads to what."""

    def __init__(self, automaton: Automaton, start: int) -> None:
        self.automaton, self.local, self.at_once = automaton, True, True
        self.anchors: list[tuple[str, int]] = []
        self._states: dict[Identifier, int] = {THIS: start}

    def pattern(self, node: CompValue, reached: set[Identifier]) -> set[Identifier]:
        """Return the variables that every solution binds; ``reached`` are those that a path leads to before."""
        match node.name:
            case "BGP":
                return self._triples(node.triples, reached)
            case "Join":
                return self._join(node, reached)
            case "LeftJoin":
                left = self.pattern(node.p1, reached)
                self.pattern(node.p2, left | {THIS})
                if THIS not in left and (_mentions(node.p2) or _mentions(node.expr)):
                    self.at_once = False
                self._expression(node.expr, left | {THIS})
                return left
            case "Union":
                return self.pattern(node.p1, set(reached)) & self.pattern(node.p2, set(reached))
            case "Filter":
                bound = self.pattern(node.p, reached)
                self._in_scope(node.expr, bound)
                return bound
            case "Extend":
                if node.var == THIS and not str(node.expr).startswith("__agg_"):  # else it is what GROUP BY gives
                    raise UnfitError("$this is bound anew")
                bound = self.pattern(node.p, reached)
                self._in_scope(node.expr, bound)
                return bound
            case "Project" | "Distinct" | "Reduced" | "OrderBy":
                if node.name == "OrderBy":
                    self.at_once = False
                return self.pattern(node.p, reached)
            case "Slice" | "Group" | "AggregateJoin":
                self.at_once = False
                return self.pattern(node.p, {THIS})
            case "ToMultiSet" if getattr(node.p, "name", "") in ("Project", "Distinct", "Reduced", "Slice"):
                inner = node.p
                while inner.name != "Project":
                    inner = inner.p
                if THIS not in inner.PV:
                    raise UnfitError("a nested SELECT without $this")
                self.at_once = False
                bound = self.pattern(node.p, {THIS})
                return bound & set(inner.PV)
            case name:
                raise UnfitError(f"{name} in the query")

    def _in_scope(self, expression: object, bound: set[Identifier]) -> None:
        if THIS not in bound and _mentions(expression):
            self.at_once = False
        self._expression(expression, bound | {THIS})

    def _join(self, node: CompValue, reached: set[Identifier]) -> set[Identifier]:
        parts: list[CompValue] = []
        todo = [node]
        while todo:
            one = todo.pop()
            if one.name == "Join":
                todo += [one.p2, one.p1]
            else:
                parts.append(one)
        bound: set[Identifier] = set()
        parts.sort(key=lambda part: part.name != "BGP")  # what is simple leads to the rest
        for part in parts:
            bound |= self.pattern(part, reached | bound)
        return bound

    def _triples(self, triples: Iterable[tuple[Node, Node, Node]], reached: set[Identifier]) -> set[Identifier]:
        todo, bound, known = list(triples), set[Identifier](), set(reached)
        for triple in todo:
            bound |= {term for term in triple if isinstance(term, RdfVariable | BNode)}
            if any(isinstance(term, RdfLiteral) and changed([_ox_literal(term)]) for term in triple):
                raise UnfitError("a literal that the store changes")
        while todo:
            found = next((t for t in todo if t[0] in known), None) or next((t for t in todo if t[2] in known), None)
            if found is None:
                found = next((t for t in todo if isinstance(t[0], URIRef)), None)
            if found is None:
                self.local = False
                break
            todo.remove(found)
            subject, predicate, value = found
            try:
                if subject in known:
                    self._reach(self._step(self._state(subject), predicate, inverse=False), value, known)
                elif value in known:
                    self._reach(self._step(self._state(value), predicate, inverse=True), subject, known)
                else:
                    state = self.automaton.state()
                    self.anchors.append((f"<{subject}>", state))
                    self._reach(self._step(state, predicate, inverse=False), value, known)
            except ElsewhereError:
                self.local = False
        return bound

    def _state(self, term: Node) -> int:
        assert isinstance(term, Identifier)
        return self._states.setdefault(term, self.automaton.state())

    def _reach(self, state: int, term: Node, known: set[Identifier]) -> None:
        if isinstance(term, RdfVariable | BNode):
            self.automaton.free[state].add(self._state(term))
            known.add(term)

    def _step(self, state: int, predicate: Node | Path, *, inverse: bool) -> int:
        automaton = self.automaton
        match predicate:
            case URIRef():
                return automaton.step(state, str(predicate), inverse=inverse)
            case InvPath():
                return self._step(state, predicate.arg, inverse=not inverse)
            case SequencePath():
                for part in reversed(predicate.args) if inverse else predicate.args:
                    state = self._step(state, part, inverse=inverse)
                return state
            case AlternativePath():
                end = automaton.state()
                for part in predicate.args:
                    automaton.free[self._step(state, part, inverse=inverse)].add(end)
                return end
            case MulPath():
                return automaton.repeated(
                    state, lambda begin: self._step(begin, predicate.path, inverse=inverse),
                    none=predicate.mod in "*?", more=predicate.mod in "*+",
                )  # fmt: skip
            case RdfVariable() | NegatedPath() if not inverse and "^" not in str(predicate):
                return automaton.step(state, None)
        raise ElsewhereError

    def _expression(self, expression: object, reached: set[Identifier]) -> None:
        """Go over the patterns of EXISTS in an expression."""
        if isinstance(expression, CompValue):
            if expression.name in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
                graph = expression.graph
                self.pattern(graph if "part" not in graph else translateGroupGraphPattern(graph), reached)
            else:
                for part in expression.values():
                    self._expression(part, reached)
        elif isinstance(expression, list | tuple):
            for part in expression:
                self._expression(part, reached)


def _mentions(part: object) -> bool:
    """Whether ``$this`` occurs in it."""
    if isinstance(part, CompValue):
        return any(_mentions(value) for key, value in part.items() if key != "_vars")
    if isinstance(part, list | tuple):
        return any(map(_mentions, part))
    return part == THIS


def _ox_literal(term: RdfLiteral) -> Literal:
    if term.language:
        return Literal(str(term), language=term.language)
    return Literal(str(term), datatype=NamedNode(str(term.datatype))) if term.datatype else Literal(str(term))
