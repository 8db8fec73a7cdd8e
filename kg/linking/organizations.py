"""Organization names to local names of the authority file."""

from __future__ import annotations

from functools import cache


class Authority:
    """The authority file, indexed."""

    def find(self, name: str, *, homepage: str | None = None, ror: str | None = None) -> str | None:
        """Return the local name (slug) of a known organization, None where no exact rule finds one."""
        raise NotImplementedError


@cache
def authority() -> Authority:
    """Return the authority file ``ontology/organizations.csv``, read once."""
    raise NotImplementedError


def local_name(name: str, *, ror: str | None = None) -> str:
    """Return the local name that an organization gets which no authority file knows."""
    raise NotImplementedError
