"""Pages of things of a kind: what people come for, above the facts that every thing has.

A kind is a module here with ``TEMPLATE`` and ``gather``, and its queries in ``kg/queries/pages/kinds``; ``KINDS`` says
which things it is for. ``gather`` asks what the facts do not tell and returns what the template shows beside them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from kg.engine.pool import VersionRef
from kg.namespaces import CC, COMMONS, ORG, SCHEMA, SDGO
from kg.web.kinds import country, good, licence, membership, organization, post, sdg
from kg.web.site import Site
from kg.web.things import Entity

Gather = Callable[[Site, Request, Entity, VersionRef], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Kind:
    """The page of a kind."""

    template: str
    gather: Gather


KINDS: tuple[tuple[str, Kind], ...] = tuple(
    (str(cls), Kind(module.TEMPLATE, module.gather))
    for cls, module in (
        (ORG.Membership, membership),
        (ORG.Organization, organization),
        (COMMONS.DigitalPublicGood, good),
        (CC.License, licence),
        (SDGO.Goal, sdg),
        (SDGO.Target, sdg),
        (SDGO.Indicator, sdg),
        (SCHEMA.Country, country),
        (SCHEMA.BlogPosting, post),
    )
)
"""Class -> page, the first that fits."""


def of(entity: Entity) -> Kind | None:
    """Return the kind that a thing is shown as, None for one that has its facts alone."""
    return next((kind for cls, kind in KINDS if cls in entity.types), None)
