"""Memberships: dated states of a member list, as JSON lines or HTML pages, and tables.

**JSON lines** (``.jsonl``, ``.ndjson``, ``.json``): one state per line, an object with ``date`` (ISO date or time),
``commit`` (optional), ``members`` and ``board`` (a sentence as it stands on the page, a list of names, or null).

**HTML** (``.html``, ``.htm``): a page of the alliance, one state; its date and revision from the file's name
(``2024-03-04_91ce9021e.html``), else from the option ``date``, else from when it was retrieved.

**Tables** (``.csv``)::

    member [organization role start end current homepage source_url quote]

``start`` and ``end`` are YYYY-MM-DD, ``current`` yes or no, ``role`` empty for a plain member; several rows with the same
member, organization, role and start are one membership with several pieces of evidence (``source_url`` and ``quote``).
"""
