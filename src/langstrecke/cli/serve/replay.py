"""The verb `replay`: a recorded race as a live timing feed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from langstrecke.cli.options import Store
from langstrecke.errors import LangstreckeError
from langstrecke.formatting import plural
from langstrecke.services.requests.common import RACE_TIME

if TYPE_CHECKING:
    from langstrecke.live.sources.replay import Recording


def replay_verb(
    race: Annotated[str, typer.Argument(help="A race of the store, such as imsa-2021-sebring", metavar="RACE")],
    speed: Annotated[str, typer.Option(help="Race seconds a second; max: as fast as it can")] = "1",
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes any free one")] = 8790,
    start: Annotated[str, typer.Option("--from", metavar="TIME", help=f"Where to start: {RACE_TIME}")] = "0:00:00",
    store: Store = None,
    laps: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Laps from this .parquet or timing file instead of the store")
    ] = None,
    linger: Annotated[bool, typer.Option(help="Go on serving after the finish, until stopped")] = False,
    faults: Annotated[
        int | None, typer.Option(metavar="SEED", help="Lose, double and disorder messages, to try a client")
    ] = None,
) -> None:
    """Play a recorded race as a live timing feed at ws://HOST:PORT/feed, until it is over."""
    from langstrecke.live.server import listening_socket, need_web, serve_feed
    from langstrecke.live.sources.replay import Replay

    need_web()
    pace = _speed(speed)
    recording = _recording(race, store, laps)
    from_s = _race_time(start, recording)
    if from_s > recording.end_s:
        raise LangstreckeError(f"the race is over after {recording.end_s:.0f} s", key="--from")
    bound = listening_socket(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"ws://{shown}:{bound.getsockname()[1]}/feed"

    def started() -> None:
        sys.stdout.write(f"{recording.hello.race_id}: {plural(len(recording), 'message')} at {address}\n")
        sys.stdout.flush()

    replay = Replay(recording, speed=pace, start_s=from_s)
    with bound:
        asyncio.run(
            serve_feed(replay, bound=bound, linger=linger or pace == 0.0, faults_seed=faults, started=started)
        )


def _recording(race: str, store: Path | None, laps: Path | None) -> Recording:
    from langstrecke.live.sources.recordings import record_file, record_race
    from langstrecke.store import open_store

    if laps is not None:
        return record_file(laps, race_id=race)
    with open_store(store, read_only=True) as opened:
        return record_race(opened, race)


def _speed(text: str) -> float:
    if text == "max":
        return 0.0
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if not 0.0 <= speed < float("inf"):
        raise LangstreckeError(f"{text!r} is no speed", key="--speed", hint="race seconds a second, or max")
    return speed


def _race_time(text: str, recording: Recording) -> float:
    """Race time of a moment of the recording; `@18:42:10` where it tells when the race began."""
    from langstrecke.timing.clock import moment_s, span_s

    begun = recording.hello.start_clock
    if text.strip().startswith("@") and begun is None:
        raise LangstreckeError("when this race began is not known", key="--from", hint="give race time: 3:00:00")
    if begun is not None and text.strip().startswith("@"):
        return moment_s(text, begun, recording.end_s)
    return span_s(text)
