"""How good the odds were: backtests, and scores beside baselines. Both are jobs."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

from langstrecke.errors import LangstreckeError
from langstrecke.services.answers.odds import BacktestAnswer, ScoreAnswer, ScoreLine
from langstrecke.services.kernel import ready
from langstrecke.services.progress import Step
from langstrecke.services.requests.odds import BacktestAsk, ScoreAsk
from langstrecke.services.settings import Settings

GROUPS = {
    "cutoff": ("cutoff",),
    "series, cutoff": ("series", "cutoff"),
    "season, cutoff": ("series", "season", "cutoff"),
    "class, cutoff": ("series", "car_class", "cutoff"),
}
"""Tables of scores -> what their rows are told apart by."""


def backtest(settings: Settings, ask: BacktestAsk, *, step: Step) -> BacktestAnswer:
    """Forecast every race of a period from what was known by then; an interrupted run goes on where it stopped.

    Files are imported into the store the request names, or into a temporary one.
    """
    from langstrecke.forecast.evaluation.backtest import backtest as play

    assert ask.data is not None
    assert ask.out is not None
    first, last = _day(ask.first), _day(ask.last)
    if first > last:
        raise LangstreckeError(f"the last day, {last}, is before the first, {first}", hint="--from DAY --to DAY")
    ready(step, 0)
    step(0, 0, "importing")
    found = play(
        ask.data,
        ask.out,
        first=first,
        last=last,
        cutoffs=_cutoffs(ask.cutoffs),
        races=ask.races,
        seed=ask.seed,
        threads=settings.threads,
        store=ask.store,
        progress=step,
    )
    return BacktestAnswer(
        written=found.written, kept=found.kept, races=found.races, warnings=[str(w) for w in found.warnings]
    )


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise LangstreckeError(f"{text!r} is not a day", hint="write it as 2023-01-28") from None


def _cutoffs(text: str) -> tuple[float, ...]:
    try:
        return tuple(dict.fromkeys(float(part) for part in text.split(",") if part.strip()))
    except ValueError:
        raise LangstreckeError(f"cutoffs {text!r} are not numbers", hint="write 0,0.25,0.5,0.75,0.9") from None


def score(settings: Settings, ask: ScoreAsk, *, step: Step) -> ScoreAnswer:
    """Score forecasts against the official class results, beside the baselines."""
    from langstrecke.forecast.evaluation.score import grouped, headline, reliability, score_file

    assert ask.forecasts is not None
    assert ask.data is not None
    step(0, 1, "scoring")
    scored = score_file(ask.forecasts, ask.data)
    rows = headline(scored.rows)
    if not rows:
        what = "none of the forecasts has a result and a baseline to be scored by"
        raise LangstreckeError(what, file=ask.forecasts)
    by_cutoff = {c: [r for r in rows if r.cutoff == c] for c in sorted({r.cutoff for r in rows})}
    return ScoreAnswer(
        forecasts=len(scored.rows),
        without_result=list(scored.missing),
        headline="classes of four or more cars that every baseline exists for",
        tables={
            name: [ScoreLine.model_validate(c.to_json()) for c in grouped(rows, by)] for name, by in GROUPS.items()
        },
        reliability={f"{c:g}": [asdict(b) for b in reliability(some)] for c, some in by_cutoff.items()},
        rows=[asdict(r) for r in scored.rows],
    )
