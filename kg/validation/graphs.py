"""N-Triples as rdflib graphs, with literals as they are written."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import rdflib
from rdflib import BNode, Graph, URIRef
from rdflib.term import Node

_lock = threading.RLock()


@contextmanager
def literals_as_written() -> Iterator[None]:
    """Keep rdflib from rewriting ``"01"^^xsd:integer`` to ``1`` meanwhile; SHACL compares terms, not values.

    The switch is global in rdflib, so that only one thread at a time is let in; what other threads parse with rdflib
    in the meantime keeps its lexical forms too. Ill-typed literals are data here and raise no warnings.
    """
    log = logging.getLogger("rdflib.term")
    with _lock:
        before, level = rdflib.NORMALIZE_LITERALS, log.level
        rdflib.NORMALIZE_LITERALS = False
        log.setLevel(logging.CRITICAL)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # rdflib: "Parsing weird boolean"
                yield
        finally:
            rdflib.NORMALIZE_LITERALS = before
            log.setLevel(level)


def graph(ntriples: bytes) -> Graph:
    """Return N-Triples as an rdflib graph, its literals as they are written."""
    found = Graph(bind_namespaces="none")
    with literals_as_written():
        found.parse(data=ntriples, format="ntriples")
    return found


def term(text: str) -> Node:
    """Return what N-Triples syntax stands for."""
    if text.startswith("<") and "\\" not in text:
        return URIRef(text[1:-1])
    if text.startswith("_:"):
        return BNode(text[2:])
    return next(graph(f"<x:> <x:> {text} .\n".encode()).objects())
