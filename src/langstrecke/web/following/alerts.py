"""The alerts of one followed race, for every car: a viewer picks those of the cars it watches."""

from __future__ import annotations

from collections import deque

from langstrecke.live.alerts import Alert, alerts
from langstrecke.live.table import TimingTable
from langstrecke.web.following.files import Kept
from langstrecke.web.following.models import OddsPoint

KEPT = 300
"""Alerts that are kept (default)."""
TOLD = 2000
"""Keys of alerts that are remembered, so that none is given twice (default)."""


class HubAlerts:
    """What has been told of a race."""

    def __init__(self) -> None:
        self.kept: deque[Alert] = deque(maxlen=KEPT)
        self.told: dict[str, None] = {}
        self._peaks: dict[str, float] = {}
        """The best chance of each car since it was last told to have fallen."""

    def restore(self, kept: Kept) -> None:
        """Go on with what was kept."""
        self.kept.extend(kept.alerts)
        self.told = dict.fromkeys(kept.told)

    def rewind(self, race_s: float) -> None:
        """Back to an earlier race time."""
        self.kept = deque((a for a in self.kept if a.race_s < race_s), maxlen=KEPT)
        self.told, self._peaks = {a.key: None for a in self.kept}, {}

    def look(self, before: TimingTable | None, now: TimingTable, odds: OddsPoint | None) -> list[Alert]:
        """What is new between two tables."""
        fresh: list[Alert] = []
        wins = {c.car: c.win for c in odds.cars} if odds is not None else {}
        for car, win in wins.items():
            self._peaks[car] = max(win, self._peaks.get(car, 0.0))
        everybody = {row.car for row in now.rows}
        for alert in alerts(before, now, watched=everybody, told=self.told, odds_before=self._peaks, odds_now=wins):
            fresh.append(alert)
            self.kept.append(alert)
            self.told[alert.key] = None
            if alert.kind == "odds":
                self._peaks[alert.car] = wins[alert.car]
        while len(self.told) > TOLD:
            del self.told[next(iter(self.told))]
        return fresh
