"""How the pit wall stands up to many viewers and to a long race.

Usage: python -m scripts.validate.pitwall_figures [viewers|table|memory ...] [--viewers 50] [--json FILE] ...

viewers  starts `langstrecke serve --replay` on loopback, connects viewers to its WebSocket, and measures how long a
         message is on its way, how far behind the feed viewers are, how quickly the server answers meanwhile.
table    the timing table of the race, made and put into JSON at moments of the race.
memory   the whole race at `--memory-speed` through a followed race with viewers, without odds; memory after each
         tenth (in a process of its own).
Each ends by itself. The load average stands beside every figure: on a busy machine they are upper bounds.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import gc
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

BEGIN_S = 120.0
"""The server has to be there by then."""
ANSWER_EVERY_S = 0.1
"""Seconds between two questions that measure how quickly the server answers."""
HICCUP_S = 0.1


def spread(values: list[float], unit: float = 1.0) -> dict[str, float]:
    """Middle, 99th in a hundred and largest of measured values."""
    found = sorted(values) or [float("nan")]
    at = {"p50": median(found), "p99": found[min(len(found) - 1, int(0.99 * len(found)))], "max": found[-1]}
    return {name: round(value * unit, 3) for name, value in at.items()} | {"n": len(values)}


def resident_mb(pid: int) -> float:
    """Memory a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def load() -> list[float]:
    """The load averages of the machine."""
    return [round(value, 1) for value in os.getloadavg()]


class Viewers:
    """What all viewers saw."""

    def __init__(self) -> None:
        self.on_the_way: list[float] = []
        self.behind: list[float] = []
        self.odds: list[tuple[float, float]] = []
        self.sizes: list[float] = []
        self.tables = self.bytes = 0
        self._head = re.compile(r'"wall":"([^"]+)"')

    async def watch(self, url: str, until: float, *, read: bool) -> None:
        """One viewer. Only one reads all it gets: the others stand for machines of their own."""
        import websockets

        async with websockets.connect(url, max_size=None, compression=None) as socket:
            shown = 0.0
            while time.time() < until:
                try:
                    text = str(await asyncio.wait_for(socket.recv(), until - time.time() + 0.1))
                except TimeoutError:
                    return
                now = time.time()
                self.bytes += len(text.encode())
                head = self._head.search(text[:400])
                if head is not None and text.startswith(('{"kind":"table"', '{"kind":"changes"')):
                    made = dt.datetime.fromisoformat(head.group(1)).timestamp()
                    if shown:
                        self.behind.append(
                            now - shown
                        )  # how old the table shown was when the next one took its place
                    shown = made
                    self.on_the_way.append(now - made)
                    self.tables += 1
                    self.sizes.append(float(len(text)))
                if read:
                    message = json.loads(text)
                    if message["kind"] == "odds" and message["newest"]:
                        self.odds.append((now, message["newest"]["race_s"]))


async def _answers(url: str, until: float, took: list[float]) -> None:
    import httpx

    async with httpx.AsyncClient(timeout=30.0) as client:
        while time.time() < until:
            began = time.perf_counter()
            await client.get(url)
            took.append(time.perf_counter() - began)
            await asyncio.sleep(ANSWER_EVERY_S)


async def _measured(pid: int, address: str, race: str, viewers: int, seconds: float) -> dict[str, Any]:
    seen, memory = Viewers(), [resident_mb(pid)]
    took: list[float] = []
    until = time.time() + seconds
    place = f"{address.replace('http', 'ws', 1)}api/v1/live/{race}"
    parts = [seen.watch(place, until, read=n == 0) for n in range(viewers)]

    async def weigh() -> None:
        while time.time() < until:
            memory.append(resident_mb(pid))
            await asyncio.sleep(1.0)

    await asyncio.gather(*parts, weigh(), _answers(f"{address}api/v1/live", until, took))
    return {
        "race": race,
        "viewers": viewers,
        "seconds": seconds,
        "tables_a_viewer": round(seen.tables / viewers, 1),
        "kb_a_second_a_viewer": round(seen.bytes / 1e3 / viewers / seconds, 2),
        "table_kb": round(median(seen.sizes or [0.0]) / 1e3, 1),
        "on_the_way_s": spread(seen.on_the_way),
        "age_of_the_table_shown_s": spread(seen.behind),
        "answers_ms": spread(took, 1e3),
        "answers_over_100_ms": sum(t > HICCUP_S for t in took),
        "odds_readings": len(seen.odds),
        "odds_at_race_s": [race_s for _, race_s in seen.odds],
        "memory_mb": {"first": round(memory[0]), "last": round(memory[-1]), "most": round(max(memory))},
    }


def viewers_figures(args: argparse.Namespace) -> dict[str, Any]:
    """Start the server, measure, stop it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable, "-m", "langstrecke", "serve", "--replay", args.race, "--speed", str(args.speed),
            "--port", "0", "--work", folder,
        ]  # fmt: skip
        if args.store is not None:
            command += ["--store", str(args.store)]
        log = (Path(folder) / "log").open("w+")
        server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            address = _address(server, Path(folder) / "log")
            found = asyncio.run(_measured(server.pid, address, args.race, args.viewers, args.seconds))
        finally:
            began = time.perf_counter()
            server.send_signal(signal.SIGINT)
            try:
                server.wait(20.0)
            except subprocess.TimeoutExpired:
                server.kill()
        return found | {"ends_in_s": round(time.perf_counter() - began, 2)}


def _address(server: subprocess.Popen[bytes], log: Path) -> str:
    import httpx

    until = time.monotonic() + BEGIN_S
    while time.monotonic() < until and server.poll() is None:
        told = re.search(r"http://\S+", log.read_text())
        if told is not None:
            try:
                if httpx.get(f"{told.group(0)}api/v1/live", timeout=5.0).json():
                    return told.group(0)
            except httpx.HTTPError:
                pass
        time.sleep(0.2)
    raise SystemExit(f"the server did not start:\n{log.read_text()}")


def table_figures(args: argparse.Namespace) -> dict[str, Any]:
    """The timing table at forty moments of a race: after one more crossing, and put into JSON for all viewers."""
    from langstrecke.live.feed_state import FeedState
    from langstrecke.live.table import timing_table
    from langstrecke.racecard import list_cards, load_card
    from langstrecke.web.api.watching import as_text

    recording = _recording(args)
    card = load_card(args.table_race) if args.table_race in list_cards() else None
    state, made, told = FeedState(), [], []
    state.apply(recording.hello)
    step = max(1, len(recording) // 40)
    for seq in range(1, len(recording) + 1):
        state.apply(recording.message(seq))
        if seq % step in (0, 1, 2):
            began = time.perf_counter()
            table = timing_table(state, card)
            between = time.perf_counter()
            as_text({"kind": "table", "table": table.to_json()})
            told.append(time.perf_counter() - between)
            made.append(between - began)
    return {
        "race": args.table_race,
        "cars": len(table.rows),
        "made_ms": spread(made, 1e3),
        "json_ms": spread(told, 1e3),
    }


def _recording(args: argparse.Namespace) -> Any:
    from langstrecke.live.sources.recordings import record_race
    from langstrecke.store import open_store

    with open_store(args.store, read_only=True) as store:
        return record_race(store, args.table_race)


class Counted:
    """Stands for the jobs: answers at once, with the laps counted, so that only the followed race is weighed."""

    async def call(self, _kind: str, _function: Any, *asked: Any, **_: Any) -> Any:
        from langstrecke.web.following.models import CarChance, OddsPoint

        done = asked[3].group_by("car", "car_class").len().sort("car")
        chances = [CarChance(car=c, car_class=k, win=0.1, podium=0.2, overall=0.0) for c, k, _ in done.iter_rows()]
        return OddsPoint(race_s=asked[4], races=1, cars=tuple(chances)), "no odds"


class Deaf:
    """A viewer's connection that sends nowhere."""

    async def send_text(self, _: str) -> None:
        await asyncio.sleep(0)


def memory_figures(args: argparse.Namespace) -> dict[str, Any]:
    """Memory over a whole race, after the recording has been read."""
    from langstrecke.services.settings import Settings
    from langstrecke.web.api.watching import show
    from langstrecke.web.following.models import FollowAsk
    from langstrecke.web.following.race import RaceHub

    held: list[dict[str, float]] = []

    async def play(folder: str) -> float:
        settings = Settings(store=args.store, work=Path(folder)) if args.store else Settings(work=Path(folder))
        ask = FollowAsk.model_validate({"race": args.table_race, "speed": args.memory_speed})
        hub = RaceHub(settings, Counted(), ask, Path(folder) / "race")  # type: ignore[arg-type]
        await hub.open()

        async def view() -> None:
            await show(Deaf(), hub)  # type: ignore[arg-type]

        tasks = [asyncio.create_task(view()) for _ in range(10)]
        assert hub.view.table is not None
        length, began = hub.view.table.duration_s or 86_400.0, time.monotonic()
        while hub.view.status != "over":
            await asyncio.sleep(0.5)
            share = hub.view.race_s / length
            if share >= 0.1 * len(held) + 0.02:
                gc.collect()
                held.append({"race_h": round(hub.view.race_s / 3600, 2), "mb": round(resident_mb(os.getpid()), 1)})
        for task in tasks:
            task.cancel()
        await hub.close()
        return time.monotonic() - began

    with tempfile.TemporaryDirectory() as folder:
        took = asyncio.run(play(folder))
    first = held[0]["mb"]
    return {
        "race": args.table_race,
        "took_s": round(took, 1),
        "held": held,
        "growth": round(max(h["mb"] for h in held) / first - 1, 3),
    }


def main() -> None:
    """Measure what is asked for, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "what", nargs="*", choices=["viewers", "table", "memory"], default=["viewers", "table", "memory"]
    )
    parser.add_argument("--race", default="imsa-2021-sebring", help="the race viewers watch")
    parser.add_argument("--table-race", default="le-mans-2019", help="the race of table and memory")
    parser.add_argument("--store", type=Path)
    parser.add_argument("--viewers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--speed", type=float, default=60.0)
    parser.add_argument("--memory-speed", type=float, default=600.0)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    figures = {"viewers": viewers_figures, "table": table_figures, "memory": memory_figures}
    found: dict[str, Any] = {}
    for what in args.what:
        before = load()
        found[what] = {"load_before": before, **figures[what](args), "load_after": load()}
        print(f"\n{what}")
        for name, value in found[what].items():
            print(f"  {name:28} {value}", flush=True)
    if args.json is not None:
        args.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
