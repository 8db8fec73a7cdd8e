"""On what was measured, in a line for each page."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime

_BEFORE = os.getloadavg()[0]
"""What other work kept busy when this process began."""


def machine() -> str:
    """Return when and on what was measured, and whether the machine was at rest before."""
    calm = 0.3 * (os.cpu_count() or 1) > _BEFORE
    state = "at rest" if calm else f"busy with other work (load {_BEFORE:.1f}), which disturbs the figures"
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} processors ({platform.machine()}, Python "
        f"{platform.python_version()}); the machine was {state}."
    )
