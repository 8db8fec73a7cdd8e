"""A shapes graph, read and checked once, with what each engine makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from rdflib import Graph

from kg import parsing
from kg.errors import InputError, UsageError
from kg.validation import native
from kg.validation.graphs import graph
from kg.validation.plan import Plan, make
from kg.validation.queries import UnfitError
from kg.validation.report import Messages
from kg.validation.wellformed import complaints, declare_imported_prefixes, is_core


@dataclass(eq=False)
class Shapes:
    """Immutable but for the count of cross-checks."""

    graph: Graph = field(repr=False)
    messages: Messages = field(repr=False)
    plan: Plan | None = field(repr=False)
    """How to validate by parts and by the native engine; None where only pySHACL can take the shapes."""
    unfit: str = ""
    """Why it is None."""
    checked: int = 0
    """Batches that the native engine has checked since the load began."""
    cross_checked: int = 0
    """How many of them pySHACL has checked as well."""

    @classmethod
    def load(cls, *paths: str | Path) -> Shapes:
        """Read shapes from files and from all ``.ttl`` files of folders.

        Raises:
            InputError: a file is not well-formed RDF (with line and column) or not well-formed SHACL.
            UsageError: there is no shapes file there.
        """
        files: list[Path] = []
        for path in map(Path, paths):
            files += sorted(path.glob("*.ttl")) if path.is_dir() else [path]
        if not files:
            raise UsageError(f"no shapes files in {', '.join(map(str, paths)) or 'nothing'}")
        return cls.of(parsing.ntriples(quad for file in files for quad in parsing.file_quads(file)),
                      name=", ".join(map(str, files)))  # fmt: skip

    @classmethod
    def of(cls, ntriples: bytes, *, name: str | None = None) -> Shapes:
        """Take shapes in N-Triples; ``name`` is what errors call them.

        Raises:
            InputError: they are not well-formed SHACL.
        """
        shapes = graph(ntriples)
        if found := complaints(ntriples, shapes):
            raise InputError("not well-formed SHACL:\n" + "\n".join(f"  {line}" for line in found), path=name)
        declare_imported_prefixes(shapes)
        plan, unfit = None, "they use more than SHACL Core and sh:sparql"
        if is_core(shapes):
            try:
                plan, unfit = make(shapes), ""
            except UnfitError as error:
                unfit = str(error)
        return cls(shapes, Messages(shapes), plan, unfit)

    def begin_load(self) -> None:
        """Let the next batch count as the first one of a load: it is checked by both engines."""
        self.checked = self.cross_checked = 0

    @property
    def fast(self) -> bool:
        """Whether the native engine is there and can take them."""
        return self.plan is not None and native.installed()

    @cached_property
    def compiled(self) -> Any:
        """SHACL Core for the native engine; finds the targets itself."""
        assert self.plan is not None
        return native.compile_shapes(_ntriples(self.plan.core(self.graph)))

    @cached_property
    def marked(self) -> Any:
        """SHACL Core for the native engine; its targets are marked in the data."""
        assert self.plan is not None
        return native.compile_shapes(_ntriples(self.plan.core(self.plan.marked)))

    @cached_property
    def queries_alone(self) -> Graph:
        """The sh:sparql constraints alone, for pySHACL; their targets are marked in the data."""
        assert self.plan is not None
        return self.plan.queries_alone()


def _ntriples(shapes: Graph) -> bytes:
    return shapes.serialize(format="nt", encoding="utf-8")
