"""Sources to shards: each part of a source, or a source that is read in one go, by whoever of the crew is free.

A worker reads its part from files that all see, maps and validates it, and writes the shard into the folder itself: it
sends back counts and names. What a worker that dies had begun is done again by another, under the same names. A source
whose files the workers do not see, or that is big and alone, is read here and goes to them in batches.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TypeVar

from kg import gather
from kg.batches import Batches, Part, divided
from kg.dataset.home import Home
from kg.dataset.writer import store_errors
from kg.errors import CommonsError, InputError, OperationError
from kg.fingerprint import fingerprint_of
from kg.ingest import Counts, Options, Piece, by_kind, piece_of, pieces, refusal, state_of, write_pieces
from kg.loader import Loader, Source
from kg.provenance import is_licensed, provenance
from kg.quads import nquads
from kg.shards import COMPRESSED, File, Shard, copied, join, writing
from kg.storage import Place
from kg.workers import Crew

Done = TypeVar("Done")
TOGETHER = 16
"""Parts of a source that make a shard."""
_PROBE = ".probe"


@dataclass(slots=True)
class Reading:
    """A source and how it is read: in parts by the workers, else here."""

    source: Source
    loader: Loader
    parts: Sequence[Part] = ()
    batches: Batches | None = None
    """What was read of it here already."""


@dataclass(frozen=True, slots=True)
class _Job:
    """What all tasks share."""

    options: Options
    place: Place
    compress: bool


@dataclass(frozen=True, slots=True)
class _Task:
    """What a worker makes a shard of."""

    reading: int
    stem: str
    """Name of the files, but for what tells their form."""
    parts: Sequence[Part]
    end: bytes
    """N-Quads to follow."""


@dataclass(frozen=True, slots=True)
class _Made:
    quads: File
    rejects: File
    texts: tuple[File, ...]
    """None where there are none."""
    counts: Counts

    @property
    def files(self) -> tuple[File, ...]:
        return self.quads, self.rejects, *self.texts

    unresolved: set[tuple[str, str]]


def readings(pairs: Iterable[tuple[Source, Loader]], crew: Crew, place: Place) -> list[Reading]:
    """Say how each source is read.

    Where there are several workers that see the files and the folder, a source that can be taken apart is, and the
    others are read by a worker each, if there are enough of them to keep all busy.
    """
    found = [Reading(source, loader) for source, loader in pairs]
    if crew.size > 1 and _is_shared(place, crew):
        for reading in found:
            reading.parts = divided(reading.source, reading.loader, crew)
        whole = [reading for reading in found if not reading.parts]
        if len(whole) >= crew.size and crew.sees({p.path for reading in whole for p in reading.source.payloads}):
            for reading in whole:
                reading.parts = [Part.of(reading.source, reading.loader)]
    return found


def _is_shared(place: Place, crew: Crew) -> bool:
    """Whether the workers see what is written to a folder; of an address they are told where it is."""
    if place.folder is None:
        return not place.of_one_process
    with store_errors(place.folder):
        with place.writing(_PROBE) as beside:
            beside.touch()
            seen = crew.sees([beside])
        place.remove([_PROBE])
    return seen


def note(read: Sequence[Reading], home: Home, options: Options) -> None:
    """Note whom those sources name that the workers read."""
    todo = [one for one in read if one.parts and not gather.is_known(one.source, one.loader, home, options)]
    found = options.crew.each(gather.note, (pickle.dumps(part) for one in todo for part in one.parts), options.mint)
    for one in todo:
        gather.keep_seen(list(islice(found, len(one.parts))), one.source, one.loader, home, options)
    next(found, None)  # the crew ends its work


def write(
    read: Sequence[Reading], options: Options, home: Home, place: Place, *, compress: bool = False
) -> Iterator[tuple[Source, Shard | CommonsError]]:
    """Map and validate sources into their shards; yield what each became, or why it has none."""
    job = _Job(options, place, compress)
    tasks = [task for number, one in enumerate(read) for task in _tasks(number, one, options)]
    made = _each(tasks, job)
    for number, one in enumerate(read):
        mine = [next(made) for task in tasks if task.reading == number]
        if not one.parts:
            mine = [_attempt(partial(_write_here, one, job))]
        failures = [found for found in mine if isinstance(found, CommonsError)]
        whole = [found for found in mine if isinstance(found, _Made)]
        shard = failures[0] if failures else _attempt(partial(_shard, one, whole, job, home))
        if isinstance(shard, CommonsError):
            place.remove(file.name for found in whole for file in found.files)
        yield one.source, shard
    next(made, None)  # the crew ends its work


def _tasks(number: int, one: Reading, options: Options) -> Iterator[_Task]:
    groups = [one.parts[n : n + TOGETHER] for n in range(0, len(one.parts), TOGETHER)]
    for n, group in enumerate(groups):
        stem = one.source.name if len(groups) == 1 else f"{one.source.name}.{n:05d}"
        yield _Task(number, stem, group, _provenance(one, options) if n == len(groups) - 1 else b"")


def _fingerprint(one: Reading, options: Options) -> str:
    links = options.register.digest(options.named.get(one.source.name, ()))
    return fingerprint_of(one.source, one.loader, options.mint.base, links=links)


def _provenance(one: Reading, options: Options) -> bytes:
    return nquads(provenance(one.source, one.loader, options.mint, _fingerprint(one, options)))


def _each(tasks: list[_Task], job: _Job) -> Iterator[_Made | CommonsError]:
    """Have tasks done, in order; one that kills every worker fails, and the next ones are done."""
    while tasks:
        done = 0
        try:
            for made in job.options.crew.each(_do, tasks, job):
                done += 1
                yield made
        except OperationError as error:
            yield error
            done += 1
        tasks = tasks[done:]


def _do(task: _Task, job: _Job) -> _Made | CommonsError:
    """Read, map and validate parts, and write their shard; pure but for that, so that it can be done again."""
    return _attempt(partial(_write, task.stem, _pieces(task.parts, job.options), task.end, job))


def _attempt(work: Callable[[], Done]) -> Done | CommonsError:
    """Do something that must not take the other sources down with it."""
    try:
        return work()
    except CommonsError as error:
        return error
    except OSError as error:
        return OperationError(str(error), hint="look at the folder of the shards, and at the room that it has")
    except Exception as error:
        return InputError(f"the source cannot be read: {type(error).__name__}: {error}", hint="this is a bug")


def _pieces(parts: Sequence[Part], options: Options) -> Iterator[Piece]:
    for part in parts:
        records = iter(part)
        while some := list(islice(records, options.batch)):
            yield piece_of(part.source.name, is_licensed(part.source), some, options)


def _write_here(one: Reading, job: _Job) -> _Made:
    """Write the shard of a source that is read by this process; the crew gets its batches."""
    job.options.shapes.begin_load()
    batches = one.batches or Batches(one.source, one.loader, job.options.batch)
    made = _write(one.source.name, pieces(one.source, batches, job.options), _provenance(one, job.options), job)
    batches.forget()
    return made


def _write(stem: str, found: Iterable[Piece], end: bytes, job: _Job) -> _Made:
    packed = COMPRESSED if job.compress else ""
    with (
        writing(f"{stem}.nq{packed}", job.place) as (out, quads),
        writing(f"{stem}.texts.jsonl{packed}", job.place) as (beside, texts),
        writing(f"{stem}.jsonl", job.place) as (kept, rejects),
    ):
        counts, unresolved = write_pieces(found, out.write, beside.write, kept.write)
        out.write(end)
    if not texts[0].lines:
        job.place.remove([texts.pop().name])
    return _Made(quads[0], rejects[0], tuple(texts), counts, unresolved)


def _shard(one: Reading, made: Sequence[_Made], job: _Job, home: Home) -> Shard:
    """Put together what the parts of a source became.

    Raises:
        StrictError: there are rejects or quarantined records, and ``options.strict`` is set.
    """
    source, options, counts = one.source, job.options, Counts()
    for part in made:
        counts.add(part.counts)
    counts.unresolved = by_kind(set[tuple[str, str]]().union(*(part.unresolved for part in made)))
    rejects = tuple(part.rejects for part in made)
    if options.strict and (counts.rejected or counts.quarantined):
        kept = home.quarantine / f"{source.name}.refused.jsonl"
        for file in rejects:
            job.place.local(file.name, home.quarantine)
        join(rejects, job.place.folder or home.quarantine, kept)
        raise refusal(source, counts, kept)
    if missing := job.place.missing([file.name for part in made for file in part.files]):
        raise OperationError(
            f"{job.place} lacks {missing[0]}, which a worker wrote", hint="it must be the same folder on all machines"
        )
    lines = sum(part.quads.lines for part in made)
    fingerprint = _fingerprint(one, options)
    state = state_of(source, one.loader, options.mint.graph(source.name), fingerprint, counts, lines)
    noted = copied(home.mentions / f"{source.name}.json", f"{source.name}.mentions.json", job.place)
    quads, texts = tuple(part.quads for part in made), tuple(file for part in made for file in part.texts)
    return Shard(source=state, quads=quads, rejects=rejects, mentions=(noted,), texts=texts)
