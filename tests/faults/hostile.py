"""Hostile requests as a table: how each is sent, and how it may end."""

# ruff: noqa: E501 (a row of a table is easier to read in one line)

from __future__ import annotations

import contextlib
import gzip
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from tests.faults.serving import KNOWN, KNOWS, PEOPLE, THINGS, Reply, Server, get, post

WORKERS = 2
CUT, CLOSED = -200, 0
STOPPED = frozenset({503, 504, CUT})
REFUSED = frozenset({400})
LARGE = frozenset({400, 413, 414, 431, CLOSED})

CSV = "text/csv"
FORM, DIRECT, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
K = f"<{KNOWS}>"
ALL = THINGS * 4 + PEOPLE * KNOWN

Send = Callable[[Server, str, contextlib.ExitStack], Reply]


@dataclass(frozen=True)
class Hostile:
    """A hostile request: its name, how it is sent, which statuses it may have, and what a whole 200 must say."""

    name: str
    send: Send
    allowed: frozenset[int]
    says: Callable[[str], bool] | None = None


# --- ways of sending


def ask(text: str) -> Send:
    """Send a query by GET."""
    return lambda server, source, _: server.select(text, source)


def body(text: str) -> Send:
    """Send a query as the body of a POST."""
    return raw(post(text.encode(), DIRECT, f"Accept: {CSV}"))


def raw(request: bytes) -> Send:
    """Send bytes."""
    return lambda server, source, _: server.exchange(request, source)


def held(count: int, *pieces: bytes, pause: float = 0.0) -> Send:
    """Open connections that send pieces slowly, and then neither send nor read nor close."""

    def send(server: Server, source: str, stack: contextlib.ExitStack) -> Reply:
        connections = [stack.enter_context(server.connect(source)) for _ in range(count)]
        for piece in pieces:
            for connection in connections:
                with contextlib.suppress(ConnectionError):
                    connection.sendall(piece)
            time.sleep(pause)
        return Reply(CLOSED)

    return send


def hang_up(request: bytes, *, read: int = 0, count: int = 1) -> Send:
    """Send a request, read some bytes of the answer, and go away with a reset."""

    def send(server: Server, source: str, stack: contextlib.ExitStack) -> Reply:
        for _attempt in range(count):
            with server.connect(source) as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                connection.sendall(request)
                left = read
                while left > 0 and (piece := connection.recv(left)):
                    left -= len(piece)
        return Reply(CLOSED)

    return send


def slow_reader(server: Server, source: str, stack: contextlib.ExitStack) -> Reply:
    """Ask for an endless answer and read next to nothing of it."""
    for _ in range(WORKERS - 1):
        connection = socket.socket()
        stack.enter_context(connection)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.bind((source, 0))
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(get("/sparql.csv?query=" + quote(STREAM)))
        connection.recv(100)
    time.sleep(1)
    return Reply(CLOSED)


def endless_headers(server: Server, source: str, stack: contextlib.ExitStack) -> Reply:
    """Send headers until the server has had enough; 64 MB are more than enough."""
    line = b"X-Filler: " + b"x" * 1000 + b"\r\n"
    with server.connect(source) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        with contextlib.suppress(ConnectionError):
            for _ in range(1024):
                connection.sendall(line * 64)
            return Reply(200, b"64 MB of headers were taken")
        return Reply(CLOSED)


def pipelined(count: int) -> Send:
    """Send many requests at once and read one answer after the other."""

    def send(server: Server, source: str, stack: contextlib.ExitStack) -> Reply:
        with server.connect(source) as connection:
            connection.sendall(get("/healthz") * (count - 1) + get("/healthz", "Connection: close"))
            received = b""
            while piece := connection.recv(1 << 16):
                received += piece
        return Reply(200, str(received.count(b"HTTP/1.1 200")).encode())

    return send


def visited(query: str, status: frozenset[int], path: str = "/sparql.csv") -> Hostile:
    """Ask a query that names a listener of ours, which nobody may visit."""

    def send(server: Server, source: str, stack: contextlib.ExitStack) -> Reply:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(0.2)
            text = query.replace("HERE", f"http://127.0.0.1:{listener.getsockname()[1]}/")
            reply = server.exchange(get(f"{path}?" + urlencode({"query": text})), source)
            with contextlib.suppress(TimeoutError):
                listener.accept()
                raise AssertionError("the server made a request of its own")
            return reply

    return Hostile(query[:60], send, status)


# --- what is sent


def chain(count: int, separator: str = " . ") -> str:
    """A basic graph pattern."""
    return separator.join(f"?v{n} ?p{n} ?v{n + 1}" for n in range(count))


def rows(count: int) -> Callable[[str], bool]:
    """The answer has so many rows after its head."""
    return lambda text: len(text.split("\r\n")) == count + 2


def says(value: object) -> Callable[[str], bool]:
    """The answer has one row with this value."""
    return lambda text: text.split("\r\n")[1] == str(value)


CARTESIAN = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
STREAM = f"SELECT * {{ {CARTESIAN} }}"
DOUBLING = "BIND('0123456789' AS ?x0) " + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))
BIG_VALUES = " ".join(f'"Thing {n}"' for n in range(25_000))
LONG_OR = " || ".join(f'?l = "Thing {n}"' for n in range(1000))
ANY = frozenset({200})

CASES = [
    # what overflows the parser's or the planner's stack
    Hostile("braces, 6 KB", ask("SELECT * " + "{" * 3000 + "}" * 3000), REFUSED),
    Hostile("braces, 20 KB", ask("SELECT * " + "{" * 10_000 + "}" * 10_000), REFUSED),
    Hostile("braces that never close", ask("SELECT * " + "{" * 10_000), REFUSED),
    Hostile("braces, 500 KB", body("SELECT * " + "{" * 250_000 + "}" * 250_000), REFUSED),
    Hostile("braces below the limit", ask("SELECT (1 AS ?n) " + "{" * 150 + "}" * 150), ANY, says(1)),
    Hostile("braces in a string are no braces", ask("SELECT (STRLEN('" + "{" * 5000 + "') AS ?n) {}"), ANY, says(5000)),
    Hostile("OPTIONAL in OPTIONAL", ask("SELECT * { " + "OPTIONAL { ?s ?p ?o " * 500 + "}" * 501), REFUSED),
    Hostile("parentheses", ask("SELECT * { FILTER(" + "(" * 5000 + "1" + ")" * 5001 + "}"), REFUSED),
    Hostile("brackets", ask("SELECT * { ?s ?p " + "[ ?p " * 2000 + "1" + " ]" * 2000 + " }"), REFUSED),
    Hostile("lists in lists", ask("SELECT * { ?s ?p " + "( " * 5000 + "1" + " )" * 5000 + " }"), REFUSED),
    Hostile("functions in functions", ask("ASK { FILTER(" + "STR(" * 3000 + "1" + ")" * 3001 + "}"), REFUSED),
    Hostile("subqueries in subqueries", ask("SELECT * { " + "{ SELECT * { " * 500 + "} }" * 500 + " }"), REFUSED),
    Hostile("exclamation marks", ask("SELECT (" + "!" * 10_000 + "true AS ?n) {}"), ANY | STOPPED, says("true")),
    Hostile("exclamation marks, 500 KB", body("SELECT (" + "!" * 500_000 + "true AS ?n) {}"), ANY | REFUSED | STOPPED,
            says("true")),
    Hostile("minus signs", ask("SELECT (" + "- " * 10_000 + "1 AS ?n) {}"), ANY | REFUSED | STOPPED, says(1)),
    Hostile("||, 20 KB", ask(f"SELECT ?l {{ ?s {LABEL} ?l FILTER({LONG_OR}) }}"), ANY | STOPPED, rows(1000)),
    Hostile("||, 400 KB", body("SELECT (" + " || ".join(["false"] * 40_000) + " AS ?n) {}"), ANY | REFUSED | STOPPED,
            says("false")),
    Hostile("sums", body("SELECT (" + "+".join(["1"] * 100_000) + " AS ?n) {}"), ANY | REFUSED | STOPPED,
            says(100_000)),
    Hostile("UNION", ask("SELECT * { " + " UNION ".join(["{ ?s a ?t }"] * 2000) + " }"), ANY | REFUSED | STOPPED,
            rows(2000 * THINGS)),
    # what takes for ever to plan
    Hostile("200 patterns", ask(f"SELECT * {{ {chain(200)} }}"), REFUSED),
    Hostile("200 patterns of one subject", ask("SELECT * { ?s " + " ; ".join(f"?p{n} ?o{n}" for n in range(200)) + "}"),
            REFUSED),
    Hostile("95 patterns", ask(f"SELECT * {{ {chain(95)} }}"), STOPPED),
    Hostile("a list of 300 in a pattern", ask("SELECT * { ?s ?p (" + " ?x" * 300 + " ) }"), ANY | REFUSED | STOPPED,
            rows(0)),
    Hostile("path of 5,000 steps", ask(f"SELECT * {{ ?a {'/'.join([K] * 500)} ?b }}"), REFUSED),
    Hostile("path of 200 choices", ask(f"ASK {{ ?a {'|'.join([K] * 200)} ?b }}"), ANY | REFUSED | STOPPED),
    # what takes for ever, or all memory, to evaluate
    Hostile("cartesian count", ask(f"SELECT (COUNT(*) AS ?n) {{ {CARTESIAN} }}"), STOPPED),
    Hostile("cartesian stream", ask(STREAM), STOPPED),
    Hostile("cartesian sort", ask(STREAM + " ORDER BY ?c ?f ?i"), STOPPED),
    Hostile("cartesian sort by chance", ask(STREAM + " ORDER BY RAND() LIMIT 1"), STOPPED),
    Hostile("cartesian DISTINCT", ask(f"SELECT DISTINCT ?a ?d ?g {{ {CARTESIAN} }}"), STOPPED),
    Hostile("cartesian groups", ask(f"SELECT ?a ?d (COUNT(*) AS ?n) {{ {CARTESIAN} }} GROUP BY ?a ?d"), STOPPED),
    Hostile("cartesian OPTIONAL", ask("SELECT (COUNT(*) AS ?n) { ?a ?b ?c OPTIONAL { ?d ?e ?f } OPTIONAL { ?g ?h ?i } }"),
            STOPPED),
    Hostile("cartesian MINUS", ask("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f MINUS { ?g ?h ?i . ?d ?k ?l } }"),
            STOPPED),
    Hostile("cartesian graph", raw(get("/sparql.nt?query=" + quote(f"CONSTRUCT {{ ?a ?e ?i }} {{ {CARTESIAN} }}"))),
            STOPPED),
    Hostile("cartesian page", raw(get("/sparql?query=" + quote(STREAM + " ORDER BY ?c"), "Accept: text/html")),
            frozenset({503, 504})),
    Hostile("HEAD of a bomb", raw(get("/sparql?query=" + quote(STREAM + " ORDER BY ?c")).replace(b"GET", b"HEAD", 1)),
            frozenset({503, 504})),
    Hostile("everything described", raw(get("/sparql.nt?query=" + quote("DESCRIBE ?s ?o { ?s ?p ?o }"))),
            ANY | STOPPED, lambda text: text.count(" .\n") >= ALL),
    Hostile("closure, counted", ask(f"SELECT (COUNT(*) AS ?n) {{ ?a {K}+ ?b . ?b {K}+ ?c }}"), ANY | STOPPED,
            says(PEOPLE**3)),
    Hostile("closure of everything", ask("SELECT (COUNT(*) AS ?n) { ?a (!<x:y>|^<x:y>)* ?b . ?c (!<x:y>)* ?d }"),
            STOPPED | REFUSED),
    Hostile("closures in closures", ask(f"SELECT (COUNT(*) AS ?n) {{ ?a ((({K}/{K})*|^{K})+/{K}*)* ?b . ?b {K}* ?c }}"),
            ANY | STOPPED),
    Hostile("closures, streamed", ask(f"SELECT * {{ ?a {K}+ ?b . ?b {K}+ ?c . ?c {K}+ ?d }}"), STOPPED),
    Hostile("GROUP_CONCAT bomb", ask(f"SELECT (GROUP_CONCAT(?c) AS ?x) {{ {CARTESIAN} }}"), STOPPED),
    Hostile("GROUP_CONCAT of one long text", ask(
        "SELECT (STRLEN(GROUP_CONCAT(?x; SEPARATOR='')) AS ?n) "
        f"{{ ?s {LABEL} ?l . ?t {LABEL} ?m BIND('{'x' * 3000}' AS ?x) }}"), STOPPED),
    Hostile("texts that double", ask(f"SELECT (STRLEN(?x40) AS ?n) {{ {DOUBLING} }}"), STOPPED),
    Hostile("a text replaced by itself", ask(
        f"SELECT (STRLEN(?x) AS ?n) {{ {DOUBLING.split('BIND(CONCAT(?x20')[0]} BIND(REPLACE(?x20, '', ?x20) AS ?x) }}"),
            STOPPED),
    Hostile("regular expression that backtracks", ask(
        "SELECT (COUNT(*) AS ?n) { ?s <https://schema.org/text> ?t FILTER(REGEX(?t, '^(a+)+$')) }"), ANY, says(0)),
    Hostile("regular expression that explodes", ask("SELECT (REGEX('a', '((((a{99}){99}){99}){99}){99}') AS ?n) {}"),
            ANY | REFUSED | STOPPED, says("")),
    Hostile("regular expressions of each other", ask(
        f"SELECT (COUNT(*) AS ?n) {{ ?s {LABEL} ?l . ?t {LABEL} ?m FILTER(REGEX(?l, CONCAT('(', ?m, '|x)+'))) }}"),
            STOPPED),
    Hostile("EXISTS with a product", ask(
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c FILTER NOT EXISTS { ?d ?e ?f . ?g ?h ?i FILTER(?f = ?c && ?i = 'none') } }"),
            STOPPED),
    Hostile("hashes of everything", ask(
        "SELECT (SHA512(CONCAT(STR(?a), STR(?d), STR(?g))) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"), STOPPED),
    Hostile("huge VALUES", body(f"SELECT (COUNT(*) AS ?n) {{ VALUES ?l {{ {BIG_VALUES} }} ?s {LABEL} ?l }}"),
            ANY | STOPPED, says(THINGS)),
    Hostile("VALUES times VALUES", ask("SELECT (COUNT(*) AS ?n) { "
            + " ".join(f"VALUES ?x{n} {{ {' '.join(map(str, range(60)))} }}" for n in range(10)) + " }"), STOPPED),
    Hostile("numbers out of range", ask(
        f"SELECT (1e999999 AS ?a) ({'9' * 500} * {'9' * 500} AS ?b) (SUBSTR('x', -9223372036854775808) AS ?c) {{}}"),
            ANY | REFUSED, rows(1)),
    Hostile("LIMIT out of range", ask("SELECT * { ?s ?p ?o } LIMIT 99999999999999999999999"), ANY | REFUSED | STOPPED),
    Hostile("OFFSET out of range", ask("SELECT * { ?s ?p ?o } OFFSET 99999999999999"), ANY | REFUSED, rows(0)),
    # what makes the server ask others
    visited("SELECT * { SERVICE <HERE> { ?s ?p ?o } }", frozenset({403})),
    visited("SELECT * { SERVICE SILENT <HERE> { ?s ?p ?o } }", frozenset({403})),
    visited("SELECT * { BIND(<HERE> AS ?u) service ?u { ?s ?p ?o } }", frozenset({403})),
    visited("SELECT * { SERV\\u0049CE <HERE> { ?s ?p ?o } }", frozenset({400, 403})),
    visited("SELECT * { SERVICE#comment\n<HERE> { ?s ?p ?o } }", frozenset({403})),
    visited("PREFIX h: <HERE> SELECT * { SERVICE h: { ?s ?p ?o } }", frozenset({403})),
    visited("SELECT * FROM <HERE> { ?s ?p ?o }", ANY),
    visited("LOAD <HERE>", frozenset({401, 403})),
    visited("LOAD SILENT <HERE> INTO GRAPH <x:y>", frozenset({401, 403})),
    # what writes
    Hostile("update as parameter", raw(get("/sparql?update=DROP+ALL")), frozenset({400, 401, 403, 405})),
    Hostile("update as form", raw(post(b"update=DROP+ALL", FORM)), frozenset({401, 403})),
    Hostile("update as body", raw(post(b"CLEAR ALL", UPDATE)), frozenset({401, 403})),
    Hostile("update behind a query", ask("SELECT * {} ; DROP ALL"), REFUSED),
    # malformed requests
    Hostile("1 MB query in the address", ask("#" + "x" * 1_000_000), LARGE),
    Hostile("1 MB query as body", body("SELECT * {} #" + "x" * 1_000_000), frozenset({413, CLOSED})),
    Hostile("8 MB query as form", raw(post(b"query=" + b"%23" * 2_800_000, FORM)), frozenset({413, CLOSED})),
    Hostile("bad percent-encoding", raw(get("/sparql?query=%ZZ")), REFUSED),
    Hostile("percent sign at the end", raw(get("/sparql?query=SELECT%")), REFUSED),
    Hostile("bad UTF-8 in the address", raw(get("/sparql?query=%FF%FE")), REFUSED),
    Hostile("surrogates in the address", raw(get("/sparql?query=%ED%A0%80")), REFUSED),
    Hostile("raw bytes in the address", raw(b"GET /sparql?query=\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n"), REFUSED),
    Hostile("bad UTF-8 as body", raw(post(b"ASK { ?s ?p '\xff' }", DIRECT)), REFUSED),
    Hostile("NUL in a query", raw(get("/sparql?query=ASK%00{}")), REFUSED),
    Hostile("NUL in a path", raw(get("/dumps/%00")), frozenset({400, 404})),
    Hostile("NUL in other paths", raw(get("/static/%00")), frozenset({400, 404})),
    Hostile("NUL in the name of a table", raw(get("/quality/%00.jsonl")), frozenset({400, 404})),
    Hostile("NUL in a version", raw(get("/versions/v1/dumps/a%00b")), frozenset({400, 404})),
    Hostile("NUL in a thing", raw(get("/id/%00")), frozenset({400, 404})),
    Hostile("NUL in an IRI", raw(get("/resource?iri=http://e/%00")), frozenset({400, 404})),
    Hostile("NUL in a header", raw(get("/", "X-A: a\0b")), REFUSED | {CLOSED}),
    Hostile("two queries", raw(get("/sparql?query=ASK{}&query=ASK{}")), REFUSED),
    Hostile("5,000 parameters", raw(get("/sparql?" + "a=b&" * 5000 + "query=ASK{}")), REFUSED),
    Hostile("5,000 graphs", raw(post(b"query=SELECT+*+%7B?s+?p+?o%7D" + b"&named-graph-uri=x:y" * 900, FORM)),
            ANY | REFUSED),
    Hostile("a graph that is no IRI", raw(get("/sparql?query=ASK{}&default-graph-uri=%3E%20x")), REFUSED),
    Hostile("no Content-Type", raw(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nASK{}"),
            frozenset({415})),
    Hostile("wrong Content-Type", raw(post(b"{}", "application/json")), frozenset({415})),
    Hostile("wrong charset", raw(post("ASK{}".encode("utf-16"), DIRECT + "; charset=utf-16")), frozenset({415})),
    Hostile("gzip bomb as body", raw(post(gzip.compress(b"#" * 50_000_000), DIRECT, "Content-Encoding: gzip")),
            frozenset({400, 413, 415})),
    Hostile("multipart", raw(post(b"--x\r\n\r\n", "multipart/form-data; boundary=x")), frozenset({400, 415})),
    Hostile("Accept of 10,000 types", raw(get("/sparql?query=ASK{}", "Accept: " + ",".join(["a/b;q=0.1"] * 3000))),
            frozenset({406, 431})),
    Hostile("Accept of nonsense", raw(get("/sparql?query=ASK{}", "Accept: ;;;,,,/;q=,*;q=nan,a/b;q=1e400,text/csv;q=-1")),
            ANY | {406}),
    Hostile("Accept that is not a number", raw(get("/sparql?query=ASK{}", "Accept: text/csv;q=nan, */*;q=inf")),
            ANY | {406}),
    Hostile("format of nonsense", raw(get("/sparql?query=ASK{}&format=" + "x" * 10_000)), frozenset({406})),
    Hostile("If-None-Match of 50 KB", raw(get("/sparql?query=ASK{}", "If-None-Match: " + '"x",' * 12_000)), ANY | {431}),
    # malformed HTTP
    Hostile("5,000 headers", raw(get("/healthz", *(f"X-{n}: y" for n in range(5000)))), ANY | LARGE),
    Hostile("a header of 1 MB", raw(get("/healthz", "X-A: " + "x" * 1_000_000)), ANY | LARGE),
    Hostile("headers without end", endless_headers, frozenset({CLOSED})),
    Hostile("an address without end", raw(b"GET /" + b"x" * 16_000_000 + b" HTTP/1.1\r\n\r\n"), LARGE),
    Hostile("HTTP/0.9", raw(b"GET /\r\n\r\n"), REFUSED | {200, CLOSED}),
    Hostile("HTTP/9.9", raw(b"GET / HTTP/9.9\r\nHost: x\r\n\r\n"), REFUSED | {505, CLOSED}),
    Hostile("HTTP/2", raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), REFUSED | {405, 505, CLOSED}),
    Hostile("TLS", raw(bytes.fromhex("16030100c8010000c40303") + os.urandom(190)), REFUSED | {CLOSED}),
    Hostile("noise", raw(bytes(range(256)) * 100), REFUSED | {CLOSED}),
    Hostile("a method nobody knows", raw(b"FROBNICATE / HTTP/1.1\r\nHost: x\r\n\r\n"), frozenset({400, 405, 501})),
    Hostile("TRACE", raw(b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n"), frozenset({405})),
    Hostile("CONNECT", raw(b"CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: x\r\n\r\n"), frozenset({400, 404, 405, CLOSED})),
    Hostile("OPTIONS *", raw(b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"), frozenset({200, 204, 400, 404, 405})),
    Hostile("two lengths", raw(b"POST /sparql HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nASK{} "), REFUSED),
    Hostile("length and chunks", raw(b"POST /sparql HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            REFUSED),
    Hostile("negative length", raw(b"POST /sparql HTTP/1.1\r\nContent-Length: -1\r\n\r\n"), REFUSED),
    Hostile("chunks of nonsense", raw(
        f"POST /sparql HTTP/1.1\r\nContent-Type: {DIRECT}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nASK{{}}\r\n".encode()),
            REFUSED | {CLOSED}),
    Hostile("a chunk of 2^72 bytes", raw(
        f"POST /sparql HTTP/1.1\r\nContent-Type: {DIRECT}\r\nTransfer-Encoding: chunked\r\n\r\n{'F' * 18}\r\nA".encode()),
            REFUSED | {CLOSED}),
    Hostile("500 requests in one piece", pipelined(500), ANY, lambda text: text == "500"),
    Hostile("an upgrade", raw(get("/", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: x")),
            ANY | REFUSED | {426}),
    # clients that dawdle or leave
    Hostile("100 slow senders of headers", held(100, b"GET / HTTP/1.1\r\n", b"X-A: b\r\n", b"X-A", pause=0.3),
            frozenset({CLOSED})),
    Hostile("100 slow senders of a body", held(
        100, f"POST /sparql HTTP/1.1\r\nContent-Type: {DIRECT}\r\nContent-Length: 99\r\n\r\n".encode(), b"A", b"S",
        pause=0.3), frozenset({CLOSED})),
    Hostile("300 connections that say nothing", held(300), frozenset({CLOSED})),
    Hostile("Expect, and then nothing", held(
        10, post(b"", DIRECT).replace(b": 0\r\n", b": 9\r\nExpect: 100-continue\r\n")), frozenset({CLOSED})),
    Hostile("slow reader", slow_reader, frozenset({CLOSED})),
    Hostile("disconnects at once", hang_up(get("/sparql.csv?query=" + quote(STREAM + " ORDER BY ?c")), count=20),
            frozenset({CLOSED})),
    Hostile("disconnects in the middle", hang_up(get("/sparql.csv?query=" + quote(STREAM)), read=200_000, count=5),
            frozenset({CLOSED})),
    Hostile("disconnects in the middle of a page", hang_up(get("/", "Accept: text/html"), read=100, count=20),
            frozenset({CLOSED})),
    # other addresses
    Hostile("path traversal in dumps", raw(get("/dumps/../../../../../etc/passwd")), frozenset({400, 404})),
    Hostile("path traversal, encoded", raw(get("/dumps/%2e%2e%2f%2e%2e%2fmanifest.json")), frozenset({400, 404})),
    Hostile("path traversal by version", raw(get("/versions/..%2f..%2fv1/dumps/x")), frozenset({400, 404})),
    Hostile("path traversal in static files", raw(get("/static/..%2f..%2fapp.py")), frozenset({400, 404})),
    Hostile("path traversal in quality", raw(get("/quality/..%2fmanifest.jsonl")), frozenset({400, 404})),
    Hostile("path traversal in things", raw(get("/id/..%2f..%2f..%2fetc/passwd")), frozenset({400, 404})),
    Hostile("an IRI that closes itself", raw(get("/resource?iri=http://e/%3E%20%3Fp%20%3Fo%20%7D%20%23")),
            frozenset({400, 404})),
    Hostile("an IRI of 20 KB", raw(get("/resource?iri=http://e/" + "x" * 20_000)), frozenset({200, 400, 404, 414})),
    Hostile("a path that is no UTF-8", raw(get("/id/%FF%FE")), frozenset({400, 404})),
    Hostile("page 10^30 of a list", raw(get("/browse/organizations?page=" + "9" * 30)), frozenset({200, 400, 404})),
    Hostile("page -1 of a list", raw(get("/browse/organizations?page=-1")), frozenset({200, 400, 404})),
    Hostile("range out of range", raw(get("/dumps/commons-kg.nq.gz", "Range: bytes=99999999999999999999-")),
            frozenset({200, 400, 416})),
    Hostile("1,000 ranges", raw(get("/dumps/commons-kg.nq.gz", "Range: bytes=" + ",".join(f"{n}-" for n in range(1000)))),
            frozenset({200, 206, 400, 416})),
    Hostile("range of nonsense", raw(get("/dumps/commons-kg.nq.gz", "Range: bytes=-,x-y,--")), frozenset({200, 400, 416})),
]  # fmt: skip
