"""Swiss Timing (SRO: GT World Challenge Europe, 24 Hours of Spa): two pages of a public cache, asked for in turn.

`SRO_<season>_TIMING_<unit>_JSON` has a row a car (laps, total time, the lap it is on), `..._COMP_DETAIL_...` who
they are, who drives, who is in the lane, and race control's messages. Which unit runs is found from the season on.
The keys are described by ahmetfarukyilmaz/wec-stint-watcher (feed-schema-swiss); times are local to the circuit.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator
from typing import Any

from langstrecke.errors import LangstreckeError
from langstrecke.live.messages import FeedEntry, FlagName
from langstrecke.live.sources.board import BoardRow
from langstrecke.live.sources.board_race import BoardRace, race_words
from langstrecke.live.sources.car_numbers import clean
from langstrecke.live.sources.ledger import Ledger
from langstrecke.live.sources.service_feed import NothingRunsError
from langstrecke.live.sources.services import LiveSeries, Service
from langstrecke.live.sources.web_json import WebJson, changed
from langstrecke.timing.readers.times import parse_duration

TRACK_FLAGS: dict[int, FlagName] = {1: "green"}
"""`TrackFlag`: the one value seen. Another one is told to the user, not guessed."""
STOPPED = 4
"""`Status` of a car that stands or has retired; 2 runs."""
RACE, RUNS = 0, 1
"""`Type` of a unit that is a race, and `State` of one that runs (2 is over)."""
OLD_PAGES = 3
"""So many pages in a row older than the newest are believed: the cache has been set up anew (default)."""


class SwissReader:
    """Tells a race what the two pages say. `take` may see a page twice, and an old one after a newer one."""

    def __init__(self, race: BoardRace) -> None:
        self.race = race
        self._who: dict[str, dict[str, Any]] = {}
        self._classes: dict[str, str] = {}
        self._start: dt.datetime | None = None
        self._sectors: dict[tuple[str, int], list[float | None]] = {}
        self._said: list[dict[str, Any]] = []
        self._uids: dict[str, tuple[int, int]] = {}

    def take(self, detail: Any, timing: Any) -> bool:
        """Both pages. Whether anything could be read: False where the race has no row."""
        if self._is_new("detail", detail):
            self._details(_full(detail))
        if not self._is_new("timing", timing):
            return True
        page = _full(timing)
        info = page.get("UntInfo") if isinstance(page.get("UntInfo"), dict) else {}
        assert isinstance(info, dict)
        self._clock(info)
        over = info.get("ChequeredFlag") is True
        results = page.get("Results")
        listed = list(results.values()) if isinstance(results, dict) else []
        out: set[str] = set()
        rows = [row for result in listed if (row := self._row(result, out)) is not None]
        rows.sort(key=lambda pair: pair[0])
        for result in listed:
            self._enter(result)
        self.race.look([row for _, row in rows], self._flag(info, over=over))
        self._control()
        self.race.settle(over=over, out=frozenset(out))
        return bool(rows) or not listed

    def _is_new(self, name: str, page: Any) -> bool:
        """Whether a page is not older than the newest of its kind. `uid` counts them."""
        uid = page.get("uid") if isinstance(page, dict) else None
        if not isinstance(uid, int):
            return True
        newest, old = self._uids.get(name, (uid, 0))
        if uid < newest and old + 1 < OLD_PAGES:
            self._uids[name] = (newest, old + 1)
            return False
        self._uids[name] = (uid, 0)
        return True

    def _details(self, page: dict[str, Any]) -> None:
        for key, row in _dict(page.get("Classes")).items():
            self._classes[key] = str(row.get("Name") or row.get("ShortName") or "")
        for key, row in _dict(page.get("Competitors")).items():
            self._who[key] = row
        said = page.get("Messages")
        self._said = [row for row in said if isinstance(row, dict)] if isinstance(said, list) else []

    def _enter(self, result: Any) -> None:
        """The crew of a car that takes part: the list of competitors has safety cars and course cars too."""
        who = self._who.get(str(result.get("CompetitorId"))) if isinstance(result, dict) else None
        car = clean(who.get("Bib") or "") if who is not None else ""
        if who is not None and car:
            drivers = tuple(filter(None, map(_name, _dict(who.get("Drivers")).values())))
            car_class = self._classes.get(str(who.get("ClassId")), "")
            team = str(who.get("TeamName") or "")[:200]
            self.race.ledger.enter(FeedEntry(car=car, car_class=car_class, team=team, drivers=drivers))

    def _clock(self, info: dict[str, Any]) -> None:
        start = _moment(info.get("StartRealTime"))
        if start is not None:
            self._start, self.race.ledger.start_clock = start, start.time()
        left = parse_duration(str(info.get("RemainingTime") or ""))
        if left is not None and self.race.ledger.duration_s is not None:
            self.race.tell_clock(self.race.ledger.duration_s - left)

    def _flag(self, info: dict[str, Any], *, over: bool) -> FlagName | None:
        if over:
            return "finish"
        shown = info.get("TrackFlag")
        if isinstance(shown, int) and shown in TRACK_FLAGS:
            self.race.note = ""
            return TRACK_FLAGS[shown]
        self.race.note = f"the service shows the track flag {str(shown)[:20]!r}, which is not known: no flag is told"
        return None

    def _row(self, result: Any, out: set[str]) -> tuple[int, BoardRow] | None:
        main = result.get("MainResult") if isinstance(result, dict) else None
        who = self._who.get(str(result.get("CompetitorId"))) if isinstance(result, dict) else None
        laps = main.get("TotalLapCount") if isinstance(main, dict) else None
        if not isinstance(main, dict) or who is None or not isinstance(laps, int) or laps < 0:
            return None
        car = str(who.get("Bib") or "")
        if main.get("Status") == STOPPED:
            out.add(car)
        lap = main.get("LastLap") if isinstance(main.get("LastLap"), dict) else {}
        assert isinstance(lap, dict)
        number, last = lap.get("LapNumber"), _seconds(lap.get("Time"))
        if isinstance(number, int):
            self._remember(car, number, lap.get("Intermediates"))
        last = last if number == laps else None
        total = _seconds(main.get("TotalTime"))
        drivers = _dict(who.get("Drivers"))
        return int(main.get("Rank") or 10_000), BoardRow(
            car=car,
            laps=laps,
            car_class=self._classes.get(str(who.get("ClassId")), ""),
            driver=_name(drivers.get(str(who.get("CurrentDriverId")), {})) or None,
            team=str(who.get("TeamName") or "")[:200] or None,
            vehicle=str(who.get("ManufacturerName") or who.get("CarTypeName") or "")[:200] or None,
            last_lap_s=last,
            sectors=self._sectors_of(car, laps, last, total),
            in_pit=who.get("InPitLane") is True,
            total_s=total if laps else None,
        )

    def _remember(self, car: str, lap: int, parts: Any) -> None:
        shown = [_seconds(part.get("Time")) if isinstance(part, dict) else None for part in (parts or ())[:3]]
        known = self._sectors.setdefault((car, lap), [None, None, None])
        for k, value in enumerate(shown):
            known[k] = value if value is not None else known[k]
        self._sectors.pop((car, lap - 3), None)

    def _sectors_of(
        self, car: str, lap: int, last: float | None, total: float | None
    ) -> tuple[float | None, float | None, float | None]:
        """The lap's sectors as they were shown; the last is what remains once the page shows the next lap."""
        first, second, third = self._sectors.get((car, lap), (None, None, None))
        before = self.race.ledger.row(car, lap - 1)
        whole = last
        if whole is None and total is not None and before is not None:
            whole = total - before["elapsed_s"]
        if third is None and whole is not None and first is not None and second is not None:
            rest = round(whole - first - second, 3)
            third = rest if rest > 0.0 else None
        return first, second, third

    def _control(self) -> None:
        """What race control said, once it is known when the race began; the page has the newest first."""
        if self._start is None:
            return
        for row in reversed(self._said):
            at, text = _moment(row.get("Time")), str(row.get("Text") or "")
            if at is not None and text and at >= self._start:
                self.race.ledger.control((at - self._start).total_seconds(), text)


class SwissLink:
    """One unit of an SRO meeting. `sid` names it (its GUID); without it, it is the series' race that runs now."""

    def __init__(
        self,
        name: str,
        series: LiveSeries,
        service: Service,
        *,
        sid: str | None = None,
        ledger: Ledger | None = None,
        card: str | None = None,
    ) -> None:
        self._name, self._series, self._service, self._sid = name, series, service, sid
        self.told = BoardRace(f"{name}-live", slack_s=service.poll_s + 4.0, ledger=ledger, card=card)
        self._reader = SwissReader(self.told)

    async def updates(self) -> AsyncIterator[float]:
        """Race time after every round of both pages, for ever; the service's errors."""
        web = WebJson(self._service)
        try:
            season, unit = await self._unit(web)
            while True:
                where = {"season": season, "unit": unit.upper()}
                pages = [await _get(self._service, web, page, **where) for page in ("detail", "timing")]
                if not self._reader.take(*pages):
                    raise changed(self._service, "swiss", "no row of the table could be read", json.dumps(pages[1]))
                yield self.told.clock_s
                await asyncio.sleep(self._service.poll_s)
        finally:
            web.close()

    async def _unit(self, web: WebJson) -> tuple[str, str]:
        """Season and unit to follow. NothingRunsError names what runs."""
        season, schedule = await _schedule(self._service, web)
        units = _dict(schedule.get("Units"))
        found = self._chosen(schedule, units)
        about = units[found]
        self.told.begin(race_words(self._name, season, about.get("Name"), found[:8]))
        begin, end = _moment(about.get("BeginTime")), _moment(about.get("EndTime"))
        length = parse_duration(str(about.get("Duration") or ""))
        if length is None and begin is not None and end is not None:
            length = (end - begin).total_seconds()
        self.told.ledger.duration_s = length or self._series.length_s
        return season, found

    def _chosen(self, schedule: dict[str, Any], units: dict[str, dict[str, Any]]) -> str:
        if self._sid is not None:
            wanted = next((key for key in units if key.upper().startswith(self._sid.upper())), None)
            if wanted is None:
                raise LangstreckeError(f"the meeting has no session {self._sid}", key="--session")
            return wanted
        runs = _running(schedule)
        ours = [
            key
            for key, of in runs.items()
            if units[key].get("Type") == RACE and str(self._series.id).lower() in of.lower()
        ]
        if not ours:
            what = ", ".join(f"{of}: {units[key].get('Name')}" for key, of in runs.items()) or "nothing"
            raise NothingRunsError(
                f"no race of {self._name} runs now at {self._service.owner}; what runs: {what}",
            )
        return max(ours, key=lambda key: units[key].get("State") == RUNS)


async def _get(service: Service, web: WebJson, name: str, **values: object) -> Any:
    """A page with something in it."""
    path = service.path(name, **values)
    page = await web.get(path)
    if not _full(page):
        raise changed(service, "swiss", f"{path} has no content as it used to", json.dumps(page))
    return page


async def _schedule(service: Service, web: WebJson) -> tuple[str, dict[str, Any]]:
    """The season, and the schedule of the meeting that is shown. ServiceError where a page is not as it was."""

    async def key(name: str, key: str, **values: object) -> str:
        page = _full(await _get(service, web, name, **values))
        if not page.get(key):
            raise changed(service, "swiss", f"the page of the {name} has no {key}", json.dumps(page))
        return str(page[key])

    season = await key("seasons", "CurrentSeason")
    meeting = await key("season", "PresentationMeetingId", season=season)
    schedule = _full(await _get(service, web, "schedule", season=season, meeting=meeting.upper()))
    if not _dict(schedule.get("Units")):
        raise changed(service, "swiss", "the meeting lists no sessions", json.dumps(schedule))
    return season, schedule


def _running(schedule: dict[str, Any]) -> dict[str, str]:
    """The units that run or are shown, and of which series they are."""
    series = _dict(schedule.get("Series"))
    names = {
        key: str(series.get(str(row.get("SerieId")), row).get("Name") or row.get("Name") or "")
        for key, row in _dict(schedule.get("Competitions")).items()
    }
    shown = str(schedule.get("PresentationRoundId") or "")
    return {
        key: names.get(str(unit.get("CompetitionId")), "")
        for key, unit in _dict(schedule.get("Units")).items()
        if unit.get("State") == RUNS or key == shown
    }


async def running_units(service: Service, web: WebJson) -> list[tuple[str, str]]:
    """(series, session) of what runs now, in words."""
    _, schedule = await _schedule(service, web)
    units = _dict(schedule.get("Units"))
    return [(of, f"{of}: {units[key].get('Name')}") for key, of in _running(schedule).items()]


def _full(page: Any) -> dict[str, Any]:
    """What a page holds: {"uid", "hash", "content": {"full": {...}}}; nothing where it is another."""
    content = page.get("content") if isinstance(page, dict) else None
    full = content.get("full") if isinstance(content, dict) else None
    return full if isinstance(full, dict) else {}


def _dict(value: Any) -> dict[str, dict[str, Any]]:
    return {str(key): row for key, row in value.items() if isinstance(row, dict)} if isinstance(value, dict) else {}


def _name(driver: dict[str, Any]) -> str:
    return " ".join(f"{driver.get('FirstName') or ''} {driver.get('LastName') or ''}".split())[:200]


def _seconds(text: Any) -> float | None:
    found = parse_duration(text) if isinstance(text, str) else None
    return found if found is not None and found > 0.0 else None


def _moment(text: Any) -> dt.datetime | None:
    """A local time such as `27.06.2026 16:28:34.826`."""
    for form in ("%d.%m.%Y %H:%M:%S.%f", "%d.%m.%Y %H:%M:%S"):
        try:
            return dt.datetime.strptime(str(text), form)
        except ValueError:
            continue
    return None
