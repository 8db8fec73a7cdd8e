"""pySHACL, the reference engine: knows all of SHACL Core and SHACL-SPARQL, and is slow."""

from __future__ import annotations

import logging
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import pyshacl
import rdflib
from pyshacl.errors import ReportableRuntimeError
from rdflib import Graph

from kg import validation_corrections
from kg.errors import InputError

validation_corrections.install()

_lock = threading.RLock()
_quiet = logging.getLogger("kg.validation.pyshacl")
_quiet.setLevel(logging.CRITICAL)  # a failure is raised as well as logged


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


def run(data: Graph, shapes: Graph) -> Graph:
    """Return the report graph of validating ``data``.

    Raises:
        InputError: pySHACL reports a failure: the shapes cannot be used.
    """
    with literals_as_written():
        try:
            _, report, text = pyshacl.validate(data, shacl_graph=shapes, inplace=True, inference="none", logger=_quiet)
        except ReportableRuntimeError as error:
            raise InputError(f"the shapes cannot be used: {getattr(error, 'message', error)}") from error
        except re.error as error:
            raise InputError(f"the shapes cannot be used: sh:pattern {error.pattern!r}: {error}") from error
        except MemoryError:
            raise
        except Exception as error:  # pySHACL and rdflib's SPARQL raise bare Exceptions at queries they do not like
            raise InputError(f"the shapes cannot be used: {type(error).__name__}: {error}") from error
    if not isinstance(report, Graph):
        raise InputError(f"the shapes cannot be used: {text}")
    return report
