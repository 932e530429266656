"""The verb `forecast`: the odds of one race from its card."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from langstrecke.cli.asking import asks, option, request, settings_of
from langstrecke.cli.options import JsonTo, Lang, Report, Store, Threads
from langstrecke.cli.progress import progress
from langstrecke.cli.terminal import progress_console, said, screen
from langstrecke.errors import LangstreckeError
from langstrecke.formatting import plural
from langstrecke.language import decimals, speaking, tr
from langstrecke.services.requests.odds import ForecastAsk, UnderWayAsk

if TYPE_CHECKING:
    from langstrecke.forecast.result import Forecast
    from langstrecke.services.settings import Settings


@asks(ForecastAsk, "card")
def forecast_verb(
    ask: ForecastAsk,
    at: Annotated[str | None, option(UnderWayAsk, "at")] = None,
    cutoff: Annotated[float | None, option(UnderWayAsk, "cutoff")] = None,
    record: Annotated[
        bool, typer.Option("--record", help="Write the odds into the store's ledger (docs/track-record.md)")
    ] = False,
    store: Store = None,
    json_to: JsonTo = None,
    report: Report = None,
    threads: Threads = None,
    engine: Annotated[
        str, typer.Option(help="threads, ray (many machines) or cuda; the races are the same")
    ] = "threads",
    address: Annotated[str | None, typer.Option(help="Address of a Ray cluster")] = None,
    lang: Lang = "en",
) -> None:
    """Simulate a race many times and print who wins, how often, and with what spread."""
    from langstrecke.services.odds import forecast_result, under_way_result

    if record and (ask.patch_files or ask.settings):
        raise LangstreckeError("--record goes with neither --what-if nor --set: a what-if is no forecast of the race")
    if address is not None and engine != "ray":
        raise LangstreckeError("is the address of a Ray cluster: it goes with --engine ray", key="--address")
    settings = settings_of(store, threads=threads, engine=engine, address=address)
    before: Forecast | None = None
    with progress("races") as step:
        if at is not None or cutoff is not None:
            if ask.patch_files or ask.settings or engine != "threads":
                raise LangstreckeError("--at and --cutoff go with neither --what-if, --set nor another engine")
            values = {"race": ask.card, "at": at, "cutoff": cutoff, "races": ask.races, "seed": ask.seed}
            result = under_way_result(settings, request(UnderWayAsk, values), step=step)
        else:
            result = forecast_result(settings, ask, step=step)
        seconds = step.seconds
        if result.changes:  # the same luck without the change, so that the difference is the change
            as_it_is = ask.model_copy(update={"patch_files": [], "settings": []})
            before = forecast_result(settings, as_it_is, step=step)
            seconds += step.seconds
    if record:
        _record(settings, result)
    again = _again(ask, at, cutoff, store, (engine, address))
    with speaking(lang):
        _show(result, before, seconds, json_to, report, again)


def _record(settings: Settings, result: Forecast) -> None:
    from langstrecke.services.ledger import record

    kept = record(settings, result)
    told = "on record" if kept.new else f"on record since {kept.recorded_at}"
    said(f"{told}: entry {kept.number}, hash {kept.hash}")


def _again(
    ask: ForecastAsk, at: str | None, cutoff: float | None, store: Path | None, engine: tuple[str, str | None]
) -> str:
    """The command that gives the same odds once more, for whoever copies it from the report."""
    words = ["langstrecke", "forecast", ask.card, "--races", str(ask.races), "--seed", str(ask.seed)]
    for path in ask.patch_files:
        words += ["--what-if", str(path)]
    for change in ask.settings:
        words += ["--set", change]
    for option_, value in (("--at", at), ("--cutoff", cutoff), ("--store", store), ("--address", engine[1])):
        words += [] if value is None else [option_, str(value)]
    words += [] if engine[0] == "threads" else ["--engine", engine[0]]
    return shlex.join(words)


def _show(
    result: Forecast,
    before: Forecast | None,
    seconds: float,
    json_to: str | None,
    report: Path | None,
    again: str,
) -> None:
    """Print the odds, and write them where they are wanted."""
    from langstrecke.report import forecast_view, write_report
    from langstrecke.report.files import write_whole

    if json_to == "-":
        sys.stdout.write(result.json_text(before))
    elif json_to is not None:
        write_whole(json_to, result.json_text(before))
    if report is not None:
        write_report(result, report, before=before, again=again)
    out = progress_console
    if json_to != "-":  # else standard output is the JSON's alone
        out = screen()
        for part in forecast_view(result, out.width, before):
            out.print(part)
            out.print()
    played = plural(result.simulated, "race")
    took = tr(
        "{races} in {seconds} s, seed {seed}", races=played, seconds=decimals(f"{seconds:.1f}"), seed=result.seed
    )
    out.print(took, style="dim", highlight=False)
    for name, path in (("report", report), ("odds", json_to if json_to != "-" else None)):
        if path is not None:
            out.print(tr(f"{name}: {{path}}", path=path), highlight=False, markup=False, soft_wrap=True)
