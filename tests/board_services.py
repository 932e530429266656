"""Local services that show a made race as a board: Swiss Timing, NLS, IMSA's scoring files, RMonitor; with faults."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from griiip_server import serving

UNIT, MEETING, SERIES, COMPETITION = (f"{k}{'0' * 7}-1111-2222-3333-444444444444" for k in "abcd")
BEFORE_LINE_S = 8.0
"""The pit entry is this long before the line."""


@dataclass
class MadeBoard:
    """What a service shows at `at_s` of the race. Every look moves the race on by `step_s`; faults on request."""

    laps: pl.DataFrame
    length_s: float
    step_s: float = 3.0
    at_s: float = 0.0
    stop_at_s: float = float("inf")
    """The race time it stays at."""
    fail: int = 0
    torn: int = 0
    old: int = 0
    """So many looks show the race as it was a minute before."""
    odd: Any = None
    """What is sent in place of the table."""
    looks: int = 0
    number_of: Callable[[str], str] = str
    history: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rows = {
            str(car[0]): rows.sort("lap").to_dicts() for car, rows in self.laps.group_by("car", maintain_order=True)
        }
        self._end_s = float(self.laps["elapsed_s"].max())  # type: ignore[arg-type]

    def move(self) -> None:
        self.looks += 1
        self.at_s = min(self.at_s + self.step_s, self.stop_at_s, self._end_s + 60.0)

    @property
    def shown_s(self) -> float:
        if self.old > 0 and self.looks % 7 == 3:
            self.old -= 1
            return max(self.at_s - 60.0, 0.0)
        return self.at_s

    def board(self, at_s: float) -> list[dict[str, Any]]:
        """Car, class, laps, total, last lap, driver, in the lane; in the order of the race."""
        found = []
        for car, rows in self._rows.items():
            done = [row for row in rows if row["elapsed_s"] <= at_s]
            last = done[-1] if done else None
            found.append(
                {
                    "car": self.number_of(car), "class": rows[0]["car_class"], "laps": len(done),
                    "total": last["elapsed_s"] if last else 0.0, "last": last["lap_time_s"] if last else None,
                    "driver": rows[min(len(done), len(rows) - 1)]["driver"], "team": rows[0]["team"],
                    "lane": self._in_lane(rows, at_s),
                }
            )  # fmt: skip
        return sorted(found, key=lambda row: (-row["laps"], row["total"], row["car"]))

    def _in_lane(self, rows: list[dict[str, Any]], at_s: float) -> bool:
        return any(
            row["in_pit"]
            and row["elapsed_s"] - BEFORE_LINE_S <= at_s < row["elapsed_s"] - BEFORE_LINE_S + after["pit_time_s"]
            for row, after in pairwise(rows)
        )

    def over(self, at_s: float) -> bool:
        """The leader has crossed the line after the time had run out."""
        leader = self.board(at_s)[0]
        return bool(leader["total"] >= self.length_s)

    def flag(self, at_s: float) -> str:
        flags = self.laps.sort("elapsed_s").filter(pl.col("elapsed_s") <= at_s)["flag"]
        return str(flags[-1]) if len(flags) else "green"


def hms(seconds: float, *, millis: bool = True) -> str:
    whole = math.floor(seconds) if millis else math.ceil(seconds)
    text = f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return f"{text}.{round((seconds - whole) * 1000):03d}" if millis else text


def _answer(board: MadeBoard, text: str) -> Response:
    if board.fail > 0:
        board.fail -= 1
        return Response("in trouble", status_code=500)
    if board.torn > 0:
        board.torn -= 1
        text = text[: len(text) // 2]
    return Response(text.encode(), media_type="application/json")


def swiss_app(board: MadeBoard) -> Starlette:
    def page(full: Any) -> dict[str, Any]:
        return {"uid": round(board.shown_s * 10) + 1, "hash": "x", "content": {"full": full}}

    def ids() -> dict[str, str]:
        return {car: f"id-{car}" for car in board._rows}

    async def answer(request: Request) -> Response:
        key = request.path_params["key"]
        if key == "SRO_SEASONS_JSON.json":
            full: Any = {"CurrentSeason": "2026"}
        elif key == "SRO_2026_SEASON_JSON.json":
            full = {"PresentationMeetingId": MEETING}
        elif key == f"SRO_2026_SCHEDULE_{MEETING.upper()}_JSON.json":
            unit = {"Name": "Race", "CompetitionId": COMPETITION, "Type": 0, "State": 1}
            unit["Duration"] = hms(board.length_s, millis=False)
            full = {
                "Units": {UNIT: unit}, "Series": {SERIES: {"Name": "GTWorldChEU Endurance"}},
                "Competitions": {COMPETITION: {"SerieId": SERIES}}, "PresentationRoundId": UNIT,
            }  # fmt: skip
        elif key == f"SRO_2026_COMP_DETAIL_{UNIT.upper()}_JSON.json":
            board.move()
            rows = {row["car"]: row for row in board.board(board.shown_s)}
            competitors = {
                ids()[car]: {
                    "Id": ids()[car], "Bib": car, "ClassId": row["class"], "TeamName": row["team"],
                    "InPitLane": row["lane"],
                    "Drivers": {name: {"FirstName": name.split()[0], "LastName": name.split()[1]}
                                for name in ("Ada Lang", "Bo Kurz")},
                    "CurrentDriverId": row["driver"],
                }
                for car, row in rows.items()
            }  # fmt: skip
            competitors["sc"] = {"Id": "sc", "Bib": "SC1", "ClassId": "none"}
            said = [{"Time": "27.06.2026 16:35:00", "Text": "CAR 1 UNDER INVESTIGATION", "Type": 1}]
            classes = {name: {"Name": name} for name in ("DPi", "GTD")}
            full = {"Competitors": competitors, "Classes": classes, "Messages": said if board.at_s > 300 else []}
        elif key == f"SRO_2026_TIMING_{UNIT.upper()}_JSON.json":
            at_s = board.shown_s
            results = {
                ids()[row["car"]]: {
                    "CompetitorId": ids()[row["car"]],
                    "MainResult": {
                        "Rank": place, "TotalLapCount": row["laps"], "TotalTime": hms(row["total"]), "Status": 2,
                        "LastLap": {"LapNumber": row["laps"] + 1, "Intermediates": []},
                    },
                }
                for place, row in enumerate(board.board(at_s), 1)
            }  # fmt: skip
            left = hms(max(board.length_s - at_s, 0.0), millis=False)
            info = {"ChequeredFlag": board.over(at_s), "TrackFlag": 1, "StartRealTime": "27.06.2026 16:30:00.000"}
            full = {"UntInfo": info | {"RemainingTime": left}, "Results": results}
            full = board.odd if board.odd is not None else full
        else:
            return Response("", status_code=404)
        return _answer(board, json.dumps(page(full)))

    return Starlette(routes=[Route("/db/{key}", answer)])


def imsa_app(board: MadeBoard) -> Starlette:
    codes = {"green": "1", "fcy": "2", "finish": "4"}

    async def results(request: Request) -> Response:
        board.move()
        rows = [
            {
                "A": place, "N": row["car"], "C": row["class"], "F": "Zoë Lang", "V": "Cadillac", "L": row["laps"],
                "LL": hms(row["last"])[2:] if row["last"] else "", "P": int(row["lane"]), "PS": 0,
            }
            for place, row in enumerate(board.board(board.shown_s), 1)
        ]  # fmt: skip
        rows.append({"A": 99, "N": "Tx12345", "C": "", "F": "", "V": "", "L": 0})
        table = {"B": rows, "E": "Made Endurance", "S": "Race"} if board.odd is None else board.odd
        twice = json.dumps(table, ensure_ascii=False).encode().decode("latin-1")
        return _answer(board, f"jsonpRaceResults({twice});")

    async def data(request: Request) -> Response:
        at_s = board.shown_s
        flag = "finish" if board.over(at_s) else board.flag(at_s)
        left = hms(max(board.length_s - at_s, 0.0), millis=False)
        return _answer(board, f"jsonpRaceData({json.dumps({'B': f'Time to go: {left}', 'C': codes[flag]})});")

    return Starlette(routes=[Route("/RaceResults_JSONP.json", results), Route("/RaceData_JSONP.json", data)])


def nls_app(board: MadeBoard) -> Starlette:
    async def live(socket: WebSocket) -> None:
        await socket.accept()
        asked = json.loads(await socket.receive_text())
        assert asked["eventPid"]
        if board.fail > 0:
            board.fail -= 1
            await socket.close()
            return
        now = round(time.time() * 1000)
        await socket.send_text(json.dumps({"PID": "LTS_TIMESYNC", "serverLocalTime": now}))
        if str(asked["eventId"]) != "20":
            await socket.send_text(json.dumps({"PID": "LTS_NOT_FOUND"}))
            return
        with contextlib.suppress(Exception):
            for _ in range(100_000):
                board.move()
                at_s = board.shown_s
                state = {"green": "0", "fcy": "2", "finish": "0"}[board.flag(at_s)]
                left = round(1000 * max(board.length_s - at_s, 0.0)) or 1
                clock = {"PID": "4", "TRACKSTATE": state, "TIMESTATE": "0", "ENDTIME": str(left)}
                rows = [
                    {
                        "POSITION": str(place), "STNR": row["car"], "LAPS": str(row["laps"]), "NAME": "Lang, Ada",
                        "CLASSNAME": row["class"], "CAR": "Cadillac", "TEAM": row["team"],
                        "LASTLAPTIME": hms(row["last"])[2:] if row["last"] else "",
                        "LASTINTERMEDIATENUMBER": "20" if row["lane"] else "3" if row["laps"] else "0", "S1TIME": "",
                    }
                    for place, row in enumerate(board.board(at_s), 1)
                ]  # fmt: skip
                table = {"PID": "0", "HEATTYPE": "R", "HEAT": "Rennen", "CUP": "Made", "HEATNUMBER": "1"}
                said = {"PID": "3", "MESSAGES": [{"ID": "1", "MESSAGETIME": "12:05", "MESSAGE": "#1 pit speed"}]}
                frames = [clock, table | {"TRACKSTATE": state, "RESULT": rows}, said]
                for text in map(json.dumps, frames if board.odd is None else [board.odd]):
                    if board.torn > 0:
                        board.torn -= 1
                        await socket.send_text(text[: len(text) // 2])
                    else:
                        await socket.send_text(text)
                await asyncio.sleep(0.004)

    return Starlette(routes=[WebSocketRoute("/", live)])


@contextmanager
def board_service(app: Starlette, kind: str, folder: Path) -> Iterator[Path]:
    """A running service; the user's own table that leads to it."""
    with serving(app) as address:
        table = folder / "services.toml"
        url = {"swiss": f"{address}db/", "nls": "ws" + address.removeprefix("http")}.get(kind, address)
        name = {"imsa": "imsa-scoring"}.get(kind, kind)
        table.write_text(
            f'[services.{name}]\nurl = "{url}"\npoll_s = 0.0\npause_s = 0.0\ntimeout_s = 5\nretry_s = 0.02\n'
            "[series.nls]\nlength_s = 1500\n[series.imsa-scoring]\nlength_s = 1500\n"
        )
        yield table


@contextmanager
def rmonitor_service(board: MadeBoard) -> Iterator[str]:
    """A running track timing; its address."""
    ready, box = threading.Event(), {}

    def run() -> None:
        asyncio.run(_rmonitor(board, ready, box))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(60)
    try:
        yield f"rmonitor://127.0.0.1:{box['port']}"
    finally:
        box["loop"].call_soon_threadsafe(box["stop"].set)
        thread.join(timeout=5)


async def _rmonitor(board: MadeBoard, ready: threading.Event, box: dict[str, Any]) -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def send(*lines: str) -> None:
            for line in lines:
                if board.torn > 0:
                    board.torn -= 1
                    line = line[: len(line) // 2]
                writer.write(f"{line}\r\n".encode())

        if board.fail > 0:
            board.fail -= 1
            writer.close()
            return
        classes = {"DPi": 1, "GTD": 2}
        send('$B,5,"Made race"', *(f'$C,{number},"{name}"' for name, number in classes.items()))
        for car, rows in board._rows.items():
            number = classes[rows[0]["car_class"]]
            send(f'$COMP,"R{car}","{car}",{number},"Zoe","Lang","GER","{rows[0]["team"]}"')
        told: dict[str, int] = {}
        with contextlib.suppress(OSError):
            while not box["stop"].is_set():
                board.move()
                at_s = board.at_s
                over = board.over(at_s)
                flag = "Finish" if over else {"green": "Green ", "fcy": "Yellow"}.get(board.flag(at_s), "Green ")
                left, passed = hms(max(board.length_s - at_s, 0.0), millis=False), hms(at_s)
                send(f'$F,9999,"0{left}","12:00:00","0{passed[:-4]}","{flag}"')
                for place, row in enumerate(board.board(at_s), 1):
                    if told.get(row["car"]) != row["laps"]:
                        told[row["car"]] = row["laps"]
                        total = hms(row["total"])
                        send(f'$G,{place},"R{row["car"]}",{row["laps"] or ""},"{total}"')
                        if row["last"]:
                            send(f'$J,"R{row["car"]}","{hms(row["last"])}","{total}"')
                send('$SP,"unknown to the protocol"')
                await writer.drain()
                await asyncio.sleep(0.004)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    box["port"] = server.sockets[0].getsockname()[1]
    box["loop"], box["stop"] = asyncio.get_running_loop(), asyncio.Event()
    ready.set()
    await box["stop"].wait()
    server.close()
