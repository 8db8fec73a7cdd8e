"""Big made-up sources in the forms of the real ones, for the project's own loaders: any size, the same in every run.

    python -m benchmarks.ingest.generator FOLDER --triples 1000000

writes ``FOLDER/sources.toml`` and the files it names: ROR dumps, states of the registry of goods, JSON feeds of posts
and tables of memberships, each of some thousand records. Memory is that of one record. One record in a thousand is
malformed, as in real sources, and becomes a reject.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Any

from benchmarks.names import place

SHARES = {"organizations": 0.20, "goods": 0.45, "posts": 0.25, "memberships": 0.10}
"""Of all triples, how many are said of which kind."""
TRIPLES = {"organizations": 14.0, "goods": 49.8, "posts": 25.4, "memberships": 24.4}
"""Triples that a record of a kind becomes, as measured; what is derived from them is not counted."""
PER_FILE = {"organizations": 20_000, "goods": 4_000, "posts": 8_000, "memberships": 8_000}
BAD = 1_000
"""One record in so many is malformed."""
ALLIANCE = "Digital Public Goods Alliance"
LICENCES = (
    "MIT", "Apache-2.0", "GPL-3.0-only", "AGPL-3.0-or-later", "BSD-3-Clause", "MPL-2.0", "LGPL-3.0", "CC-BY-4.0",
    "CC-BY-SA-4.0", "CC0-1.0", "CC-BY-NC-4.0", "ODbL-1.0",
)  # fmt: skip
COUNTRIES = {
    "FR": "France", "IN": "India", "KE": "Kenya", "BR": "Brazil", "NO": "Norway", "ID": "Indonesia", "TG": "Togo",
    "US": "United States", "PE": "Peru", "JP": "Japan", "ZA": "South Africa", "EE": "Estonia", "GH": "Ghana",
}  # fmt: skip
GOALS = (
    "No Poverty", "Zero Hunger", "Good Health and Well-being", "Quality Education", "Gender Equality",
    "Clean Water and Sanitation", "Affordable and Clean Energy", "Decent Work and Economic Growth",
    "Industry, Innovation and Infrastructure", "Reduced Inequality", "Sustainable Cities and Communities",
    "Responsible Consumption and Production", "Climate Action", "Life Below Water", "Life on Land",
    "Peace, Justice and Strong Institutions", "Partnerships for the Goals",
)  # fmt: skip
TARGETS = (
    "1.4",
    "2.4",
    "3.8",
    "4.4",
    "4.6",
    "5.5",
    "6.1",
    "7.2",
    "8.10",
    "9.1",
    "10.2",
    "11.6",
    "13.1",
    "13.3",
    "16.10",
)
_FORMS = (
    ("{} University", "Université de {}", "Universidad de {}"),
    ("{} Institute of Technology", "Institut technologique de {}", "Instituto Tecnológico de {}"),
    ("{} Foundation", "Fondation {}", "Fundación {}"),
    ("{} Health Research Centre", "Centre de recherche en santé de {}", "Centro de Investigación en Salud de {}"),
    ("{} Open Data Network", "Réseau des données ouvertes de {}", "Red de Datos Abiertos de {}"),
)
_WORDS = """
access action agency agriculture air analysis archive badge bridge budget care citizen city climate coast
code community cooperation data design digital disease district drought early education election energy farm
field finance fishery flood food forest girl good government grant ground harvest health hospital house
identity impact innovation island knowledge labour land language law learning library licence local map
market measure medicine mobile model mother museum network node nurse nutrition ocean office open paper
partner patient payment pilot plan platform policy poverty privacy process product programme project public
rain record region register release report research resource rights risk river road rural school science
season sector secure sensor service share shelter social soil software solar source standard student supply
survey system teacher technology tool town training transport trust update village vote water weather wind
women work worker world youth
""".split()  # noqa: SIM905
_VERBS = """
helps supports records shares maps counts connects publishes measures brings improves protects trains
""".split()  # noqa: SIM905
_ROR_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of source: how its files are called and written."""

    loader: str
    file: str
    write: Callable[[IO[str], range], None]


def counts(triples: int) -> dict[str, int]:
    """Return how many records of each kind make about so many triples."""
    return {kind: max(20, round(triples * share / TRIPLES[kind])) for kind, share in SHARES.items()}


def write(folder: Path, triples: int) -> Path:
    """Write the sources, and return the sources file that names them."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "sources.toml"
    with file.open("w", encoding="utf-8") as sources:
        for kind, count in counts(triples).items():
            made = KINDS[kind]
            for number, start in enumerate(range(0, count, PER_FILE[kind])):
                name = made.file.format(number)
                with (folder / name).open("w", encoding="utf-8", newline="") as out:
                    made.write(out, range(start, min(start + PER_FILE[kind], count)))
                sources.write(
                    f'[[source]]\nname = "{kind}-{number:03d}"\nloader = "{made.loader}"\npaths = ["{name}"]\n'
                    f'url = "https://{kind}.example/{number}"\nlicence = "CC0-1.0"\npublisher = "Example {kind}"\n\n'
                )
    return file


def organization_name(n: int) -> str:
    """Return what the n-th organization is called."""
    return _FORMS[n % len(_FORMS)][0].format(place(n))


def prose(chosen: random.Random, sentences: int) -> str:
    """Return sentences of words that goals are inferred from, or not."""
    return " ".join(
        f"The {' '.join(chosen.choices(_WORDS, k=chosen.randint(1, 3)))} {chosen.choice(_VERBS)} "
        f"{' '.join(chosen.choices(_WORDS, k=chosen.randint(5, 11)))}."
        for _ in range(sentences)
    )


def ror(n: int) -> str:
    """Return the ROR id of the n-th organization."""
    digits, rest = "", n
    for _ in range(6):
        rest, digit = divmod(rest, len(_ROR_DIGITS))
        digits = _ROR_DIGITS[digit] + digits
    return f"https://ror.org/0{digits}{n % 97:02d}"


def organization(n: int, chosen: random.Random) -> Record:
    """Return a record of ROR's schema 2."""
    english, french, spanish = (form.format(place(n)) for form in _FORMS[n % len(_FORMS)])
    names = [{"lang": "en", "types": ["ror_display", "label"], "value": english},
             {"lang": "fr", "types": ["label"], "value": french}]  # fmt: skip
    if n % 3 == 0:
        names.append({"lang": "es", "types": ["label"], "value": spanish})
    return {
        "id": "none" if n % BAD == BAD - 1 else ror(n), "status": "active", "established": 1800 + n % 220,
        "types": [chosen.choice(["education", "nonprofit", "government", "healthcare"])], "names": names, "domains": [],
        "links": [{"type": "website", "value": f"https://{place(n).lower()}.example"}],
        "locations": [{"geonames_details": {"country_code": chosen.choice(list(COUNTRIES))}}],
        "external_ids": [{"all": [f"Q{n + 900_000_000}"], "preferred": None, "type": "wikidata"}] if n % 2 else [],
        "relationships": [{"type": "parent", "id": ror(n // 2)}] if n % 10 == 9 else [],
        "admin": {"created": {"date": "2020-01-01", "schema_version": "2.0"}},
    }  # fmt: skip


def good(n: int, chosen: random.Random) -> Record:
    """Return a record of the registry, in the form of its API since 2024-09."""
    goals = sorted(chosen.sample(range(1, 18), chosen.randint(1, 3)))
    name = f"Open{place(n)}"
    return {
        "id": str(10_000 + n), "name": "" if n % BAD == BAD - 1 else name, "dpgid": f"GID{n:07d}", "stage": "DPG",
        "sectors": [], "aliases": [f"{name} {chosen.choice(_WORDS).capitalize()}"],
        "categories": [chosen.choice(["Open Software", "Open Data", "Open Content"])],
        "description": prose(chosen, 3), "website": f"https://{name.lower()}.example/",
        "repositories": [{"name": "main", "url": f"https://github.com/{name.lower()}/{name.lower()}"}],
        "locations": {"developmentCountries": chosen.sample(list(COUNTRIES.values()), 2),
                      "deploymentCountries": chosen.sample(list(COUNTRIES.values()), chosen.randint(1, 4))},
        "sdgs": {"sdg": [f"SDG{goal}: {GOALS[goal - 1]}" for goal in goals],
                 "relevance": f"It serves SDG {goals[0]} and target {chosen.choice(TARGETS)}. {prose(chosen, 1)}"},
        "openlicenses": [{"openLicense": chosen.choice(LICENCES),
                          "openLicenseEvidenceURLs": f"https://{name.lower()}.example/licence"}],
        "clearOwnership": [{"clearOwnershipName": organization_name(chosen.randrange(n + 1)), "clearOwnershipURL": ""}],
    }  # fmt: skip


def post(n: int, chosen: random.Random) -> Record:
    """Return an item of a JSON feed."""
    named = organization_name(chosen.randrange(n + 1))
    joins = n % 20 == 0
    title = f"{named} joins the {ALLIANCE}" if joins else f"{prose(chosen, 1)[:-1]}"
    about = f"{named} works with Open{place(chosen.randrange(n + 1))}" + (" towards SDG 13" if n % 3 == 0 else "")
    item: Record = {
        "id": f"https://posts.example/{n}", "url": f"https://posts.example/{n}", "title": title,
        "content_text": f"{prose(chosen, 3)} {about}. {prose(chosen, 2)}",
        "date_published": f"{date(2016, 1, 1) + timedelta(days=n % 3600)}T08:00:00Z",
        "authors": [{"name": f"{place(n % 700)} {place(n % 900)}"}], "tags": chosen.sample(_WORDS, 3),
        "language": "en",
    }  # fmt: skip
    if n % BAD == BAD - 1:
        del item["title"], item["content_text"]
    return item


def membership(n: int, chosen: random.Random) -> list[str]:
    """Return a row of a table of memberships."""
    start = date(2015, 1, 1) + timedelta(days=chosen.randrange(3600))
    end = start + timedelta(days=chosen.randrange(30, 900)) if n % 4 == 0 else None
    return [
        "" if n % BAD == BAD - 1 else organization_name(n), ALLIANCE if n % 2 else f"{place(n % 40)} Alliance", "",
        start.isoformat(), end.isoformat() if end else "", "" if end else "yes", f"https://{place(n).lower()}.example",
        f"https://members.example/{n}", prose(chosen, 1),
    ]  # fmt: skip


def _chosen(kind: str, numbers: range) -> random.Random:
    return random.Random(f"{kind} {numbers.start}")


def _array(
    kind: str, make: Callable[[int, random.Random], Record], head: str, tail: str
) -> Callable[[IO[str], range], None]:
    def write(out: IO[str], numbers: range) -> None:
        chosen = _chosen(kind, numbers)
        out.write(head)
        for n in numbers:
            out.write((",\n" if n > numbers.start else "") + json.dumps(make(n, chosen), ensure_ascii=False))
        out.write(tail)

    return write


def _table(out: IO[str], numbers: range) -> None:
    chosen = _chosen("memberships", numbers)
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["member", "organization", "role", "start", "end", "current", "homepage", "source_url", "quote"])
    rows.writerows(membership(n, chosen) for n in numbers)


_FEED = '{"version": "https://jsonfeed.org/version/1.1", "title": "Posts", "items": ['
KINDS = {
    "organizations": Kind("organizations", "ror-{:03d}.json", _array("organizations", organization, "[", "]")),
    "goods": Kind("registry", "dpgs-api-v2_2024-12-09_{:03d}.json", _array("goods", good, "[", "]")),
    "posts": Kind("posts", "feed-{:03d}.json", _array("posts", post, _FEED, "]}")),
    "memberships": Kind("memberships", "members-{:03d}.csv", _table),
}


def main() -> None:
    """Write the sources."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest.generator", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--triples", type=int, default=1_000_000)
    arguments = parser.parse_args()
    print(write(arguments.folder, arguments.triples))


if __name__ == "__main__":
    main()
