"""Commands that serve a home over HTTP."""

from __future__ import annotations

from typing import Annotated

import typer

from kg import console, operations
from kg.cli.application import app, settings_of


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to serve on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to serve on.")] = None,
    uds: Annotated[str | None, typer.Option(help="Unix socket to serve on, instead of host and port.")] = None,
    processes: Annotated[int | None, typer.Option(help="Server processes that share the port.")] = None,
    workers: Annotated[int | None, typer.Option(help="Queries that run at the same time, per server process.")] = None,
    deadline: Annotated[float | None, typer.Option(help="Seconds a query may take.")] = None,
    queue: Annotated[int | None, typer.Option(help="Queries that may wait for a worker.")] = None,
    worker_memory: Annotated[int | None, typer.Option(help="Bytes of address space of a worker.")] = None,
    result_bytes: Annotated[int | None, typer.Option(help="Bytes of an answer before it is broken off.")] = None,
    client_seconds: Annotated[
        float | None, typer.Option(help="Seconds of workers' time for each client within a minute; 0: any.")
    ] = None,
    trusted_proxies: Annotated[
        str | None, typer.Option(help="Addresses and networks whose X-Forwarded-For is believed.")
    ] = None,
    cache_bytes: Annotated[int | None, typer.Option(help="Bytes of the result cache; 0: none.")] = None,
    engine: Annotated[
        str | None, typer.Option(help="Address of a SPARQL 1.1 server that holds the version and answers for it.")
    ] = None,
    access_log: Annotated[
        bool | None, typer.Option("--access-log/--no-access-log", help="Write a line of JSON for each request.")
    ] = None,
    allow_update: Annotated[
        bool | None, typer.Option("--allow-update", help="Take updates from those who have the token.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(help="Bearer token of those who may update (better: COMMONS_KG_TOKEN).")
    ] = None,
    union_default_graph: Annotated[
        bool | None,
        typer.Option(
            "--union-default-graph/--no-union-default-graph",
            help="Whether the default graph is the union of the named graphs, or an ordinary one.",
        ),
    ] = None,
) -> None:
    """Serve SPARQL, pages and dumps over HTTP. More limits are settings: see commons-kg config."""
    options = settings_of(
        context, host=host, port=port, uds=uds, processes=processes, workers=workers, deadline=deadline, queue=queue,
        worker_memory=worker_memory, result_bytes=result_bytes, client_seconds=client_seconds,
        trusted_proxies=trusted_proxies, cache_bytes=cache_bytes, access_log=access_log, engine=engine,
        allow_update=allow_update, token=token, union_default_graph=union_default_graph,
    )  # fmt: skip
    operations.serve(options)


@app.command()
def demo(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to serve on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to serve on.")] = None,
) -> None:
    """Build the graph from the embedded sample, and serve it."""
    options = settings_of(context, host=host, port=port)
    console.show_outcome(operations.sync(options, operations.sample()), "table")
    operations.serve(options)
