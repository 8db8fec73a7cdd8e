"""Made-up records in the forms of the real sources, and as untidy as these.

Some organizations share their name with another in another country; names are written in capitals, with a legal form,
with spaces too many; licences as people write them; a part of the posts is in French or Spanish, some are HTML, some
stand in the feed twice with another address; some goods are registered twice. One record in a thousand is malformed.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from benchmarks.names import place

BAD = 1_000
"""One record in so many is malformed."""
SAME_NAME, AGAIN = 40, 200
"""One organization in so many is called like another; one good or post in so many comes a second time."""

ALLIANCE = "Digital Public Goods Alliance"
LICENCES = (
    "MIT", "Apache-2.0", "GPL-3.0-only", "AGPL-3.0-or-later", "BSD-3-Clause", "MPL-2.0", "LGPL-3.0", "CC-BY-4.0",
    "CC-BY-SA-4.0", "CC0-1.0", "CC-BY-NC-4.0", "ODbL-1.0", "GPL v3", "Apache License, Version 2.0", "MIT License",
    "CC BY 4.0", "Creative Commons Attribution-ShareAlike 4.0", "BSD 3 clause", "Proprietary",
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
    "1.4", "2.4", "3.8", "4.4", "4.6", "5.5", "6.1", "7.2", "8.10", "9.1", "10.2", "11.6", "13.1", "13.3", "16.10",
)  # fmt: skip
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
_FRENCH = """
accès action agence agriculture air analyse archive budget citoyen ville climat code communauté données école énergie
forêt santé inondation logiciel libre public réseau recherche patient océan pauvreté eau village femme jeunesse
""".split()  # noqa: SIM905
_SPANISH = """
acceso acción agencia agricultura aire análisis archivo ciudadano ciudad clima código comunidad datos escuela energía
bosque salud inundación libre público red investigación paciente océano pobreza agua pueblo mujer juventud
""".split()  # noqa: SIM905
LANGUAGES = {
    "en": ("The", _WORDS, ("helps", "supports", "records", "shares", "maps", "connects", "measures", "protects")),
    "fr": ("Le", _FRENCH, ("aide", "soutient", "partage", "relie", "mesure", "protège")),
    "es": ("El", _SPANISH, ("ayuda", "apoya", "comparte", "conecta", "mide", "protege")),
}
"""Language -> an article, words that goals are inferred from or not, and verbs."""
_DIRTY = ("{}", "{}", "{}", "{}", "{}, Inc.", " {} ", "The {}", "{} Ltd", "{}\u00a0")
_ROR_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"

Record = dict[str, Any]


def organization_name(n: int) -> str:
    """Return what the n-th organization is called; one in ``SAME_NAME`` like one before it."""
    return _names(n)[0]


def _names(n: int) -> tuple[str, str, str]:
    called = n - len(_FORMS) if n % SAME_NAME == SAME_NAME - 1 else n
    english, french, spanish = (form.format(place(called)) for form in _FORMS[n % len(_FORMS)])
    return english, french, spanish


def spelt(name: str, chosen: random.Random) -> str:
    """Return a name as somebody writes it."""
    written = chosen.choice(_DIRTY).format(name)
    return written.upper() if chosen.random() < 0.03 else written


def prose(chosen: random.Random, sentences: int, language: str = "en") -> str:
    """Return sentences in a language."""
    article, words, verbs = LANGUAGES[language]
    return " ".join(
        f"{article} {' '.join(chosen.choices(words, k=chosen.randint(1, 3)))} {chosen.choice(verbs)} "
        f"{' '.join(chosen.choices(words, k=chosen.randint(5, 11)))}."
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
    english, french, spanish = _names(n)
    names: list[Record] = [{"lang": "en", "types": ["ror_display", "label"], "value": english},
             {"lang": "fr", "types": ["label"], "value": french}]  # fmt: skip
    if n % 3 == 0:
        names.append({"lang": "es", "types": ["label"], "value": spanish})
    if n % 7 == 0:
        acronym = "".join(word[0] for word in english.split() if word[0].isupper())
        names.append({"lang": None, "types": ["acronym"], "value": f"{acronym}{n % 90 + 10}"})
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
    name = f"Open{place(n - 1 if n % AGAIN == AGAIN - 1 else n)}"
    owner = spelt(organization_name(chosen.randrange(n + 1)), chosen)
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
        "clearOwnership": [{"clearOwnershipName": owner, "clearOwnershipURL": ""}],
    }  # fmt: skip


def post(n: int, chosen: random.Random) -> Record:
    """Return an item of a JSON feed."""
    again = n % AGAIN == AGAIN - 1
    number = n - 1 if again else n
    address = f"https://posts.example/{number}"
    language = "en" if number % 20 == 0 else chosen.choices(list(LANGUAGES), [7, 2, 1])[0]
    named = _names(chosen.randrange(n + 1))[list(LANGUAGES).index(language)]
    title = f"{named} joins the {ALLIANCE}" if number % 20 == 0 else prose(chosen, 1, language)[:-1]
    about = f"{named} works with Open{place(chosen.randrange(n + 1))}" + (" towards SDG 13" if n % 3 == 0 else "")
    paragraphs = [prose(chosen, 3, language), f"{about}.", prose(chosen, 2, language)]
    content = {"content_html": "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs).replace(" with ", " &amp; ")}
    item: Record = {
        "id": address, "url": f"{address}?utm_source=feed" if again else address, "title": title,
        **(content if n % 5 == 0 else {"content_text": " ".join(paragraphs)}),
        "date_published": f"{date(2016, 1, 1) + timedelta(days=number % 3600)}T08:00:00Z",
        "authors": [{"name": f"{place(number % 700)} {place(number % 900)}"}],
        "tags": chosen.sample(LANGUAGES[language][1], 3), "language": language,
    }  # fmt: skip
    if n % BAD == BAD - 1:
        item = {key: value for key, value in item.items() if key != "title" and not key.startswith("content")}
    return item


def membership(n: int, chosen: random.Random) -> list[str]:
    """Return a row of a table of memberships."""
    start = date(2015, 1, 1) + timedelta(days=chosen.randrange(3600))
    end = start + timedelta(days=chosen.randrange(30, 900)) if n % 4 == 0 else None
    return [
        "" if n % BAD == BAD - 1 else spelt(organization_name(n), chosen),
        ALLIANCE if n % 2 else f"{place(n % 40)} Alliance", "",
        start.isoformat(), end.isoformat() if end else "", "" if end else "yes", f"https://{place(n).lower()}.example",
        f"https://members.example/{n}", prose(chosen, 1),
    ]  # fmt: skip
