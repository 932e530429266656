"""The ledger of forecasts: what was said, when, from what, and how good it was."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from langstrecke.errors import LangstreckeError
from langstrecke.formatting import percent
from langstrecke.services.answers.odds import (
    LedgerScore,
    Recorded,
    RecordLine,
    RecordMeans,
    RecordScore,
    VerifyAnswer,
)
from langstrecke.services.progress import Step
from langstrecke.services.requests.odds import LedgerExportAsk, LedgerVerifyAsk
from langstrecke.services.settings import Settings
from langstrecke.services.store import adding, reading

if TYPE_CHECKING:
    from langstrecke.forecast.evaluation.ledger import Entry
    from langstrecke.forecast.result import Forecast
    from langstrecke.store import Store


def record(settings: Settings, found: Forecast, now: dt.datetime | None = None) -> Recorded:
    """Write a forecast into the store's ledger. LangstreckeError for a what-if, which is no forecast of the race."""
    from langstrecke.forecast.evaluation import ledger

    if found.changes:
        raise LangstreckeError("a what-if is no forecast of the race: it is not recorded", hint="leave it out")
    with adding(settings) as store:
        facts = ledger.facts_of(found, store if found.at_s is not None else None)
        entry, new = ledger.record(store, facts, now or dt.datetime.now(dt.UTC))
    return Recorded(number=entry.number, hash=entry.hash, recorded_at=entry.data["recorded_at"], new=new)


def _entries(settings: Settings) -> list[Entry]:
    """The store's entries; none where there is no store."""
    from langstrecke.forecast.evaluation import ledger

    if not settings.store.exists():
        return []
    with reading(settings) as store:
        return ledger.entries(store)


def records(settings: Settings) -> list[RecordLine]:
    """The ledger of forecasts, oldest first."""
    return [_line(entry) for entry in _entries(settings)]


def _line(entry: Entry) -> RecordLine:
    best = {}
    for name, one in entry.data["classes"].items():
        win, car = max((row[0], car) for row, car in zip(one["odds"], one["cars"], strict=True))
        best[name] = f"#{car} {percent(win, entry.data['simulated'])}"
    d = entry.data
    return RecordLine(
        number=entry.number,
        recorded_at=d["recorded_at"],
        race=d["race"],
        cutoff=d["cutoff"],
        when=entry.when,
        favourites=best,
        hash=entry.hash,
    )


def export_records(settings: Settings, ask: LedgerExportAsk) -> VerifyAnswer:
    """Write the ledger to a file: the chain itself (.jsonl, .json), or a table (.parquet). Says how it stands."""
    from langstrecke.forecast.evaluation import ledger
    from langstrecke.report.files import write_whole

    assert ask.to is not None
    found = _entries(settings)
    if not found:
        raise LangstreckeError("the ledger is empty", hint="langstrecke forecast RACE --record writes into it")
    kind = ask.to.suffix.lower()
    if kind in (".jsonl", ".json"):
        write_whole(ask.to, ledger.file_text(found))
    elif kind == ".parquet":
        try:
            ask.to.parent.mkdir(parents=True, exist_ok=True)
            ledger.to_frame(found).write_parquet(ask.to)
        except OSError as error:
            raise LangstreckeError(f"cannot be written: {error.strerror or error}", file=ask.to) from None
    else:
        raise LangstreckeError("is neither .jsonl nor .parquet", file=ask.to)
    return _verdict(found, None)


def verify_records(settings: Settings, ask: LedgerVerifyAsk) -> VerifyAnswer:
    """Whether a ledger is as it was written, the store's or an exported one."""
    from langstrecke.forecast.evaluation import ledger

    if ask.file is None:
        return _verdict(_entries(settings), ask.head)
    found = ledger.read_file(ask.file)
    if not found:
        raise LangstreckeError("holds no entry: there is nothing to verify", file=ask.file)
    return _verdict(found, ask.head)


def _verdict(found: list[Entry], head: str | None) -> VerifyAnswer:
    from langstrecke.forecast.evaluation.ledger import faults_of

    faults = faults_of(found, head)
    return VerifyAnswer(ok=not faults, entries=len(found), head=found[-1].hash if found else None, faults=faults)


def score_records(settings: Settings, *, step: Step) -> LedgerScore:
    """Score the entries whose races have a result in the store by now, beside the baselines.

    Of several forecasts of one race at one moment the first counts: nobody may try until one fits.
    """
    from langstrecke.forecast.evaluation.ledger import faults_of

    found = _entries(settings)
    step(0, max(len(found), 1), "scoring")
    if not found:
        return LedgerScore(means=[], scores=[], waiting=[], faults=[])
    with reading(settings) as store:
        scores, waiting = _scored(found, store, step)
    return LedgerScore(means=_means(scores), scores=scores, waiting=waiting, faults=faults_of(found))


def _scored(found: list[Entry], store: Store, step: Step) -> tuple[list[RecordScore], list[int]]:
    from langstrecke.forecast.evaluation.score import Judge

    judge = Judge(store, sorted({float(e.data["cutoff"]) for e in found}))
    scores, waiting, seen = [], [], set()
    for done, entry in enumerate(found, start=1):
        moment = (entry.data["race"], entry.data["cutoff"])
        mine = []
        for odds, played in zip(entry.lines("odds"), entry.lines("played"), strict=True):
            row, other = judge.row(odds), judge.row(played)
            if row is None or other is None:
                continue
            uniform = row.baselines["uniform"]
            mine.append(
                RecordScore.model_validate(
                    {
                        "number": entry.number,
                        "race": row.race,
                        "class": row.car_class,
                        "cutoff": row.cutoff,
                        "when": entry.when,
                        "counts": moment not in seen,
                        "cars": row.cars,
                        "log_loss": row.forecast.log_loss,
                        "rps": row.forecast.rps,
                        "played_log_loss": other.forecast.log_loss,
                        "played_rps": other.forecast.rps,
                        "uniform_log_loss": uniform.log_loss,
                        "uniform_rps": uniform.rps,
                        "baselines": {n: {"log_loss": s.log_loss, "rps": s.rps} for n, s in row.baselines.items()},
                    }
                )
            )
        seen.add(moment)
        scores += mine
        waiting += [] if mine else [entry.number]
        step(done, len(found), "scoring")
    return scores, waiting


def _means(scores: list[RecordScore]) -> list[RecordMeans]:
    groups: dict[tuple[str, float], list[RecordScore]] = {}
    for one in scores:
        if one.counts:
            groups.setdefault((one.when, one.cutoff), []).append(one)
    order = ("before", "on the day", "afterwards")
    return [
        RecordMeans(
            when=when,
            cutoff=cutoff,
            classes=len(some),
            races=len({s.race for s in some}),
            log_loss=sum(s.log_loss for s in some) / len(some),
            rps=sum(s.rps for s in some) / len(some),
            uniform_log_loss=sum(s.uniform_log_loss for s in some) / len(some),
            uniform_rps=sum(s.uniform_rps for s in some) / len(some),
        )
        for (when, cutoff), some in sorted(groups.items(), key=lambda g: (order.index(g[0][0]), g[0][1]))
    ]
