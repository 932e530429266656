"""A local Griiip service that plays a made race: REST and the SignalR hub, with faults on request."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from langstrecke.live.server import listening_socket

START = dt.datetime(2026, 6, 13, 14, 0, tzinfo=dt.UTC)
SID = 18130
END = "\x1e"


@dataclass
class GriiipRace:
    """What the service shows; a test changes it while it runs."""

    laps: pl.DataFrame
    seed: int = 0
    upto_s: float = float("inf")
    """Only what had happened by then is shown."""
    history: int = 10_000
    """Laps of each car an answer holds, newest first, as the service sends fifteen."""
    series: int = 10
    fail: int = 0
    """So many requests are answered with 500."""
    torn: int = 0
    """So many answers of laps are cut in half."""
    stream: bool = True
    restamped: bool = False
    """Some rows carry a later time, as the service's own do."""
    number_of: dict[str, str] = field(default_factory=dict)
    """Other spellings of car numbers."""
    odd: dict[str, Any] = field(default_factory=dict)
    """Answers of a channel that are not what they used to be."""
    sent: list[str] = field(default_factory=list)
    drop_stream_after: int = 10_000
    every_s: float = 0.05
    """Between two batches of the stream."""

    def __post_init__(self) -> None:
        self.pids = {car: 400_000 + k for k, car in enumerate(sorted(self.laps["car"].unique()))}
        self.end_s = float(self.laps["elapsed_s"].max())  # type: ignore[arg-type]
        of_car = self.laps.sort("car", "lap").group_by("car", maintain_order=True)
        self._of_car = {str(car[0]): rows.to_dicts() for car, rows in of_car}

    def rows(self, channel: str) -> Any:
        if channel in self.odd:
            return self.odd[channel]
        match channel:
            case "session-info":
                return self._row() | {
                    "seriesId": self.series, "seriesName": "FIA World Endurance Championship", "seasonName": "2026",
                    "eventName": "Made", "sessionName": "Race", "sessionType": "Race", "isRaceSession": True,
                    "startTime": START.isoformat(), "isStarted": True, "sessionClasses": [],
                }  # fmt: skip
            case "session-clock":
                at = min(self.upto_s, self.end_s + 700.0)
                now = dt.datetime.now(dt.UTC).isoformat()
                return self._row() | {
                    "elapsedTimeMillisNow": round(at * 1000),
                    "tsNow": now,
                    "startTime": START.isoformat(),
                }
            case "participants":
                return [
                    self._row(car) | {
                        "teamName": rows[0]["team"], "manufacturer": rows[0]["manufacturer"],
                        "currentDriverId": self._aboard(car),
                        "drivers": [{"externalDriverID": name, "displayName": name} for name in self._crew(car)],
                    }
                    for car, rows in self._of_car.items()
                ]  # fmt: skip
            case "race-flags":
                return self._flags()
            case "laps":
                return self._laps()
            case "pit-in":
                stops = self._until().filter(pl.col("in_pit"))
                return [self._row(r["car"], r["elapsed_s"] - 8.0) | {"lapNumber": r["lap"]} for r in stops.to_dicts()]
            case "pit-out":
                outs = self._until().filter(pl.col("pit_time_s").is_not_null())
                return [
                    self._row(r["car"], r["elapsed_s"] - r["lap_time_s"] + r["pit_time_s"] - 8.0)
                    | {"lapNumber": r["lap"], "durationMillis": round(r["pit_time_s"] * 1000)}
                    for r in outs.to_dicts()
                ]
            case "racelog":
                text = {"type": "RCMessage", "text": "CAR 1 UNDER INVESTIGATION"}
                said = [self._row(None, 300.0) | text] if self.upto_s > 300.0 else []
                return {"items": self._swaps()[::-1] + said}
            case "weather":
                return self._row(None, 60.0) | {"temperature": 26, "humidity": 54, "windSpeedKph": 6, "sky": "Cloudy"}
            case "ranks":
                last = self._until().group_by("car").agg(pl.col("lap").max(), pl.col("elapsed_s").max())
                order = last.sort(["lap", "elapsed_s"], descending=[True, False])["car"]
                return [self._row(car) | {"overallPosition": k} for k, car in enumerate(order, 1)]
        return None

    def _row(self, car: str | None = None, at: float = -0.001) -> dict[str, Any]:
        if car is None:
            return {"sid": SID, "pid": -1, "carNumber": "", "classId": "", "elapsedTimeMillis": round(at * 1000)}
        number = self.number_of.get(car, car)
        return {
            "sid": SID, "pid": self.pids[car], "carNumber": number, "classId": self._of_car[car][0]["car_class"],
            "elapsedTimeMillis": round(at * 1000), "ts": (START + dt.timedelta(seconds=max(at, 0.0))).isoformat(),
        }  # fmt: skip

    def _crew(self, car: str) -> list[str]:
        return list(dict.fromkeys(str(row["driver"]) for row in self._of_car[car]))

    def _aboard(self, car: str) -> str:
        rows = self._of_car[car]
        return str(next((row for row in rows if row["elapsed_s"] > self.upto_s), rows[-1])["driver"])

    def _swaps(self) -> list[dict[str, Any]]:
        """Drivers who took over, as the service's log tells them, while the car stood."""
        found = []
        for car, rows in self._of_car.items():
            for before, after in pairwise(rows):
                if before["driver"] != after["driver"] and before["elapsed_s"] + 20.0 <= self.upto_s:
                    who = {"previousDriverId": before["driver"], "newDriverId": after["driver"]}
                    found.append(self._row(car, before["elapsed_s"] + 20.0) | {"type": "DriverSwap"} | who)
        return sorted(found, key=lambda row: row["elapsedTimeMillis"])

    def _until(self) -> pl.DataFrame:
        return self.laps.filter(pl.col("elapsed_s") <= self.upto_s)

    def _laps(self) -> list[dict[str, Any]]:
        rng = Random(self.seed)
        rows = []
        for r in self._until().sort("car", "lap", descending=[False, True]).to_dicts():
            late = 400.0 * rng.random() if self.restamped and rng.random() < 0.2 else 0.0
            row = self._row(r["car"], r["elapsed_s"] + late)
            rows.append(row | {"lapNumber": r["lap"], "lapTimeMillis": round(r["lap_time_s"] * 1000)})
        newest = {r["carNumber"]: r["lapNumber"] for r in reversed(rows)}
        rows = [r for r in rows if r["lapNumber"] > newest[r["carNumber"]] - self.history]
        rng.shuffle(rows)
        return rows + rows[: len(rows) // 5]

    def _flags(self) -> list[dict[str, Any]]:
        found, shown = [], None
        names = {"green": "Green", "fcy": "FCY", "finish": "Chequered", "safety_car": "SafetyCar"}
        for at, flag in self._until().sort("elapsed_s").select("elapsed_s", "flag").iter_rows():
            if flag != shown:
                shown = flag
                found.append(self._row(None, at if found else 0.0) | {"flag": names[flag], "sectorNumbers": []})
                found[-1]["ts"] = (START + dt.timedelta(seconds=at)).isoformat()
        return found


def _app(race: GriiipRace) -> Starlette:
    async def schedule(request: Request) -> Response:
        return JSONResponse(race.odd.get("schedule", [{"sid": SID, "isStarted": True}]))

    async def live(request: Request) -> Response:
        channel = request.path_params["channel"].removesuffix("-items")
        race.sent.append(channel)
        if race.fail > 0:
            race.fail -= 1
            return Response("in trouble", status_code=500)
        rows = race.rows(channel)
        if rows is None:
            return Response("", status_code=404)
        text = json.dumps(rows)
        if channel == "laps" and race.torn > 0:
            race.torn -= 1
            text = text[: len(text) // 2]
        return Response(text, media_type="application/json")

    async def weather(request: Request) -> Response:
        return JSONResponse(race.rows("weather"))

    async def negotiate(request: Request) -> Response:
        if not race.stream:
            return Response("", status_code=404)
        return JSONResponse({"connectionToken": "a b", "connectionId": "c"})

    async def hub(socket: WebSocket) -> None:
        await socket.accept()
        assert json.loads((await socket.receive_text()).rstrip(END)) == {"protocol": "json", "version": 1}
        await socket.send_text("{}" + END)
        sent: set[str] = set()
        count, shown_s = 0, None
        while count < race.drop_stream_after and race.fail <= 0:
            views = {name: race.rows(name) for name in ("race-flags", "session-clock", "ranks")}
            if shown_s != race.upto_s:
                shown_s = race.upto_s
                rows = [row for row in race.rows("laps") if json.dumps(row) not in sent]
                sent |= {json.dumps(row) for row in rows}
                views = {"racelog": race.rows("racelog"), "laps": rows} | views
            batch = {"items": [{"channel": channel, "view": view} for channel, view in views.items()]}
            text = json.dumps({"type": 1, "target": "ReceiveBatch", "arguments": [batch]}) + END
            half = len(text) // 2
            try:
                await socket.send_text('{"type":6}' + END + text[:half])
                await socket.send_text(text[half:] + "{torn" + END)
            except WebSocketDisconnect:
                return
            count += 1
            await asyncio.sleep(race.every_s)
        await socket.close()

    return Starlette(
        routes=[
            Route("/meta/sessions-schedule-live", schedule),
            Route("/live/weather/{sid}/current", weather),
            Route("/live/{channel}/{sid}", live),
            Route("/live/{channel}/{sid}/paged", live),
            Route("/live-session-stream/negotiate", negotiate, methods=["POST"]),
            WebSocketRoute("/live-session-stream", hub),
        ]
    )


@contextmanager
def serving(app: Starlette) -> Iterator[str]:
    """The address of a local server of an application."""
    import uvicorn

    bound = listening_socket("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@contextmanager
def griiip_service(race: GriiipRace, folder: Path, *, poll_s: float = 0.05, timeout_s: float = 5) -> Iterator[Path]:
    """A running service; the user's own table that leads to it."""
    with serving(_app(race)) as address:
        table = folder / "services.toml"
        table.write_text(
            f'[services.griiip]\nurl = "{address}"\npoll_s = {poll_s}\npause_s = 0.0\ntimeout_s = {timeout_s}\n'
            "retry_s = 0.02\n"
        )
        yield table
