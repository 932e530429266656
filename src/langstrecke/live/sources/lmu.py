"""Le Mans Ultimate's own REST service, on the machine the game runs on, as a feed.

    feed = LmuFeed("http://localhost:6397")
    async for message in feed.messages():
        ...

The game answers two pages: `/rest/watch/sessionInfo` (session, clock, phase, weather) and `/rest/watch/standings` (a
row a car). They are read once a second. Names of fields and their values are those of programs that read them, August
2025 to 2026; this module has never met the game itself (docs/sim-racing.md). Only races are told: practice and
qualifying are waited through. Needs the extra `fetch`.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import AsyncIterator
from typing import Any

from langstrecke.errors import LangstreckeError
from langstrecke.live.messages import DataMessage, FlagName, HeartbeatMessage, HelloMessage
from langstrecke.live.sources.board import Board, BoardRow
from langstrecke.live.sources.ledger import Ledger

ADDRESS = "http://localhost:6397"
"""The game's own port; it is the user's to change (`lmu://HOST:PORT`)."""
SESSION = "/rest/watch/sessionInfo"
STANDINGS = "/rest/watch/standings"
POLL_S = 1.0
"""Seconds between two looks (default)."""
TIMEOUT_S = 5.0
LARGEST_PAGE = 8 * 1024 * 1024
SLACK_S = 3.0
"""How late a look may be against the lap times it shows (default)."""
AFTER_FLAG_S = 600.0
"""Cars that have not come round ten minutes after the flag are not waited for (default)."""
PHASES: dict[int, FlagName] = {5: "green", 6: "fcy", 7: "red", 8: "finish"}
"""`gamePhase` of a session (rFactor 2's plugin interface): green, full-course yellow, stopped, over. Whether a safety
car leads a neutralised field is not told.
"""
BEFORE = (0, 1, 2, 3, 4)
"""Phases before the green flag: garage, reconnaissance, grid, formation, countdown."""
OUT = ("FSTAT_FINISHED", "FSTAT_DNF", "FSTAT_DQ")


class LmuFeed:
    """Follows the race of one running game. `look` takes in two pages; `messages` asks for them until the finish."""

    def __init__(self, url: str = ADDRESS, *, card: str | None = None, poll_s: float | None = None) -> None:
        self.url = address(url)
        self.trouble = ""
        """Why nothing is told now, in words."""
        self._note = ""
        self._card = card
        self._poll_s = POLL_S if poll_s is None else poll_s
        self._green_s: float | None = None
        self._before = False
        self._over_s: float | None = None
        self._start("lmu")

    def _start(self, race_id: str) -> None:
        self.ledger = Ledger(race_id, card=self._card)
        self._board = Board(self.ledger, slack_s=SLACK_S)
        self._green_s, self._before, self._over_s = None, False, None

    async def messages(self) -> AsyncIterator[HelloMessage | DataMessage | HeartbeatMessage]:
        """Hello once there is a race, then what each look brings and a heartbeat, until the race is over.

        LangstreckeError without the extra `fetch`.
        """
        try:
            import httpx2
        except ImportError as error:
            raise LangstreckeError(
                f"following Le Mans Ultimate needs {error.name}", hint='pip install "langstrecke[fetch]"'
            ) from None
        told, hello = 0, None
        async with httpx2.AsyncClient(
            base_url=self.url, timeout=TIMEOUT_S, follow_redirects=False, trust_env=False
        ) as client:
            while not self.ledger.finished:
                heard = False
                try:
                    session, rows = await _page(client, SESSION), await _page(client, STANDINGS)
                except httpx2.HTTPError as error:
                    self.trouble = f"the game does not answer at {self.url} ({type(error).__name__}): is it running?"
                except LangstreckeError as error:
                    self.trouble = error.what
                else:
                    self.look(session, rows)
                    heard = True
                now = self.ledger.hello
                if now.race_id != "lmu":
                    about = (now.feed, now.entries, now.duration_s)
                    if about != hello:
                        told = 0 if hello is None or hello[0] != now.feed else told
                        hello = about
                        yield now
                    for message in self.ledger.messages[told:]:
                        yield message
                    told = len(self.ledger.messages)
                    if heard:
                        yield self.ledger.beat()
                await asyncio.sleep(self._poll_s)

    def look(self, session: Any, rows: Any) -> None:
        """Take in one answer of each page. What is no race, or no answer of the game, is said in `trouble`."""
        if not isinstance(session, dict) or not isinstance(rows, list):
            self.trouble = f"{self.url} answers, but not as the game does"
            return
        kind = str(session.get("session") or "")
        clock = _number(session.get("currentEventTime"))
        phase = _phase(session.get("gamePhase"))
        if not kind.startswith("RACE"):
            if self._green_s is not None:
                self._finish(self.ledger.newest_s)
            else:
                self.trouble = f"no race is on: {kind.lower() or 'no session'}"
            return
        if clock is None or phase is None:
            missing = "currentEventTime" if clock is None else "gamePhase"
            self.trouble = f"the game says nothing of {missing}: its service may have changed"
            return
        if phase in BEFORE:
            self._before, self.trouble = True, "the race has not begun"
            return
        if phase not in PHASES:
            return  # paused
        if self._green_s is None:
            self._begin(session, clock)
        self.trouble = self._note
        now = max(clock - (self._green_s or 0.0), 0.0)
        flag = PHASES[phase]
        self.ledger.flag(now, flag)
        board = [row for row in map(self._row, rows) if row is not None]
        self._board.look(now, board, flag)
        self.ledger.clock_s = now
        self._weather(now, session)
        if flag == "finish":
            self._over_s = now if self._over_s is None else self._over_s
            states = [str(row.get("finishStatus")) for row in rows if isinstance(row, dict)]
            if all(state in OUT for state in states) or now - self._over_s > AFTER_FLAG_S:
                self._finish(now)

    def _begin(self, session: dict[str, Any], clock: float) -> None:
        """Race time runs from the first look at green; of a race joined later from what the game calls its start."""
        start = _number(session.get("startEventTime")) or 0.0
        seen = self._before
        name = re.sub(r"[^a-z0-9]+", "-", str(session.get("trackName") or "").casefold()).strip("-")
        self._start(f"lmu-{name}" if name else "lmu-race")
        self._green_s = clock if seen else start
        self._note = "" if seen else "joined after the start: race time runs from the start of the game's session"
        end, most = _number(session.get("endEventTime")), _number(session.get("maxTime"))
        length = end - self._green_s if end else most
        if length is not None and 60.0 <= length <= 100 * 3600.0:
            self.ledger.duration_s = length

    def _row(self, row: Any) -> BoardRow | None:
        if not isinstance(row, dict):
            return None
        laps, start = _number(row.get("lapsCompleted")), _number(row.get("lapStartET"))
        number = re.sub(r"[^0-9A-Za-z]", "", str(row.get("carNumber") or ""))[:6]
        if laps is None or laps < 0 or not number:
            return None
        s1, s12 = _positive(row.get("lastSectorTime1")), _positive(row.get("lastSectorTime2"))
        last, energy = _positive(row.get("lastLapTime")), _positive(row.get("veFraction"))
        total = start - self._green_s if start and laps >= 1 and self._green_s is not None else None
        return BoardRow(
            car=number,
            laps=int(laps),
            car_class=_text(row.get("carClass")) or "",
            driver=_text(row.get("driverName")),
            team=_text(row.get("fullTeamName")),
            vehicle=_text(row.get("vehicleName")),
            last_lap_s=last,
            sectors=(s1, _part(s12, s1), _part(last, s12)),
            in_pit=bool(row.get("pitting")),
            total_s=total if total is not None and total > 0.0 else None,
            energy=100.0 * energy if energy is not None and energy <= 1.0 else None,
        )

    def _weather(self, now: float, session: dict[str, Any]) -> None:
        wind = session.get("windSpeed")
        speed = _number(wind.get("velocity")) if isinstance(wind, dict) else None
        rain = _number(session.get("raining"))
        self.ledger.weather(
            now,
            air_c=_rounded(session.get("ambientTemp")),
            track_c=_rounded(session.get("trackTemp")),
            wind_kph=round(3.6 * speed) if speed is not None and speed >= 0.0 else None,
            sky=None if rain is None else f"rain {100 * rain:.0f} %" if rain > 0.0 else "no rain",
        )

    def _finish(self, now: float) -> None:
        self.ledger.finish(now, self._board.order)


def address(text: str) -> str:
    """The address of a game: http://..., `lmu` or `lmu://HOST:PORT`. LangstreckeError for anything else."""
    found = re.fullmatch(r"(?:lmu|http)://([A-Za-z0-9.\-]+|\[[0-9a-fA-F:]+\])(?::(\d{1,5}))?/?", text.strip())
    if text.strip() == "lmu":
        return ADDRESS
    if found is None or int(found[2] or 1) > 65535:
        raise LangstreckeError(f"{text!r} is no address of the game", hint="lmu, or lmu://192.168.1.20:6397")
    return f"http://{found[1]}:{found[2] or 6397}"


async def _page(client: Any, path: str) -> Any:
    async with client.stream("GET", path) as answer:
        body = bytearray()
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) > LARGEST_PAGE:
                raise LangstreckeError(f"{path} is larger than a page of the game")
    if not answer.is_success:
        raise LangstreckeError(f"the game answers {answer.status_code} for {path}: its service may have changed")
    try:
        return json.loads(bytes(body).decode("utf-8", "replace"))
    except ValueError:
        raise LangstreckeError(f"{path} holds no JSON: that is not the game") from None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _positive(value: Any) -> float | None:
    number = _number(value)
    return round(number, 4) if number is not None and number > 0.0 else None


def _part(whole: float | None, before: float | None) -> float | None:
    """A sector out of times that are summed since the line."""
    return round(whole - before, 3) if whole is not None and before is not None and whole > before else None


def _rounded(value: Any) -> float | None:
    number = _number(value)
    return round(number, 1) if number is not None else None


def _text(value: Any) -> str | None:
    text = str(value).strip()[:200] if value is not None else ""
    return text or None


def _phase(value: Any) -> int | None:
    if isinstance(value, str):
        value = int(value) if value.isdigit() else None
    number = _number(value)
    return int(number) if number is not None else None
