"""The odds of one followed race: when to read them again, what is kept of them."""

from __future__ import annotations

from langstrecke.live.feed_state import FeedState
from langstrecke.live.table import TimingTable, timing_table
from langstrecke.racecard import RaceCard
from langstrecke.services.settings import Settings
from langstrecke.web.following.files import HubFiles, Kept
from langstrecke.web.following.models import OddsPoint
from langstrecke.web.following.odds_job import kept as kept_points
from langstrecke.web.following.odds_job import read_odds, with_moves
from langstrecke.web.jobs import Jobs

POINTS_OF_A_RACE = 300
"""Points the history has of a race of the scheduled length (default)."""
BRIDGED_S = 1800.0
"""Readings further apart than this in race time say nothing of what lies between them (default)."""
USUAL_S = 21_600.0
"""Taken for the length of a race that does not tell its own."""


class HubOdds:
    """The odds over race time. The newest point is always the newest reading; older ones are thinned out."""

    def __init__(self, settings: Settings, jobs: Jobs, race: str) -> None:
        self.points: tuple[OddsPoint, ...] = ()
        self.note = "the odds are being read (the first time on a machine this takes minutes)"
        """What they rest on, or why there are none."""
        self.seq = 0
        """The newest message the newest odds know."""
        self._settings = settings
        self._jobs = jobs
        self._race = race
        self._table: TimingTable | None = None
        self._sought = False

    def restore(self, kept: Kept, points: list[OddsPoint]) -> None:
        """Go on with what was kept."""
        newest = [kept.odds] if kept.odds is not None else []
        self.points = tuple(p for p in points if not newest or p.race_s < newest[0].race_s) + tuple(newest)
        self.note, self.seq = kept.odds_note or self.note, kept.odds_seq

    def begin(self, state: FeedState, card: RaceCard | None) -> None:
        """What happens from here on, or has happened since odds that were restored, may move the odds."""
        at_s = self.points[-1].race_s if self.points else None
        self._table = timing_table(state, card, at_s) if state.cars else None

    def rewind(self, race_s: float) -> None:
        """Back to an earlier race time."""
        self.points = tuple(p for p in self.points if p.race_s < race_s)
        self.seq = 0
        self.sought()

    def sought(self) -> None:
        """The race goes on somewhere else: what was read before is of another time."""
        self._sought = True

    def old(self, race_s: float) -> bool:
        """Whether the newest odds are of another time than `race_s`."""
        return bool(self.points) and (self._sought or race_s - self.points[-1].race_s > BRIDGED_S)

    def due(self, state: FeedState) -> bool:
        """Whether there is anything new to read the odds from."""
        return state.last_seq > self.seq and bool(state.cars) and not state.finished

    async def read(self, state: FeedState, card: RaceCard | None, files: HubFiles) -> bool:
        """Read them from the laps of now, in a process of their own; False where there is no lap yet.

        LangstreckeError where they cannot be read.
        """
        laps = state.laps()
        if laps.is_empty():
            return False
        seq, race_s, table = state.last_seq, state.race_s, timing_table(state, card)
        named = state.hello.card if state.hello is not None else None
        asked = (self._settings, self._race, named, laps, race_s)
        sought, self._sought = self._sought, False
        try:
            point, self.note = await self._jobs.call("odds", read_odds, *asked, lane="odds", quiet=True)
        except BaseException:
            self._sought = self._sought or sought
            raise
        last = self.points[-1] if self.points else None
        if last is not None and (sought or point.race_s - last.race_s > BRIDGED_S):
            point = point.model_copy(update={"apart": True})
        point = with_moves(point, last, self._table, table)
        before = self.points
        self.points = kept_points(before, point, (table.duration_s or USUAL_S) / POINTS_OF_A_RACE)
        if before and len(self.points) > 1 and self.points[-2] is before[-1]:
            files.add_odds(before[-1])  # newer ones no longer take its place
        self.seq, self._table = seq, table
        return True
