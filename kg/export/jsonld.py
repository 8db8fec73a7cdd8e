"""JSON-LD 1.1, compacted with a context, from sorted statements, one node after the other.

A node of our dataset is flat (no blank nodes, no lists), so compaction is a choice of key and value form for each
statement: https://www.w3.org/TR/json-ld11-api/#inverse-context-creation, the part that flat nodes need. Whatever the
context does not know is written in full; nothing is lost. A term with an ``@list``, ``@index``, ``@id``, ``@graph`` or
``@type`` container, a scoped context or ``@reverse`` is not used.

The quoted form of an N-Triples literal is a JSON string as it stands: the escapes are the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import IO, Any

from kg.dataset.sorting import CACHED, pages
from kg.errors import InputError
from kg.namespaces import PREFIXES, RDF, XSD
from kg.resources import folder

OPEN = b'"@graph":[\n'
CLOSE = b"\n]}\n"
NODE_LIMIT = 20_000
"""Statements of one node object; a thing with more is told in several, which mean the same."""

_GEN_DELIMS = tuple(":/?#[]@")
_INTEGER = re.compile(r"-?[1-9][0-9]{0,14}|0")
_STRING, _INT, _BOOL = str(XSD.string), str(XSD.integer), str(XSD.boolean)
_TYPE = f"<{RDF.type}>"
_quoted = json.JSONEncoder(ensure_ascii=False).encode


def default_context() -> dict[str, Any]:
    """Return the context of the ontology, or the bare prefixes where this installation has none.

    Raises:
        InputError: the file is no JSON-LD context.
    """
    path = folder("ontology") / "context.jsonld"
    if not path.is_file():
        return dict(PREFIXES)
    try:
        context = json.loads(path.read_bytes())["@context"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"is no JSON-LD context: {error}", path=str(path)) from error
    if not isinstance(context, dict):
        raise InputError("the context must be one object, so that it can be embedded in dumps", path=str(path))
    return context


class _Ambiguous(Exception):  # noqa: N818
    """An IRI would be read as a compact one."""


class Compactor:
    """Chooses keys and value forms by one context.

    Raises:
        InputError: the context changes the meaning of data in a way that is not supported.
    """

    def __init__(self, context: Mapping[str, Any]) -> None:
        for keyword in ("@language", "@base", "@import", "@direction", "@propagate", "@protected"):
            if context.get(keyword) is not None:
                raise InputError(f"the JSON-LD context of the dumps must not have {keyword}")
        self.context = dict(context)
        self._names = {name for name in context if not name.startswith("@")}
        self.id, self.type = self._alias("@id"), self._alias("@type")
        self._prefixes = sorted(self._find_prefixes(), key=lambda p: (-len(p[0]), p[1]))
        self._terms: dict[str, list[tuple[str, dict[str, Any]]]] = {}
        for name in sorted(self._names):
            definition = context[name]
            if isinstance(definition, str):
                definition = {"@id": definition}
            if isinstance(definition, dict) and "@reverse" not in definition and "@context" not in definition:
                found = self._expand(definition.get("@id", name))
                if found and not found.startswith("@"):
                    self._terms.setdefault(found, []).append((name, definition))
        self.iri = lru_cache(maxsize=65_536)(self._iri)
        self._class = lru_cache(maxsize=4096)(self._class_name)
        self._key = lru_cache(maxsize=16_384)(self._choose)
        self._form = lru_cache(maxsize=16_384)(self._choose_form)
        self._told = lru_cache(maxsize=32_768)(self._tell)
        self._lists: set[str] = set()
        """Keys whose values are always in a list."""

    def _alias(self, keyword: str) -> str:
        aliases = [n for n in self._names if self.context[n] in (keyword, {"@id": keyword})]
        return _quoted(min(aliases, default=keyword))

    def _expand(self, value: Any, depth: int = 0) -> str | None:
        if not isinstance(value, str) or depth > 10:
            return None
        prefix, colon, local = value.partition(":")
        if colon and not local.startswith("//") and prefix in self._names and value != prefix:
            definition = self.context[prefix]
            start = self._expand(definition.get("@id") if isinstance(definition, dict) else definition, depth + 1)
            return start + local if start else None
        if colon or value.startswith("@"):
            return value
        if isinstance(vocab := self.context.get("@vocab"), str):
            return vocab + value
        return None

    def _find_prefixes(self) -> Iterator[tuple[str, str]]:
        for name in self._names:
            definition = self.context[name]
            iri = self._expand(definition.get("@id") if isinstance(definition, dict) else definition)
            simple = isinstance(definition, str) and iri is not None and iri.endswith(_GEN_DELIMS)
            if (
                iri
                and not iri.startswith("@")
                and (simple or (isinstance(definition, dict) and definition.get("@prefix") is True))
            ):
                yield iri, name

    def _iri(self, iri: str) -> str:
        for start, prefix in self._prefixes:
            if iri.startswith(start) and not iri.startswith("//", len(start)):
                compact = f"{prefix}:{iri[len(start) :]}"
                if compact not in self._names:
                    return _quoted(compact)
        scheme, _, rest = iri.partition(":")
        if iri in self._names or (scheme in self._names and not rest.startswith("//")):
            raise _Ambiguous(iri)
        return _quoted(iri)

    def _class_name(self, iri: str) -> str:
        for name, definition in self._terms.get(iri, ()):
            if "@container" not in definition:
                return _quoted(name)
        return self.iri(iri)

    def _choose(self, predicate: str, kind: str, of: str) -> tuple[str, str, bool]:
        """Return (key, form, always a list) for values of a kind: ``@id``, ``@language`` or ``@type`` ``of`` something.

        ``form`` is ``plain`` (coerced by the term or the default), ``vocab`` (the name of a term will do), ``map`` (a
        language map) or ``object``.
        """
        best: tuple[int, str, str, bool] | None = None
        for name, definition in self._terms.get(predicate, ()):
            container = definition.get("@container") or []
            containers = {container} if isinstance(container, str) else set(container)
            if containers - {"@set", "@language"}:
                continue
            coerced, is_list = definition.get("@type"), "@set" in containers
            if "@language" in containers:
                if kind != "@language":
                    continue
                rank, form = 0, "map"
            elif kind == "@id":
                rank, form = {"@id": (0, "plain"), "@vocab": (1, "vocab")}.get(str(coerced), (2, "object"))
            elif kind == "@language":
                language = definition.get("@language")
                same = coerced is None and isinstance(language, str) and language.lower() == of.lower()
                rank, form = (1, "plain") if same else (3 if coerced in (None, "@none") else 4, "object")
            elif coerced is not None and coerced != "@none":
                rank, form = (0, "plain") if self._expand(coerced) == of and of != _STRING else (4, "object")
            else:
                bare = of == _STRING and definition.get("@language") is None
                rank, form = (1, "plain") if bare else (2, "object")
            if best is None or rank < best[0]:
                best = rank, name, form, is_list
        if best:
            return _quoted(best[1]), best[2], best[3]
        return self.iri(predicate), "plain" if of == _STRING and kind == "@type" else "object", False

    def node(self, subject: str, statements: Iterable[str]) -> str:
        """Return the node object, as JSON text on one line, for ``predicate object`` in N-Triples form, sorted."""
        try:
            return self._node(subject, statements)
        except _Ambiguous:
            # An IRI whose scheme is a prefix of the context (`time:now`) can be written without a context alone.
            return '{"@context":null,' + _EXPANDED._node(subject, statements)[1:]

    def _node(self, subject: str, statements: Iterable[str]) -> str:
        types: list[str] = []
        values: dict[str, list[str]] = {}
        maps: dict[str, dict[str, list[str]]] = {}
        told, lists = self._told, self._lists
        for statement in statements:
            key, text, language = told(statement) if len(statement) < CACHED else self._tell(statement)
            if language is not None:
                maps.setdefault(key, {}).setdefault(language, []).append(text)
            elif not key:
                types.append(text)
            elif key in values:
                values[key].append(text)
            else:
                values[key] = [text]
        parts = [f"{self.id}:{self.iri(subject[1:-1] if subject[0] == '<' else subject)}"]
        if types:
            parts.append(f"{self.type}:{_array(types)}")
        for key, found in values.items():
            if len(found) == 1 and key not in lists:
                parts.append(f"{key}:{found[0]}")
            else:
                parts.append(f"{key}:[{','.join(found)}]")
        for key, languages in maps.items():
            inner = ",".join(f'"{tag}":{_array(found, key in lists)}' for tag, found in languages.items())
            parts.append(f"{key}:{{{inner}}}")
        return "{" + ",".join(parts) + "}"

    def _tell(self, statement: str) -> tuple[str, str, str | None]:
        """Return (key, value, language of a language map) of a statement; the key of a type is empty."""
        predicate, _, value = statement.partition(" ")
        if value[0] == '"':
            end = value.rindex('"') + 1
            key, is_list, language, before, after = self._form(predicate, value[end:])
            if language is not None:
                text = value[:end]
            elif before is None:
                text = self._native(predicate[1:-1], value[1 : end - 1], value[end + 3 : -1])
            else:
                text = before + value[:end] + after
        else:
            iri, language = value[1:-1] if value[0] == "<" else value, None
            if predicate == _TYPE:
                return "", self._class(iri), None
            key, form, is_list = self._key(predicate[1:-1], "@id", "")
            if form == "object":
                text = f'{{"@id":{self.iri(iri)}}}'
            else:
                text = self._class(iri) if form == "vocab" else self.iri(iri)
        if is_list:
            self._lists.add(key)
        return key, text, language

    def _choose_form(self, predicate: str, suffix: str) -> tuple[str, bool, str | None, str | None, str]:
        """Return (key, always a list, language of a map, before, after) for literals with what follows their text.

        The quoted text stands between ``before`` and ``after``; where that depends on the text, ``before`` is None.
        """
        if suffix[:1] == "@":
            key, form, is_list = self._key(predicate[1:-1], "@language", suffix[1:])
            if form == "map":
                return key, is_list, suffix[1:], "", ""
            if form == "plain":
                return key, is_list, None, "", ""
            return key, is_list, None, f'{{"@language":"{suffix[1:]}","@value":', "}"
        datatype = suffix[3:-1] if suffix else _STRING
        key, form, is_list = self._key(predicate[1:-1], "@type", datatype)
        if datatype in (_BOOL, _INT):
            return key, is_list, None, None, ""
        if form == "plain":
            return key, is_list, None, "", ""
        kind = "" if datatype == _STRING else f'"@type":{self._class(datatype)},'
        return key, is_list, None, f'{{{kind}"@value":', "}"

    def _native(self, predicate: str, lexical: str, datatype: str) -> str:
        """Return an integer or boolean: as JSON's own where that is the same literal."""
        native = lexical in ("true", "false") if datatype == _BOOL else _INTEGER.fullmatch(lexical) is not None
        if self._key(predicate, "@type", datatype)[1] == "plain":
            return lexical if native else f'"{lexical}"'
        if native:
            # A native number or boolean keeps its datatype in a value object, whatever the term coerces to.
            return f'{{"@value":{lexical}}}'
        return f'{{"@type":{self._class(datatype)},"@value":"{lexical}"}}'


def _array(values: list[str], always: bool = False) -> str:
    return values[0] if len(values) == 1 and not always else f"[{','.join(values)}]"


_EXPANDED = Compactor({})


def head(compactor: Compactor) -> bytes:
    """Return the beginning of a document: its first line holds the whole context."""
    return b'{"@context":' + json.dumps(compactor.context, ensure_ascii=False).encode() + b",\n" + OPEN


def nodes(lines: Iterable[bytes], compactor: Compactor) -> Iterator[bytes]:
    """Yield a node object, on one line without its line feed, for each subject of sorted N-Triples lines."""
    for subject, statements in pages(lines, NODE_LIMIT):
        yield compactor.node(subject, statements).encode()


def write_nodes(found: Iterable[bytes], output: IO[bytes], first: bool = True) -> bool:
    """Write node objects with commas between them; return whether none has been written yet."""
    for node in found:
        output.write(node if first else b",\n" + node)
        first = False
    return first


def graph_head(graph: str) -> bytes:
    """Return the beginning of a named graph within a document; its nodes and ``]}`` follow."""
    return f'{{"@id":{json.dumps(graph, ensure_ascii=False)},"@graph":[\n'.encode()
