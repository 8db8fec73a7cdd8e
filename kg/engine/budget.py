"""How much of the workers' time each client has had: seconds within a window that moves along.

The window is kept in a dozen slots, so a client is forgiven slot by slot; the clients remembered are bounded.
"""

from __future__ import annotations

from collections import OrderedDict

SLOTS = 12
REMEMBERED = 10_000
"""Clients; those that have asked longest ago are forgotten first."""


class Budget:
    """``seconds`` within each ``window`` seconds for every client; 0 seconds: without a bound."""

    def __init__(self, seconds: float, window: float) -> None:
        self.seconds, self.window = seconds, window
        self._spent: OrderedDict[str, dict[int, float]] = OrderedDict()

    def spend(self, client: str | None, seconds: float, now: float) -> None:
        """Write down what a client has used; None is nobody in particular, who is never charged."""
        if client is None or self.seconds <= 0:
            return
        slots = self._recent(client, now)
        slot = int(now / self.window * SLOTS)
        slots[slot] = slots.get(slot, 0.0) + seconds
        self._spent[client] = slots
        self._spent.move_to_end(client)
        if len(self._spent) > REMEMBERED:
            self._spent.popitem(last=False)

    def wait(self, client: str | None, now: float, running: float = 0.0) -> float:
        """Return the seconds until the client may ask again, 0 where it may now.

        ``running`` are the seconds that its queries have run which are not at their end.

        >>> budget = Budget(10, 60)
        >>> budget.spend("192.0.2.1", 12, now=1000)
        >>> budget.wait("192.0.2.1", now=1001) > 50, budget.wait("192.0.2.2", now=1001)
        (True, 0.0)
        """
        if client is None or self.seconds <= 0:
            return 0.0
        slots = self._recent(client, now)
        used = running + sum(slots.values())
        if used < self.seconds:
            return 0.0
        for slot in sorted(slots):
            used -= slots[slot]
            if used < self.seconds:
                return max((slot + SLOTS + 1) * self.window / SLOTS - now, 1.0)
        return self.window / SLOTS

    def _recent(self, client: str, now: float) -> dict[int, float]:
        oldest = int(now / self.window * SLOTS) - SLOTS
        return {slot: spent for slot, spent in self._spent.get(client, {}).items() if slot >= oldest}
