"""Commons KG: the knowledge graph of the commons ecosystem."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("commons-kg")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0+unknown"
