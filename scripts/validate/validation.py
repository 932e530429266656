"""Rebuild docs/validation.md: a backtest of the seasons with laps, scored, with tables and figures.

    python -m scripts.validate.validation ../shared/data [--forecasts FILE.jsonl] [--races 4000] [--simulation FOLDER]
        [--played FILE.jsonl] [--ceiling FILE.json ...]

With --forecasts a finished (or interrupted) forecast file is used; without it everything is forecast anew (and kept
there). --played is the same before the last layer of the odds (`backtest(..., played=)`); with it, and with what
ceiling.py wrote by --json, a table of final odds, played ones, best baseline and ceiling stands there and is
printed. --simulation names a folder with what lifelike.py, legality.py, crn.py and speed.py wrote by --json, as
lifelike.json and so on; the page then has a part on the simulation itself.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import tempfile
from pathlib import Path
from statistics import fmean, stdev

import matplotlib as mpl
from matplotlib.figure import Figure
from scripts.validate.validation_simulation import simulation_part

from langstrecke.forecast.evaluation.backtest import backtest
from langstrecke.forecast.evaluation.score import Comparison, Row, compare, grouped, headline, reliability, score_file
from langstrecke.ratings.regions import SAFETY_CAR_SINCE

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "validation.md"
FIGURES = ROOT / "docs" / "figures"
SERIES = "imsa"
TARGETS = {0.0: (10, 6), 0.25: (18, 10), 0.5: (23, 14), 0.75: (22, 18), 0.9: (28, 20)}
"""Cutoff -> per cent by which log loss and ranked probability score should lie below the best baseline."""
WEC_TARGETS = {0.0: (4, 4), 0.25: (15, 9), 0.5: (15, 12), 0.75: (15, 16), 0.9: (15, 22)}
"""The same in the WEC since 2024."""


INTRODUCTION = """\
Rebuilt by `python -m scripts.validate.validation ../shared/data`. A race is forecast from what was known by then:
earlier races, the weekend's earlier sessions and, under way, the crossings of the line so far. Judged against the
official class order, classes of four and more cars, beside the best of four baselines for each measure: uniform, and
Plackett-Luce fitted with the race's season left out on winners, first three places or whole orders (before the start:
qualifying place and gap, practice gap, form; under way: class position, laps down and seconds). Intervals are
bootstraps over races. RPS: ranked probability score, normalised by class size. What was tried and what is weak:
[notes](validation_notes.md)."""


def comparison_table(table: list[Comparison], keys: tuple[str, ...]) -> list[str]:
    """A Markdown table of comparisons."""
    head = [*keys, "classes", "log loss", "best baseline", "change (90 %)", "RPS", "best baseline", "change (90 %)"]
    head += ["Brier win", "Brier podium", "calibration error"]
    rows = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for c in table:
        cells = [f"{c.group[k]:g}" if isinstance(c.group[k], float) else str(c.group[k]) for k in keys]
        cells.append(str(c.classes))
        for measure, digits in (("log_loss", 3), ("rps", 4)):
            best = c.best[measure]
            cells += [f"{c.forecast[measure]:.{digits}f}", f"{c.baselines[best][measure]:.{digits}f} ({best})"]
            value, low, high = c.change[measure]
            cells.append(f"{100 * value:+.1f} % ({100 * low:+.1f} to {100 * high:+.1f})")
        cells += [f"{c.forecast['brier_win']:.4f}", f"{c.forecast['brier_podium']:.4f}", f"{c.calibration_error:.3f}"]
        rows.append("| " + " | ".join(cells) + " |")
    return [*rows, ""]


def target_table(rows: list[Row], targets: dict[float, tuple[int, int]]) -> list[str]:
    """What was to be reached and what was."""
    out = [
        "| cutoff | log loss lower by | asked | RPS lower by | asked | calibration error (0.015) |",
        "|---|---|---|---|---|---|",
    ]
    for c in grouped(rows, ("cutoff",)):
        asked = targets.get(c.group["cutoff"])
        if asked is not None:
            loss, rps = -100 * c.change["log_loss"][0], -100 * c.change["rps"][0]
            name = f"{c.group['cutoff']:g}"
            out.append(
                f"| {name} | {loss:.1f} % | {asked[0]} % | {rps:.1f} % | {asked[1]} % | {c.calibration_error:.3f} |"
            )
    return [*out, ""]


def layers_table(rows: list[Row], played: list[Row], ceiling: dict[str, dict[str, float]]) -> list[str]:
    """Played odds, final odds, best baseline and the ceiling side by side, cutoff by cutoff."""
    out = [
        "| cutoff | measure | uniform | best baseline | played | final | ceiling |",
        "|---|---|---|---|---|---|---|",
    ]
    plain = {c.group["cutoff"]: c for c in grouped(played, ("cutoff",))}
    for c in grouped(rows, ("cutoff",)):
        cutoff = c.group["cutoff"]
        for measure, digits in (("log_loss", 3), ("rps", 4)):
            best = c.baselines[c.best[measure]][measure]
            was = plain[cutoff].forecast[measure] if cutoff in plain else None
            now, top = c.forecast[measure], ceiling.get(f"{cutoff:g}", {}).get(measure)
            cells = [f"{c.baselines['uniform'][measure]:.{digits}f}", f"{best:.{digits}f}"]
            cells += ["-" if v is None else f"{v:.{digits}f} ({100 * (v / best - 1):+.1f} %)" for v in (was, now)]
            cells.append("-" if top is None else f"{top:.{digits}f}")
            out.append(f"| {cutoff:g} | {measure.replace('_', ' ')} | " + " | ".join(cells) + " |")
    return [*out, ""]


def worse_table(rows: list[Row]) -> list[str]:
    """Seasons and classes that are worse than the best baseline by more than the standard error of the difference."""
    found, groups = [], 0
    for by in (("series", "season", "cutoff"), ("series", "car_class", "cutoff")):
        for key in sorted({tuple(getattr(r, b) for b in by) for r in rows}):
            mine = [r for r in rows if tuple(getattr(r, b) for b in by) == key]
            best = compare(mine).best
            for measure, name in (("log_loss", "log loss"), ("rps", "RPS")):
                gaps = [getattr(r.forecast, measure) - getattr(r.baselines[best[measure]], measure) for r in mine]
                error = stdev(gaps) / len(gaps) ** 0.5 if len(gaps) > 1 else 0.0
                groups += 1
                if fmean(gaps) > error:
                    what = " ".join(str(k) for k in key[:2])
                    found.append(
                        f"| {what} | {key[2]:g} | {name} | {len(gaps)} | {fmean(gaps):+.3f} | "
                        f"{f'{error:.3f}' if error else '-'} |"
                    )
    head = [f"{len(found)} of {groups} (a season or class, a cutoff, a measure):", ""]
    head += ["| season or class | cutoff | measure | class-races | worse by | standard error |", "|---" * 6 + "|"]
    return [*head, *found, ""]


def baseline_table(rows: list[Row]) -> list[str]:
    """How strong the baselines are."""
    out = ["| cutoff | uniform | pl_winner | pl_podium | pl_order |", "|---|---|---|---|---|"]
    for c in grouped(rows, ("cutoff",)):
        names = ("uniform", "pl_winner", "pl_podium", "pl_order")
        cells = [f"{c.baselines[n]['log_loss']:.3f} / {c.baselines[n]['rps']:.4f}" for n in names]
        out.append(f"| {c.group['cutoff']:g} | " + " | ".join(cells) + " |")
    return [*out, ""]


def draw_reliability(rows: list[Row], path: Path) -> None:
    """Forecast against share won, a line per cutoff."""
    mpl.rcParams["svg.hashsalt"] = "langstrecke"
    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for cutoff in sorted({r.cutoff for r in rows}):
        table = [b for b in reliability([r for r in rows if r.cutoff == cutoff]) if b.cars >= 5]
        name = "before the start" if cutoff == 0 else f"after {100 * cutoff:.0f} %"
        axes.plot([b.forecast for b in table], [b.won for b in table], marker="o", markersize=3, label=name)
    axes.set_xlabel("forecast probability of winning the class")
    axes.set_ylabel("share that won")
    axes.legend(frameon=False, fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})


def _years(rows: list[Row]) -> str:
    return ", ".join(str(year) for year in sorted({r.season for r in rows}))


def page(rows: list[Row], others: list[Row], layers: list[str], simulation: list[str]) -> str:
    """The page."""
    cutoffs = grouped(rows, ("cutoff",))
    text = [
        "# Validation",
        "",
        INTRODUCTION,
        "",
        f"## IMSA {min(r.season for r in rows)}-{str(max(r.season for r in rows))[-2:]}: "
        f"{len({r.race for r in rows})} races",
        "",
        *target_table(rows, TARGETS),
        *layers,
        *comparison_table(cutoffs, ("cutoff",)),
        "### Season by season",
        "",
        *comparison_table(grouped(rows, ("season", "cutoff")), ("season", "cutoff")),
        "### Class by class",
        "",
        *comparison_table(grouped(rows, ("car_class", "cutoff")), ("car_class", "cutoff")),
        "### Strength of the baselines (log loss / RPS)",
        "",
        *baseline_table(rows),
        "### Calibration",
        "",
        f"![Reliability of win probabilities](figures/{FIGURE})",
        "",
        "| cutoff | bin | cars | mean forecast | share won |",
        "|---|---|---|---|---|",
        *(
            f"| {c:g} | {b.low:.1f}-{b.high:.1f} | {b.cars} | {b.forecast:.3f} | {b.won:.3f} |"
            for c in sorted({r.cutoff for r in rows})
            for b in reliability([r for r in rows if r.cutoff == c])
        ),
        "",
    ]
    if others:
        now = [r for r in others if r.series == "wec" and r.season >= SAFETY_CAR_SINCE]
        text += [
            f"## WEC and Le Mans: {len({r.race for r in others})} races, {_years(others)}",
            "",
            "Few races, most without practice or qualifying files. Priors and curves leave out the season judged, as "
            "those of IMSA do, but for the chance to reach the end without another stop before 2023.",
            "",
            *comparison_table(grouped(others, ("cutoff",)), ("cutoff",)),
            f"### WEC {_years(now)}",
            "",
            *target_table(now, WEC_TARGETS),
            *comparison_table(grouped(now, ("cutoff",)), ("cutoff",)),
            f"### WEC and Le Mans before {SAFETY_CAR_SINCE}",
            "",
            *comparison_table(grouped([r for r in others if r.season < SAFETY_CAR_SINCE], ("cutoff",)), ("cutoff",)),
        ]
    text += ["## Worse than the best baseline by more than the standard error", "", *worse_table([*rows, *others])]
    return "\n".join([*text, *simulation, ""])


FIGURE = "reliability.svg"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--forecasts", type=Path)
    parser.add_argument("--played", type=Path)
    parser.add_argument("--ceiling", type=Path, nargs="*", default=[])
    parser.add_argument("--races", type=int, default=4000)
    parser.add_argument("--simulation", type=Path)
    options = parser.parse_args()
    simulation = simulation_part(options.simulation) if options.simulation else []
    with tempfile.TemporaryDirectory() as folder:
        forecasts = options.forecasts or Path(folder) / "forecasts.jsonl"
        if not forecasts.exists():
            backtest(
                options.data,
                forecasts,
                first=dt.date(2015, 1, 1),
                last=dt.date(2025, 12, 31),
                races=options.races,
                played=options.played,
            )
        scored = score_file(forecasts, options.data)
        plain = score_file(options.played, options.data).rows if options.played else ()
    rows = headline(scored.rows, lambda r: r.series == SERIES)
    others = headline(scored.rows, lambda r: r.series != SERIES)
    draw_reliability(rows, FIGURES / FIGURE)
    ceilings = {d["series"]: d["cutoffs"] for p in options.ceiling for d in [json.loads(p.read_text("utf-8"))]}
    layers: list[str] = []
    parts = [
        ("IMSA", rows, headline(plain, lambda r: r.series == SERIES), ceilings.get(SERIES, {})),
        ("WEC and Le Mans", others, headline(plain, lambda r: r.series != SERIES), ceilings.get("wec", {})),
    ]
    for name, final, before, ceiling in parts:
        if final:
            layers += [f"### Played, final, ceiling: {name}", "", *layers_table(final, before, ceiling)]
    print("\n".join(layers))
    PAGE.write_text(page(rows, others, layers, simulation), "utf-8")
    print(compare(rows))


if __name__ == "__main__":
    main()
