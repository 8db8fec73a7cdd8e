"""The plain chain, run by an environment of its own: rdflib reads triples, pyshacl validates them, rdflib writes them.

python chain.py TRIPLES.nt SHAPES_FOLDER OUT.nt

What it prints is whether they conform. ``oxigraph load`` then loads what was written.
"""

import sys
from pathlib import Path

from pyshacl import validate
from rdflib import Graph


def main() -> None:
    triples, shapes_folder, out = sys.argv[1:]
    data, shapes = Graph().parse(triples, format="nt"), Graph()
    for file in sorted(Path(shapes_folder).glob("*.ttl")):
        shapes.parse(file)
    conforms, _, _ = validate(data, shacl_graph=shapes, advanced=True)
    data.serialize(out, format="nt", encoding="utf-8")
    print(conforms)


if __name__ == "__main__":
    main()
