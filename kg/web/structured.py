"""A thing in the terms of schema.org, for search engines: the JSON-LD block of its page.

https://schema.org/docs/gs.html: the one vocabulary that they read, so this is a plain rendering of what the page shows;
the whole of what is known is in the other representations.
"""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from kg.namespaces import CC, COMMONS, DCTERMS, ORG, SCHEMA, SDGO, SKOS
from kg.web.site import Site
from kg.web.things import Entity

TYPES: tuple[tuple[str, str], ...] = (
    (SCHEMA.BlogPosting, "BlogPosting"), (SCHEMA.SoftwareApplication, "SoftwareApplication"),
    (SCHEMA.Dataset, "Dataset"), (COMMONS.DigitalPublicGood, "CreativeWork"), (CC.License, "CreativeWork"),
    (ORG.Organization, "Organization"), (SCHEMA.Person, "Person"), (SCHEMA.Country, "Country"),
    (SCHEMA.Project, "Project"), (SDGO.Goal, "DefinedTerm"), (SDGO.Target, "DefinedTerm"),
    (SDGO.Indicator, "DefinedTerm"), (SKOS.Concept, "DefinedTerm"),
)  # fmt: skip
"""Class -> what schema.org calls it, the first that fits."""

_LITERALS = (
    ("alternateName", SKOS.altLabel), ("alternateName", SCHEMA.alternateName), ("headline", SCHEMA.headline),
    ("datePublished", SCHEMA.datePublished), ("dateModified", SCHEMA.dateModified), ("keywords", SCHEMA.keywords),
    ("inLanguage", SCHEMA.inLanguage), ("version", DCTERMS.hasVersion), ("foundingDate", SCHEMA.foundingDate),
    ("termCode", SKOS.notation), ("url", SCHEMA.url), ("sameAs", SCHEMA.sameAs), ("sameAs", SKOS.exactMatch),
    ("license", SCHEMA.license), ("identifier", COMMONS.dpgid), ("codeRepository", SCHEMA.codeRepository),
)  # fmt: skip

_THINGS = (("author", SCHEMA.author, "Person"), ("publisher", SCHEMA.publisher, "Organization"),
           ("copyrightHolder", COMMONS.owner, "Organization"),
           ("countryOfOrigin", COMMONS.developedIn, "Country"))  # fmt: skip

MOST = 12
"""Values of a property."""


def data(site: Site, entity: Entity) -> Markup:
    """Return the JSON-LD, safe inside ``<script type="application/ld+json">``."""
    kind = next((name for cls, name in TYPES if str(cls) in entity.types), "Thing")
    found: dict[str, Any] = {"@context": "https://schema.org", "@type": kind, "@id": entity.iri, "name": entity.title}
    if entity.lead is not None:
        found["description"] = entity.lead.text
    for name, term in _LITERALS:
        values = [v for v in entity.values(term) if name != "url" or v.startswith("http")]
        if values:
            found.setdefault(name, []).extend(v for v in values if v not in found.get(name, []))
    facts = {fact.term: fact for fact in entity.facts}
    for name, term, cls in _THINGS:
        if str(term) in facts:
            found[name] = [{"@type": cls, "name": v.text} for v in facts[str(term)].values]
    plain = {k: (v[:MOST] if len(v) > 1 else v[0]) if isinstance(v, list) else v for k, v in found.items()}
    return Markup(json.dumps(plain, ensure_ascii=False).replace("<", "\\u003c"))
