"""The verb `forecast`: the odds of one race from its card."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from langstrecke.cli.terminal import console, progress_console
from langstrecke.errors import LangstreckeError
from langstrecke.forecast import Forecast, forecast, forecast_what_if
from langstrecke.racecard import assignments, joined, load_card, read_patch
from langstrecke.report import forecast_view, screen, write_report
from langstrecke.report.files import write_whole


def forecast_verb(
    card: Annotated[str, typer.Argument(help="A shipped card (langstrecke card list) or a path", metavar="CARD")],
    races: Annotated[int, typer.Option(min=1, max=100_000_000, help="Races to simulate")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="The same seed, the same races")] = 1,
    threads: Annotated[int | None, typer.Option(min=1, help="All cores without it")] = None,
    json_to: Annotated[
        str | None, typer.Option("--json", metavar="FILE|-", help="Write the odds as JSON; - prints them instead")
    ] = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write a one-file HTML report")] = None,
    what_if: Annotated[
        list[Path] | None, typer.Option("--what-if", metavar="PATCH.toml", help="Change the card (docs/cards.md)")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change one figure: classes.DPi.lap_s=93.4"),
    ] = None,
    engine: Annotated[
        str, typer.Option(help="threads, ray (many machines) or cuda; the races are the same")
    ] = "threads",
    address: Annotated[str | None, typer.Option(help="Address of a Ray cluster")] = None,
    at: Annotated[
        str | None, typer.Option(metavar="HH:MM:SS", help="Under way: CARD is a race of the store, at this race time")
    ] = None,
    cutoff: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="Under way: the share of the race already run")
    ] = None,
    store: Annotated[Path | None, typer.Option(metavar="FILE", help="The store with the race's laps")] = None,
) -> None:
    """Simulate a race many times and print who wins, how often, and with what spread."""
    began = time.perf_counter()
    if at is not None or cutoff is not None:
        if what_if or settings or engine != "threads":
            raise LangstreckeError("--at and --cutoff go with neither --what-if, --set nor another engine")
        with _progress(races, 1) as bar:
            result = _under_way(card, store, at, cutoff, races, seed, threads, bar("races"))
        _show(result, None, time.perf_counter() - began, json_to, report)
        return
    given = load_card(card)
    patch = joined([*(read_patch(path) for path in what_if or []), assignments(settings or [])])
    before: Forecast | None = None
    with _progress(races, 2 if patch.edits else 1) as bar:
        if patch.edits:
            result = forecast_what_if(
                given, patch, races, seed, threads, bar("what if"), engine=engine, address=address
            )
            # the same luck without the change, so that the difference is the change
            before = forecast(given, races, seed, threads, bar("as it is"), engine=engine, address=address)
        else:
            result = forecast(given, races, seed, threads, bar("races"), engine=engine, address=address)
    _show(result, before, time.perf_counter() - began, json_to, report)


def _under_way(
    race: str,
    store: Path | None,
    at: str | None,
    cutoff: float | None,
    races: int,
    seed: int,
    threads: int | None,
    progress: Callable[[int, int], None],
) -> Forecast:
    """The odds of a race of the store from its timing until then."""
    from langstrecke.forecast.live import forecast_under_way
    from langstrecke.store import open_store

    at_s = _race_time(at) if at is not None else None
    with open_store(store, read_only=True) as opened:
        return forecast_under_way(
            race, opened, at_s=at_s, cutoff=cutoff, races=races, seed=seed, threads=threads, progress=progress
        )


def _race_time(text: str) -> float:
    """Seconds of "06:00:00" or "06:00"."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", text)
    if match is None:
        raise LangstreckeError(f"--at {text}: not a race time", hint="write it as 06:00:00")
    return 3600.0 * int(match[1]) + 60.0 * int(match[2]) + float(match[3] or 0)


def _show(
    result: Forecast, before: Forecast | None, seconds: float, json_to: str | None, report: Path | None
) -> None:
    """Print the odds, and write them where they are wanted."""
    if json_to == "-":
        sys.stdout.write(result.json_text())
    elif json_to is not None:
        write_whole(json_to, result.json_text())
    if report is not None:
        write_report(result, report, before=before)
    out = progress_console
    if json_to != "-":  # else standard output is the JSON's alone
        out = screen(console)
        for part in forecast_view(result, out.width, before):
            out.print(part)
            out.print()
    out.print(f"{result.simulated:,} races in {seconds:.1f} s, seed {result.seed}", style="dim", highlight=False)
    for name, path in (("report", report), ("odds", json_to if json_to != "-" else None)):
        if path is not None:
            out.print(f"{name}: {path}", highlight=False, markup=False, soft_wrap=True)


@contextmanager
def _progress(races: int, runs: int) -> Iterator[Callable[[str], Callable[[int, int], None]]]:
    """A progress bar on standard error; what it yields makes the callback of one run."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=progress_console, transient=True, disable=not sys.stderr.isatty()) as shown:

        def start(name: str) -> Callable[[int, int], None]:
            # The first race of a fresh installation waits for the compiler.
            task = shown.add_task("preparing", total=races)

            def step(done: int, total: int) -> None:
                shown.update(task, description=name, completed=done, total=total)

            return step

        yield start
