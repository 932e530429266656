"""The verb `serve`: the pit wall in a browser, with its API."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from langstrecke.cli.options import Store
from langstrecke.cli.terminal import progress_console
from langstrecke.errors import LangstreckeError

if TYPE_CHECKING:
    from langstrecke.services.settings import Settings
    from langstrecke.web.following.models import FollowAsk

LARGEST_FRAME = 1024 * 1024
"""Bytes of one WebSocket message taken: a page's own are far smaller (default)."""


def serve_verb(
    host: Annotated[str, typer.Option(help="Address to listen on; off loopback a token is needed")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one")] = 8080,
    store: Store = None,
    work: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Its own files: followed races, what-ifs, uploads")
    ] = None,
    token: Annotated[
        str | None, typer.Option(help="What who asks has to know; new makes one", envvar="LANGSTRECKE_TOKEN")
    ] = None,
    replay: Annotated[str | None, typer.Option(metavar="RACE", help="Follow a replay of a race of the store")] = None,
    speed: Annotated[float, typer.Option(min=0.0, help="Of the replay: race seconds a second")] = 60.0,
    laps: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Laps of the replay from this .parquet or timing file")
    ] = None,
    feed: Annotated[str | None, typer.Option(metavar="URL", help="Follow a feed: ws://...")] = None,
    watch: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Follow a growing lap file, or the newest of a folder")
    ] = None,
    allow: Annotated[
        list[str] | None,
        typer.Option(metavar="SOURCE", help="A feed or folder the pages may follow too; may be repeated"),
    ] = None,
    follow: Annotated[
        str | None, typer.Option(metavar="SERIES", help="Follow a series at its live service: wec, nls ...")
    ] = None,
    services: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A table of live services of your own (docs/live-sources.md)")
    ] = None,
    webhook: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL",
            help="Send alerts to this chat (Discord, Slack or any); may be repeated",
            envvar="LANGSTRECKE_WEBHOOK",
        ),
    ] = None,
    alert: Annotated[
        list[str] | None, typer.Option(metavar="CAR", help="With --webhook: tell of this car; may be repeated")
    ] = None,
    race: Annotated[
        str, typer.Option(help="What the feed's, folder's or series' race is called; a card's name")
    ] = "live",
    upload_mib: Annotated[int, typer.Option("--upload-limit", min=1, max=4096, help="MiB of one upload")] = 64,
) -> None:
    """Open the pit wall: pages, REST and WebSockets over the same Python API."""
    if replay is not None and laps is None:
        _there(store, replay)  # before all else is loaded
    try:
        import uvicorn

        from langstrecke.live.server import listening_socket
        from langstrecke.services.settings import MEBIBYTE, Settings, default_store, default_work
        from langstrecke.services.webhook import checked_url, client_library
        from langstrecke.web.app import create_app
        from langstrecke.web.security import checked, new_token
    except ModuleNotFoundError as error:
        what = f"the pit wall needs {error.name}, which is not installed"
        raise LangstreckeError(what, hint='pip install "langstrecke[web]"') from None
    settings = Settings(
        store=store or default_store(),
        work=work or default_work(),
        host=host,
        port=port,
        token=token,
        upload_limit=upload_mib * MEBIBYTE,
        feeds=tuple(source for source in allow or [] if _is_address(source)),
        folders=tuple(Path(source).resolve() for source in allow or [] if not _is_address(source)),
        services=services,
        webhooks=tuple(checked_url(url) for url in webhook or []),
        alert_cars=tuple(alert or []),
    )
    if settings.webhooks:
        client_library()
    if token == "new" or (token is None and not settings.loopback):
        settings = replace(settings, token=new_token())
    checked(settings)
    asked = _followed(settings, replay, laps, speed, feed, watch, race, follow)
    bound = listening_socket(host, port)
    settings = replace(settings, port=bound.getsockname()[1])
    logging.getLogger("langstrecke").setLevel(logging.WARNING)
    troubles: list[LangstreckeError] = []
    application = create_app(settings, asked, failed=troubles.append)
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            log_level="warning",
            access_log=False,
            ws="websockets-sansio",
            ws_max_size=LARGEST_FRAME,
            ws_per_message_deflate=False,  # packing each table for each viewer would cost more than all the rest
            timeout_graceful_shutdown=1,
        )
    )

    async def run() -> None:
        serving = asyncio.create_task(server.serve(sockets=[bound]))
        while not server.started and not serving.done():
            await asyncio.sleep(0.05)
        if troubles:
            server.should_exit = True
        elif server.started:
            gc.collect()
            gc.freeze()  # or each full collection goes through all that was imported: 0.1 s of standstill
            progress_console.print(
                f"pit wall: {_address(settings)}  (Ctrl-C ends it)", highlight=False, soft_wrap=True
            )
        await serving

    with (
        contextlib.suppress(KeyboardInterrupt),
        asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner,
    ):
        runner.run(run())
    gc.unfreeze()  # or what was frozen outlives the interpreter, and its libraries say so
    if troubles:
        raise troubles[0]
    if not server.started:
        raise LangstreckeError("the pit wall did not start", hint="the lines above say why")
    progress_console.print("pit wall closed")


def _is_address(source: str) -> bool:
    return source.startswith(("ws://", "wss://", "rmonitor://"))


def _there(store: Path | None, race: str) -> None:
    """NotFoundError for a race the store does not have, StoreError without a store."""
    from langstrecke.services.settings import Settings
    from langstrecke.services.store import reading

    with reading(Settings() if store is None else Settings(store=store)) as opened:
        opened.race(race)


def _address(settings: Settings) -> str:
    """What to open, the token included."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    place = f"http://{host}:{settings.port}/"
    return escape(place + (f"?token={settings.token}" if settings.token is not None else ""))


def _followed(
    settings: Settings,
    replay: str | None,
    laps: Path | None,
    speed: float,
    feed: str | None,
    watch: Path | None,
    race: str,
    series: str | None,
) -> list[FollowAsk]:
    """What is to be followed from the start."""
    from pydantic import ValidationError

    from langstrecke.web.following.models import FollowAsk

    if feed is not None and watch is not None:
        raise LangstreckeError("a feed or a folder, not both: they would be the same race")
    if laps is not None and replay is None:
        raise LangstreckeError("needs --replay RACE, which names the race", key="--laps")
    for place, key in ((watch, "--watch"), (laps, "--laps"), *((one, "--allow") for one in settings.folders)):
        if place is not None and not place.exists():
            raise LangstreckeError("there is no such file or folder", file=place, key=key)
    asked: list[dict[str, object]] = []
    if replay is not None:
        asked.append({"race": replay, "speed": speed, "file": str(laps.resolve()) if laps is not None else None})
    if feed is not None:
        asked.append({"race": race, "feed": feed})
    if watch is not None:
        asked.append({"race": race, "folder": str(watch.resolve())})
    if series is not None:
        asked.append({"race": race if race != "live" else f"{series}-live", "series": series})
    try:
        return [FollowAsk.model_validate(ask) for ask in asked]
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise LangstreckeError(str(first["msg"]), key=".".join(map(str, first["loc"]))) from None
