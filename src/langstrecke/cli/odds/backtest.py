"""The verbs `backtest` and `score`."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import time
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from langstrecke.cli.terminal import console, progress_console
from langstrecke.errors import LangstreckeError
from langstrecke.report import screen


def backtest_verb(
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="Folder of timing files")],
    first: Annotated[str, typer.Option("--from", metavar="YYYY-MM-DD", help="First day, included")],
    last: Annotated[str, typer.Option("--to", metavar="YYYY-MM-DD", help="Last day, included")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.jsonl", help="Forecasts are appended here")],
    cutoffs: Annotated[
        str, typer.Option(help="Shares of the race already run, by commas; 0 is before the start")
    ] = "0,0.25,0.5,0.75,0.9",
    races: Annotated[int, typer.Option(min=1, max=100_000_000, help="Races to simulate per forecast")] = 4000,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="The same seed, the same races")] = 1,
    threads: Annotated[int | None, typer.Option(min=1, help="All cores without it")] = None,
    store: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Import into this store and keep it; temporary without it")
    ] = None,
) -> None:
    """Forecast every race of a period from what was known by then; an interrupted run goes on where it stopped."""
    from langstrecke.forecast.evaluation.backtest import backtest

    began = time.perf_counter()
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=progress_console,
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task("importing", total=None)
        report = backtest(
            data,
            out,
            first=_day(first, "--from"),
            last=_day(last, "--to"),
            cutoffs=_cutoffs(cutoffs),
            races=races,
            seed=seed,
            threads=threads,
            store=store,
            progress=lambda done, total, race: bar.update(
                task, completed=done, total=total, description=escape(race)
            ),
        )
    for warning in report.warnings:
        progress_console.print(f"[yellow]warning:[/] {escape(warning)}", highlight=False, soft_wrap=True)
    kept = f", {report.kept} were there" if report.kept else ""
    seconds = time.perf_counter() - began
    console.print(
        f"{report.written} forecasts of {report.races} races{kept} in {seconds:.0f} s: {escape(str(out))}",
        highlight=False,
        soft_wrap=True,
    )


def _day(text: str, option: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise LangstreckeError(f"{option} {text}: not a day", hint="write it as 2023-01-28") from None


def _cutoffs(text: str) -> tuple[float, ...]:
    try:
        return tuple(dict.fromkeys(float(part) for part in text.split(",") if part.strip()))
    except ValueError:
        raise LangstreckeError(f"--cutoffs {text}: not numbers", hint="write 0,0.25,0.5,0.75,0.9") from None


def score_verb(
    forecasts: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="Forecasts as `backtest` writes them")],
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="Folder of timing files, or a store")],
    json_to: Annotated[
        str | None, typer.Option("--json", metavar="FILE|-", help="Write all scores as JSON; - prints them instead")
    ] = None,
) -> None:
    """Score forecasts against the official class results, beside the baselines."""
    from langstrecke.forecast.evaluation.score import grouped, headline, reliability, score_file

    with progress_console.status("scoring") if sys.stderr.isatty() else nullcontext():
        scored = score_file(forecasts, data)
        rows = headline(scored.rows)
        if not rows:
            raise LangstreckeError(
                "none of the forecasts has a result and a baseline to be scored by", file=forecasts
            )
        by = {
            "cutoff": grouped(rows, ("cutoff",)),
            "series, cutoff": grouped(rows, ("series", "cutoff")),
            "season, cutoff": grouped(rows, ("series", "season", "cutoff")),
            "class, cutoff": grouped(rows, ("series", "car_class", "cutoff")),
        }
    report: dict[str, Any] = {
        "forecasts": len(scored.rows),
        "without_result": list(scored.missing),
        "headline": "classes of four or more cars that every baseline exists for",
        "tables": {name: [c.to_json() for c in table] for name, table in by.items()},
        "reliability": {
            f"{c:g}": [asdict(b) for b in reliability([r for r in rows if r.cutoff == c])]
            for c in sorted({r.cutoff for r in rows})
        },
        "rows": [asdict(r) for r in scored.rows],
    }
    if json_to == "-":
        sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
        return
    if json_to is not None:
        _write(Path(json_to), json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    out = screen(console)
    for name in ("cutoff", "season, cutoff"):
        out.print(_table(name, by[name]))
    if scored.missing:
        progress_console.print(f"without a result: {len(scored.missing)} classes", highlight=False)


def _table(name: str, table: list[Any]) -> Table:
    shown = Table(
        title=f"by {name}: classes of four or more cars, against the best baseline (90 % interval over races)",
        title_justify="left",
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        header_style="dim",
    )
    keys = list(table[0].group)
    for key in keys:
        shown.add_column(key, no_wrap=True)
    for column in ("n", "log loss", "best", "change", "RPS", "best", "change", "Brier", "calib."):
        shown.add_column(column, justify="right", no_wrap=True)
    for c in table:
        cells = [f"{v:g}" if isinstance(v, float) else str(v) for v in c.group.values()]
        cells.append(str(c.classes))
        for measure, digits in (("log_loss", 3), ("rps", 4)):
            best = c.baselines[c.best[measure]][measure]
            value, low, high = c.change[measure]
            cells += [f"{c.forecast[measure]:.{digits}f}", f"{best:.{digits}f}"]
            cells.append(f"{100 * value:+.1f} % ({100 * low:+.0f} {100 * high:+.0f})")
        cells += [f"{c.forecast['brier_win']:.4f}", f"{c.calibration_error:.3f}"]
        shown.add_row(*cells)
    return shown


def _write(path: Path, text: str) -> None:
    """All or nothing."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise LangstreckeError(f"cannot be written: {error.strerror or error}", file=path) from None
