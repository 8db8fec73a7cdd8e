"""The typed records that loaders read and that ``kg.mapping`` turns into quads.

A record says what a source says, cleaned but not interpreted: organizations, licences and countries are named by the
strings the source uses, and ``kg.linking`` finds out which thing is meant. Dates are ``date``/``datetime`` (aware),
languages BCP 47 tags, codes upper case. Every record knows where in its source it stood.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

LinkStatus = Literal["claimed", "stated", "inferred"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something stood in a source: which payload, and the place in it."""

    payload: str
    """Name of the payload: its URL, or its path relative to the source's folder."""
    place: str = ""
    """What a person can find it by: ``item 12``, ``/dpgs/3``, a guid."""
    line: int | None = None
    """Line of the payload, from 1, where it is known."""

    def __str__(self) -> str:
        """Give ``payload:line (place)``."""
        text = self.payload if self.line is None else f"{self.payload}:{self.line}"
        return f"{text} ({self.place})" if self.place else text


@dataclass(frozen=True, slots=True)
class Text:
    """A string in a language; ``language`` is a valid BCP 47 tag or None."""

    value: str
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A piece of a source that is no record: never dropped, kept with the reason and how to mend it."""

    origin: Origin
    reason: str
    """What is wrong, as a person would say it; the same words for the same fault, so that rejects can be counted."""
    excerpt: str = ""
    """The offending text, shortened to some hundred characters."""
    hint: str = ""
    """How the publisher or the operator can mend it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What all records have. ``origins`` are all the source records merged into this one; they add up in the counts."""

    kind: ClassVar[str] = "record"
    origins: tuple[Origin, ...]

    @property
    def label(self) -> str:
        """What a person calls this record in a list of quarantined ones."""
        return str(self.origins[0]) if self.origins else self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Who says so: a page or file at a time, and the words."""

    url: str | None = None
    """The document's public address."""
    title: str | None = None
    date: datetime | date | None = None
    """When it said so: publication, or the date of the observed state."""
    revision: str | None = None
    """Commit or version of the document, where it has one."""
    quote: str | None = None
    """The words that say it, at most 300 characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRef:
    """A person or organization that is named as author."""

    name: str
    url: str | None = None
    is_organization: bool = False


TextProperty = Literal["headline", "articleBody", "description"]
"""The schema.org property of a text of a post."""


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a text: from code point ``start`` up to and without code point ``end``."""

    property: TextProperty
    start: int
    end: int
    words: str
    """What stands there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SDGClaim:
    """A goal or target that a record links to. ``code`` is ``13``, ``13.3`` or ``9.c`` (lower-case letter)."""

    code: str
    status: LinkStatus = "claimed"
    evidence: str | None = None
    """The words that say it, at most 300 characters around the mention."""
    score: float | None = None
    """Only for ``inferred``: 0..1."""
    spans: tuple[Span, ...] = ()
    """Where its words stand in the texts of the record, the first place first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A post's statement that ``member`` joins ``organization``."""

    member: str
    organization: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post(Record):
    """A post. ``url`` identifies it: its page's address, else a guid that names it (``urn:``, ``tag:``)."""

    kind: ClassVar[str] = "post"
    url: str
    title: Text | None = None
    published: datetime | date | None = None
    modified: datetime | date | None = None
    summary: Text | None = None
    text: Text | None = None
    """Clean text of the body: paragraphs parted by blank lines, no markup."""
    language: str | None = None
    authors: tuple[PersonRef, ...] = ()
    publisher: str | None = None
    publisher_url: str | None = None
    licences: tuple[str, ...] = ()
    """Licence URLs or names as the source states them."""
    categories: tuple[str, ...] = ()
    guids: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    """URLs of the feeds or pages in which it was met."""
    image: str | None = None
    links: tuple[str, ...] = ()
    """Absolute URLs that the body links to."""
    other_urls: tuple[str, ...] = ()
    """Other addresses of the same page: short link, former host, where a copy was met."""
    sdgs: tuple[SDGClaim, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    commitments: tuple[tuple[str, str | None], ...] = ()
    """Title and text of what those who join announce that they will do."""

    @property
    def label(self) -> str:
        """Title or URL."""
        return self.title.value if self.title else self.url


def texts(post: Post) -> Iterator[tuple[TextProperty, Text]]:
    """Yield the texts of a post in which things are looked for: title and body, or the summary where it has no body."""
    if post.title:
        yield "headline", post.title
    if post.text:
        yield "articleBody", post.text
    elif post.summary:
        yield "description", post.summary


@dataclass(frozen=True, slots=True)
class FormerName:
    """What an organization was called until it was renamed."""

    name: str
    until: str | None = None
    """The day, month or year of the renaming, as far as it is known: ``2025-01-01``, ``2025``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization(Record):
    """An organization as a registry or list describes it."""

    kind: ClassVar[str] = "organization"
    name: Text
    names: tuple[Text, ...] = ()
    """Other names and translations."""
    former_names: tuple[FormerName, ...] = ()
    acronyms: tuple[str, ...] = ()
    ror: str | None = None
    """Full ROR IRI, ``https://ror.org/...``."""
    wikidata: str | None = None
    """``Q...``."""
    identifiers: tuple[str, ...] = ()
    """Other identifier IRIs (GRID, ISNI, Crossref Funder ...)."""
    homepage: str | None = None
    country: str | None = None
    """Country name or ISO 3166 code, as stated."""
    types: tuple[str, ...] = ()
    description: Text | None = None
    founded: int | None = None
    """Year."""
    status: Literal["active", "inactive", "withdrawn"] | None = None
    successors: tuple[str, ...] = ()
    """ROR IRIs or names of what it was merged into or renamed to."""
    predecessors: tuple[str, ...] = ()
    """ROR IRIs or names of what was merged into it or renamed to it."""
    parents: tuple[str, ...] = ()
    """ROR IRIs or names."""
    children: tuple[str, ...] = ()
    """ROR IRIs or names."""
    related: tuple[str, ...] = ()
    """ROR IRIs or names."""
    source_url: str | None = None
    """A page that says so, where the record names one."""

    @property
    def label(self) -> str:
        """The name."""
        return self.name.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership(Record):
    """One uninterrupted membership of ``member`` in ``organization``.

    From dated states of a list: ``first_seen``/``last_seen`` are the dates of the first and last state that has the
    member, ``absent_before`` the last state before that has it not, ``gone_by`` the first state after that has it
    not; ``current`` says whether the newest state still has it. ``start``/``end`` are what is taken as the
    beginning (else ``first_seen``) and the end (else ``gone_by``).
    """

    kind: ClassVar[str] = "membership"
    member: str
    organization: str
    role: str | None = None
    """``member``, ``board member``, ...; None means plain member."""
    start: date | None = None
    end: date | None = None
    first_seen: date | None = None
    last_seen: date | None = None
    absent_before: date | None = None
    gone_by: date | None = None
    current: bool | None = None
    spellings: tuple[str, ...] = ()
    """All the ways the list writes the member."""
    member_homepage: str | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def label(self) -> str:
        """Who is in what, since when."""
        return f"{self.member} in {self.organization} since {self.start or self.first_seen or '?'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class License(Record):
    """A licence, public-domain tool or licence exception; ``iri`` is the canonical one (``kg.linking.licences``)."""

    kind: ClassVar[str] = "licence"
    iri: str
    titles: tuple[Text, ...] = ()
    spdx_id: str | None = None
    identifiers: tuple[str, ...] = ()
    """Other short names: ``CC BY 4.0``, ``by``, the Open Definition's or OSI's id."""
    version: str | None = None
    jurisdiction: str | None = None
    """ISO 3166-1 alpha-2 code lower-cased as in the IRI, or ``igo``, ``scotland``; None for unported/international."""
    is_exception: bool = False
    permits: tuple[str, ...] = ()
    """Local names in http://creativecommons.org/ns#: ``Reproduction``, ``Distribution`` ..."""
    requires: tuple[str, ...] = ()
    prohibits: tuple[str, ...] = ()
    deprecated: bool | None = None
    """The identifier is deprecated (SPDX)."""
    deprecated_on: date | None = None
    status: Literal["active", "deprecated", "retired", "superseded"] | None = None
    replaced_by: tuple[str, ...] = ()
    """Canonical licence IRIs."""
    source_licence: str | None = None
    """Canonical IRI of the licence this one is a port of or derived from."""
    od_conformance: str | None = None
    """``approved``, ``rejected``, ``not reviewed`` (Open Definition)."""
    osi_approved: bool | None = None
    fsf_libre: bool | None = None
    same_as: tuple[str, ...] = ()
    """Canonical IRIs of the same legal tool in other lists (SPDX against CC)."""
    urls: tuple[str, ...] = ()
    """Other addresses of the same licence: reference page, see-also, deed."""
    legalcodes: tuple[Text, ...] = ()
    """Addresses of the legal text, each with the language it is in."""
    creator: str | None = None

    @property
    def label(self) -> str:
        """SPDX id, first identifier, or IRI."""
        return self.spdx_id or (self.identifiers[0] if self.identifiers else self.iri)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitalPublicGood(Record):
    """A good of the registry; ``key`` is its dpgid, else a stable slug."""

    kind: ClassVar[str] = "good"
    key: str
    name: Text
    dpgid: str | None = None
    registry_ids: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    description: Text | None = None
    types: tuple[str, ...] = ()
    """``software``, ``data``, ``content``, ``standard``, ``ai-model`` (one spelling for all eras)."""
    website: str | None = None
    repositories: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    """Names as stated."""
    owner_homepages: tuple[tuple[str, str], ...] = ()
    """(owner as in ``owners``, homepage), where the source states one."""
    licences: tuple[str, ...] = ()
    """Licence ids, names or URLs as stated."""
    licence_urls: tuple[str, ...] = ()
    """Where the licence text is shown as evidence."""
    sdgs: tuple[SDGClaim, ...] = ()
    developed_in: tuple[str, ...] = ()
    """Country names as stated."""
    deployed_in: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    status: Literal["dpg", "nominee", "archived", "excluded", "candidate"] | None = None
    listed_on: tuple[date, ...] = ()
    """Dates of the snapshots in which it was listed."""
    source_urls: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name."""
        return self.name.value


@dataclass(frozen=True, slots=True, kw_only=True)
class SDGConcept(Record):
    """A goal, target or indicator of the UN's framework; ``iri`` is the UN's."""

    kind: ClassVar[str] = "sdg"
    iri: str | None
    """None for an indicator whose permanent code the UN's scheme does not tell: it gets an IRI of ours."""
    level: Literal["goal", "target", "indicator"]
    code: str
    """``13``, ``13.3``, ``13.3.1``."""
    notations: tuple[tuple[str, str], ...] = ()
    """(value, datatype local name in the UN ontology: SDGCode, SDGCodeCompact, SDGCodePerm)."""
    labels: tuple[Text, ...] = ()
    """One per language: the official title."""
    short_labels: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()
    alternative_titles: tuple[Text, ...] = ()
    """Titles in languages in which the UN scheme itself has the preferred one."""
    broader: tuple[str, ...] = ()
    """IRI of the goal of a target, of the targets of an indicator (some indicators serve several)."""
    colour: str | None = None
    """``#3f7e44``."""
    exact_matches: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    """Local names in the UN ontology: ``tier_I``; several where the tier depends on the component."""
    custodians: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """``SDG goal 13``."""
        return f"SDG {self.level} {self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Record):
    """A person in a public role."""

    kind: ClassVar[str] = "person"
    name: str
    role: str | None = None
    organization: str | None = None
    url: str | None = None
    source_url: str | None = None

    @property
    def label(self) -> str:
        """The name."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme(Record):
    """A programme, campaign or project of an organization."""

    kind: ClassVar[str] = "programme"
    name: Text
    organization: str
    description: Text | None = None
    url: str | None = None
    sdgs: tuple[SDGClaim, ...] = ()
    source_url: str | None = None

    @property
    def label(self) -> str:
        """The name."""
        return self.name.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment(Record):
    """What a member announced that it will do."""

    kind: ClassVar[str] = "commitment"
    member: str
    organization: str
    title: Text
    text: Text | None = None
    programme: str | None = None
    year: int | None = None
    sdgs: tuple[SDGClaim, ...] = ()
    source_url: str | None = None

    @property
    def label(self) -> str:
        """Who and what."""
        return f"{self.member}: {self.title.value}"
