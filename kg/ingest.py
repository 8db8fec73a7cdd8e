"""Sources in, a staged dataset out: one function per arrow of the flow.

::

    payloads -> loader.read -> records -> mapping.quads -> validation -> shard (N-Quads) -> writer
                   \\-> rejects              \\-> rejects       \\-> quarantine
                                          \\-> texts that may not be handed on

A source either replaces its graph whole or leaves it as it was. Rejects and quarantined records are kept in
``quarantine/<source>.jsonl`` either way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import IO, Any

from kg.batches import SIZE, Batches, items
from kg.dataset import withheld
from kg.dataset.home import Home
from kg.dataset.manifest import Change, SourceState
from kg.dataset.writer import Writer, store_errors
from kg.errors import CommonsError, InputError, StrictError
from kg.fingerprint import fingerprint_of
from kg.identifiers import Minter
from kg.linking import Linker
from kg.linking.register import Register
from kg.loader import Loader, Source
from kg.mapping import Context, quads
from kg.provenance import is_licensed, provenance
from kg.quads import nquads
from kg.records import Record, Reject
from kg.resources import folder
from kg.validation import Engine, Result, Shapes, validate_batch
from kg.workers import Crew

Progress = Callable[[int], None]
"""Called now and then with the number of source records read so far."""
Put = Callable[[bytes], object]
"""Takes bytes that are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What an ingest needs to know beside the source."""

    mint: Minter
    shapes: Shapes
    engine: Engine = "auto"
    batch: int = SIZE
    strict: bool = False
    register: Register = field(default_factory=Register)
    """Who is who over all sources."""
    named: Mapping[str, Iterable[str]] = field(default_factory=dict)
    """Source name -> local names of the organizations that it names, as exact rules give them."""
    crew: Crew = field(default_factory=Crew)
    """Who maps and validates the batches of a big source."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Go to another process, without what only this one needs, and with shapes that each reads once."""
        shapes = self.shapes.graph.serialize(format="nt", encoding="utf-8")
        return _sent, (self.mint, shapes, self.engine, self.register, self.batch)


@cache
def _read_shapes(ntriples: bytes) -> Shapes:
    return Shapes.of(ntriples)


def _sent(mint: Minter, shapes: bytes, engine: Engine, register: Register, batch: int) -> Options:
    return Options(mint=mint, shapes=_read_shapes(shapes), engine=engine, register=register, batch=batch)


@dataclass(slots=True)
class Counts:
    """Source records by what became of them."""

    loaded: int = 0
    rejected: int = 0
    quarantined: int = 0
    warnings: int = 0
    unresolved: dict[str, int] = field(default_factory=dict)

    @property
    def read(self) -> int:
        """All of them."""
        return self.loaded + self.rejected + self.quarantined

    def add(self, other: Counts) -> None:
        """Add what became of other records; ``unresolved`` is counted in the end."""
        self.loaded += other.loaded
        self.rejected += other.rejected
        self.quarantined += other.quarantined
        self.warnings += other.warnings


@dataclass(slots=True)
class Piece:
    """What a batch of a source became."""

    quads: bytes
    """N-Quads of the good records."""
    kept: str
    """Lines of the quarantine file."""
    counts: Counts
    unresolved: set[tuple[str, str]]
    """Kind and text of names that nothing was found for."""
    texts: str
    """Lines of JSON: texts that go beside the graph (``kg.dataset.withheld``)."""


@cache
def shapes() -> Shapes:
    """Return the project's shapes, read once."""
    return Shapes.load(folder("shapes"))


def ingest(
    source: Source,
    loader: Loader,
    writer: Writer,
    options: Options,
    *,
    force: bool = False,
    progress: Progress | None = None,
    read: Batches | None = None,
) -> tuple[SourceState, Change | None]:
    """Load one source into the writer; return its new state and what changed, None where it was loaded before.

    ``read`` is what was read of the source before, to see whom it names.

    Raises:
        InputError: a payload cannot be read, or the loader failed.
        StrictError: there are rejects or quarantined records, and ``options.strict`` is set.
        StoreError: the writer failed; the caller gives it up.
    """
    known = writer.sources.get(source.name)
    links = options.register.digest(options.named.get(source.name, ()))
    fingerprint = fingerprint_of(source, loader, options.mint.base, links=links)
    if known is not None and known.fingerprint == fingerprint and not force:
        if options.strict and (known.rejected or known.quarantined):
            raise refusal(source, known, writer.home.quarantine / f"{source.name}.jsonl")
        return known, None
    graph = options.mint.graph(source.name)
    shard = writer.home.writer / f"{source.name}.nq"
    texts = shard.with_suffix(".texts.jsonl")
    with store_errors(shard):
        try:
            counts = write_shard(source, loader, options, shard, texts, writer.home, progress, read)
            add_provenance(source, loader, options, fingerprint, shard)
            withheld.keep(writer.home.texts, texts)  # before the graph speaks of them
            change = writer.replace_graph(graph, shard)
            if known is not None and known.graph != graph:  # it was loaded under another base IRI
                writer.remove_graph(known.graph)
            fresh(writer.home, source).replace(writer.home.quarantine / f"{source.name}.jsonl")
        except (CommonsError, OSError):
            raise
        except Exception as error:  # a bug of one loader must not take the other sources down with it
            raise InputError(
                f"source {source.name!r}: loader {loader.name!r} failed: {type(error).__name__}: {error}",
                hint="this is a bug; the graph that was loaded before stays as it is",
            ) from error
        finally:
            shard.unlink(missing_ok=True)
            texts.unlink(missing_ok=True)
    state = state_of(source, loader, graph, fingerprint, counts, writer.count(graph))
    writer.sources[source.name] = state
    return state, change


def state_of(source: Source, loader: Loader, graph: str, fingerprint: str, counts: Counts, quads: int) -> SourceState:
    """Return how a source stands after a load."""
    return SourceState(
        name=source.name,
        loader=loader.name,
        graph=graph,
        fingerprint=fingerprint,
        read=counts.read,
        loaded=counts.loaded,
        rejected=counts.rejected,
        quarantined=counts.quarantined,
        warnings=counts.warnings,
        quads=quads,
        title=source.title,
        url=source.url,
        licence=source.licence,
        publisher=source.publisher,
        unresolved=counts.unresolved,
    )


def write_shard(
    source: Source, loader: Loader, options: Options, shard: Path, texts: Path, home: Home,
    progress: Progress | None = None, read: Batches | None = None,
) -> Counts:  # fmt: skip
    """Write the quads of a source's good records to ``shard``, what goes beside them to ``texts``, and the rest to its
    quarantine file.

    Raises:
        InputError: a payload cannot be read, or the loader failed.
        StrictError: there are rejects or quarantined records, and ``options.strict`` is set.
    """
    beside = fresh(home, source)
    batches = read or Batches(source, loader, options.batch, crew=options.crew)
    options.shapes.begin_load()
    with shard.open("wb") as out, texts.open("wb") as kept, beside.open("wb") as quarantine:
        found = pieces(source, batches, options)
        counts, unresolved = write_pieces(found, out.write, kept.write, quarantine.write, progress)
    batches.forget()
    counts.unresolved = by_kind(unresolved)
    if options.strict and (counts.rejected or counts.quarantined):
        refused = home.quarantine / f"{source.name}.refused.jsonl"
        beside.replace(refused)
        raise refusal(source, counts, refused)
    return counts


def write_pieces(
    found: Iterable[Piece], quads: Put, texts: Put, quarantine: Put, progress: Progress | None = None
) -> tuple[Counts, set[tuple[str, str]]]:
    """Write what batches became; return what became of their records, and the names that nothing was found for."""
    counts, unresolved = Counts(), set[tuple[str, str]]()
    for piece in found:
        quads(piece.quads)
        texts(piece.texts.encode())
        quarantine(piece.kept.encode("utf-8", "backslashreplace"))
        counts.add(piece.counts)
        unresolved |= piece.unresolved
        if progress:
            progress(counts.read)
    return counts, unresolved


def by_kind(unresolved: set[tuple[str, str]]) -> dict[str, int]:
    """Count the names that nothing was found for."""
    return {kind: sum(k == kind for k, _ in unresolved) for kind in sorted({k for k, _ in unresolved})}


def add_provenance(source: Source, loader: Loader, options: Options, fingerprint: str, shard: Path) -> None:
    """Append to a shard where its quads come from."""
    with shard.open("ab") as stream:
        stream.write(nquads(provenance(source, loader, options.mint, fingerprint)))


def fresh(home: Home, source: Source) -> Path:
    """Where a load keeps its rejects until its graph is in the writer: then they take the place of the old ones."""
    return home.quarantine / f".{source.name}.new"


def refusal(source: Source, counts: Counts | SourceState, kept: Path) -> StrictError:
    """Return why a source is not loaded where it must have no rejects; ``kept`` has them."""
    return StrictError(
        f"source {source.name!r}: {counts.rejected} rejected and {counts.quarantined} quarantined "
        f"of {counts.read} records",
        path=str(kept),
        hint="this file says why, record by record; without --strict the rest is loaded",
    )


def pieces(source: Source, batches: Batches, options: Options) -> Iterator[Piece]:
    """Yield what the batches of a source become, in the order of reading; the crew makes those of a big source."""
    crew = options.crew if batches.big else Crew()
    return crew.each(partial(make_piece, source.name, is_licensed(source)), batches, options)


def make_piece(source: str, licensed: bool, batch: bytes, options: Options) -> Piece:
    """Map and validate a batch of the source of this name; pure, so that it can be done anywhere, and again."""
    return piece_of(source, licensed, items(batch), options)


def piece_of(source: str, licensed: bool, records: Iterable[Record | Reject], options: Options) -> Piece:
    """Map and validate records of the source of this name."""
    linker = Linker(options.mint, register=options.register)
    context = Context(mint=options.mint, links=linker, graph=options.mint.graph(source), licensed=licensed)
    counts, kept = Counts(), StringIO()
    good: list[tuple[Record, list[str]]] = []
    for item in records:
        mapped = item if isinstance(item, Reject) else _map(item, context)
        if isinstance(mapped, list):
            assert isinstance(item, Record)
            good.append((item, mapped))
        else:
            for reject in _rejects(item, mapped):
                counts.rejected += 1
                _keep(
                    kept, source, "reject", reject.origin.payload, [str(reject.origin)], reject.reason,
                    hint=reject.hint, excerpt=reject.excerpt,
                )  # fmt: skip
    made = _validate(good, source, options, counts, kept)
    return Piece(made, kept.getvalue(), counts, set(linker.unresolved), withheld.lines(context.withheld))


def _map(record: Record, context: Context) -> list[str] | str:
    """Return the quads of a record, or why it has none."""
    try:
        return list(quads(record, context))
    except ValueError as error:
        return str(error)


def _rejects(item: Record | Reject, why: Reject | str) -> Iterable[Reject]:
    if isinstance(item, Reject):
        return (item,)
    return [
        Reject(origin=o, reason="a field is no valid IRI or literal", excerpt=f"{item.label}: {why}")
        for o in item.origins
    ]


def _validate(
    batch: list[tuple[Record, list[str]]],
    source: str,
    options: Options,
    counts: Counts,
    quarantine: IO[str],
) -> bytes:
    """Return the N-Quads of the records that no violation touches; keep the others with the results that do."""
    if not batch:
        return b""
    good: list[str] = []
    graph = f" <{options.mint.graph(source)}>"

    def looked_at(quads: bytes) -> list[Result]:
        triples = quads.replace(f"{graph} .\n".encode(), b" .\n")  # no line has its end elsewhere
        return validate_batch(triples, options.shapes, engine=options.engine)

    together = nquads(chain.from_iterable(lines for _, lines in batch))
    suspects = {result.focus_node for result in looked_at(together)}
    if not suspects:
        counts.loaded += sum(len(record.origins) for record, _ in batch)
        return together
    for record, lines in batch:
        mine: list[Result] = []
        if suspects & {line.partition(" ")[0][1:-1] for line in lines}:
            # Looked at alone: what becomes of a record must not hang on which others share its batch.
            mine = looked_at(nquads(lines))
        violations = [r for r in mine if r.severity == "Violation"]
        if violations:
            counts.quarantined += len(record.origins)
            _keep(
                quarantine, source, "quarantine", record.label, [str(o) for o in record.origins], violations[0].message,
                results=mine, lines=[line.removesuffix(graph) for line in lines],
            )  # fmt: skip
            continue
        if mine:
            counts.warnings += len(mine)
            _keep(
                quarantine, source, "warning", record.label, [str(o) for o in record.origins], mine[0].message,
                results=mine,
            )  # fmt: skip
        counts.loaded += len(record.origins)
        good += lines
    return nquads(good)


def _keep(
    file: IO[str],
    source: str,
    kind: str,
    label: str,
    origins: list[str],
    reason: str,
    *,
    hint: str = "",
    excerpt: str = "",
    results: Iterable[Result] = (),
    lines: Iterable[str] = (),
) -> None:
    """Append one line of JSON to a quarantine file."""
    entry: dict[str, Any] = {
        "kind": kind,
        "source": source,
        "label": label,
        "origins": origins,
        "reason": reason,
        "hint": hint,
        "excerpt": excerpt,
        "results": [
            {
                "focus": r.focus_node,
                "path": r.path,
                "value": r.value,
                "message": r.message,
                "severity": r.severity,
                "shape": r.source_shape,
                "constraint": r.constraint,
            }
            for r in results
        ],
        "triples": list(lines),
    }
    file.write(json.dumps({k: v for k, v in entry.items() if v}, ensure_ascii=False) + "\n")
