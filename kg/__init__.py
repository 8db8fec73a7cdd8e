"""Commons KG: the knowledge graph of the commons ecosystem."""


def __getattr__(name: str) -> str:
    """Return ``__version__`` when it is asked for: to look it up takes half the time of a query worker's start."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("commons-kg")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "0+unknown"
