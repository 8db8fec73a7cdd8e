"""Every error that this project raises on purpose.

::

    CommonsError                exit  what happened
    ├── UsageError                 2  the command, a setting or a sources file asks for what does not exist
    ├── InputError                 3  a file or payload cannot be read; carries path, line and column
    │   └── StrictError            3  ``--strict``: a source has rejects or quarantined records
    └── OperationError             4  the machine, the store or the network is in the way
        ├── FetchError             4  a URL could not be fetched (and why; private addresses are refused here)
        ├── HomeLockedError        4  another process is writing this home
        ├── EngineMismatchError    4  two SHACL engines disagree, so that neither can be trusted
        └── StoreError             4  a store cannot be opened, read or written
            └── DiskFullError      4  no space left while writing

A negative answer that is no error (``validate`` on data that does not conform) exits with 1.
"""

from __future__ import annotations


class CommonsError(Exception):
    """Root of the tree: ``str()`` says what is wrong and where, ``hint`` how to mend it."""

    exit_code = 4

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(CommonsError):
    """The command line, a setting or a sources file asks for what does not exist."""

    exit_code = 2


class InputError(CommonsError):
    """A file or payload cannot be read as what it should be.

    ``line`` and ``column`` count from 1; ``excerpt`` is the offending line, shown with a caret.
    """

    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        path: str | None = None,
        line: int | None = None,
        column: int | None = None,
        excerpt: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.message, self.path, self.line, self.column, self.excerpt = message, path, line, column, excerpt

    def __str__(self) -> str:
        """Give ``path:line:column: message`` and, where the line is known, the line with a caret under the column."""
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)
        text = f"{place}: {self.message}" if place else self.message
        if self.excerpt is not None and self.column is not None:
            text += f"\n  {self.excerpt}\n  {' ' * (self.column - 1)}^"
        return text


class StrictError(InputError):
    """A source has rejects or quarantined records and ``--strict`` was asked for."""


class OperationError(CommonsError):
    """The machine, the store or the network is in the way."""


class FetchError(OperationError):
    """A URL could not be fetched."""


class HomeLockedError(OperationError):
    """Another process is writing this home."""


class StoreError(OperationError):
    """A store cannot be opened, read or written."""


class EngineMismatchError(OperationError):
    """Two SHACL engines give different results for the same data and shapes."""


class DiskFullError(StoreError):
    """No space is left on the device."""
