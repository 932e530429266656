"""The verbs `backtest` and `score`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from langstrecke.cli.asking import asks, settings_of
from langstrecke.cli.options import Json, JsonTo, Threads
from langstrecke.cli.progress import progress
from langstrecke.cli.terminal import console, print_json, said, screen, warned, write_json
from langstrecke.formatting import duration, plural
from langstrecke.services.requests.odds import BacktestAsk, ScoreAsk

if TYPE_CHECKING:
    from langstrecke.services.answers.odds import ScoreLine


@asks(BacktestAsk)
def backtest_verb(ask: BacktestAsk, threads: Threads = None, as_json: Json = False) -> None:
    """Forecast every race of a period from what was known by then; an interrupted run goes on where it stopped."""
    from langstrecke.services.evaluation import backtest

    with progress("forecasts") as step:
        found = backtest(settings_of(threads=threads), ask, step=step)
        seconds = step.seconds
    warned(found.warnings)
    if as_json:
        print_json(found)
        return
    kept = f", {found.kept} were there" if found.kept else ""
    forecasts = f"{plural(found.written, 'forecast')} of {plural(found.races, 'race')}"
    console.print(
        f"{forecasts}{kept} in {duration(round(seconds))}: {ask.out}", highlight=False, markup=False, soft_wrap=True
    )


@asks(ScoreAsk, "forecasts")
def score_verb(ask: ScoreAsk, json_to: JsonTo = None) -> None:
    """Score forecasts against the official class results, beside the baselines."""
    from langstrecke.services.evaluation import score

    with progress("scoring") as step:
        found = score(settings_of(), ask, step=step)
    if json_to is not None:
        write_json(found, json_to)
    if json_to == "-":
        return
    out = screen()
    for name in ("cutoff", "season, cutoff"):
        out.print(_table(name, found.tables[name]))
    if found.without_result:
        said(f"without a result: {plural(len(found.without_result), 'class', 'classes')}")


def _table(name: str, table: list[ScoreLine]) -> Table:
    from rich.box import SIMPLE_HEAD

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
