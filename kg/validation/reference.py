"""pySHACL, the reference engine: knows all of SHACL Core and SHACL-SPARQL, and is slow."""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from typing import Any

import pyshacl
from pyshacl.errors import ReportableRuntimeError
from rdflib import Graph
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result

from kg.errors import InputError
from kg.validation import corrections
from kg.validation.graphs import literals_as_written

corrections.install()

_quiet = logging.getLogger("kg.validation.pyshacl")
_quiet.setLevel(logging.CRITICAL)  # a failure is raised as well as logged


@lru_cache(maxsize=256)
def _prepared(text: str) -> Query:
    return prepareQuery(text)


class _Data(Graph):
    """A graph that parses a query once: pySHACL asks the same text again for each focus node.

    Parsing takes three quarters of pySHACL's time where there are sh:sparql constraints.
    """

    def query(self, query_object: str | Query, *arguments: Any, **options: Any) -> Result:
        """Evaluate a query."""
        prepared = _prepared(query_object) if isinstance(query_object, str) else query_object
        return super().query(prepared, *arguments, **options)


def run(data: Graph, shapes: Graph) -> Graph:
    """Return the report graph of validating ``data``.

    Raises:
        InputError: pySHACL reports a failure: the shapes cannot be used.
    """
    remembering = _Data(store=data.store, identifier=data.identifier, bind_namespaces="none")
    with literals_as_written():
        try:
            _, report, text = pyshacl.validate(
                remembering, shacl_graph=shapes, inplace=True, inference="none", logger=_quiet
            )
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
