"""The command ``commons-kg``: thin, every command one call.

Data goes to standard output, progress and errors to standard error. Exit codes: 0 ok, 1 a negative answer, 2 usage,
3 bad input (with file:line:column), 4 store or network.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from typing import NoReturn

from kg import console
from kg.cli.application import app
from kg.errors import CommonsError, OperationError

__all__ = ["app", "main"]

for _commands in ("loading", "reading", "serving", "installation", "versions"):  # in this order they are listed
    importlib.import_module(f"kg.cli.{_commands}")


def main() -> NoReturn:
    """Run the command; every error of ours becomes a message and its exit code."""
    try:
        app()
    except CommonsError as error:
        console.show_error(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        console.show_error(OperationError(f"{error.filename or 'the machine'}: {error.strerror or error}"))
        sys.exit(4)
    except Exception:  # 1 says "no" to scripts, and this says nothing
        traceback.print_exc()
        sys.exit(4)
    sys.exit(0)
