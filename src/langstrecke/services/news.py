"""The newsroom's verbs. Reading, checking and making what-ifs are jobs; the ledger answers at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langstrecke.errors import NotFoundError, StoreError
from langstrecke.services.answers import (
    LedgerLine,
    NewsAnswer,
    NewsCheckAnswer,
    NewsPatchAnswer,
    Unread,
)
from langstrecke.services.progress import Step
from langstrecke.services.races import shipped, slug_of
from langstrecke.services.requests import LedgerAsk, NewsAsk, NewsPatchAsk
from langstrecke.services.settings import Settings
from langstrecke.services.store import reading, writing

if TYPE_CHECKING:
    from langstrecke.news.model import NewsError
    from langstrecke.news.reader import Reading


def _readings(ask: NewsAsk, step: Step) -> tuple[list[Reading], list[NewsError]]:
    """The articles of a request, read. Each text goes through a file, so that one reader judges text and pages."""
    import tempfile
    from dataclasses import replace
    from pathlib import Path

    from langstrecke.news.model import NewsError
    from langstrecke.news.reader import read_article
    from langstrecke.news.sources.files import read_articles

    problems: list[NewsError] = []
    readings = []
    step(0, len(ask.texts), "reading")
    with tempfile.TemporaryDirectory(prefix="langstrecke-news-") as folder:
        for number, text in enumerate(ask.texts):
            markup = text.text.lstrip().startswith("<")
            place = Path(folder) / f"{number}-{slug_of(text.name + '-text')}{'.html' if markup else '.txt'}"
            place.write_text(text.text, encoding="utf-8")
            found: list[NewsError] = []
            for article in read_articles([place], date=ask.date, problems=found):
                named = replace(article, id=slug_of(text.name + "-text").removesuffix("-text"), source=text.name)
                readings.append(read_article(named))
            problems += [NewsError(p.what, file=text.name, hint=p.hint) for p in found]
            step(number + 1, len(ask.texts), "reading")
    return readings, problems


def _unread(problems: list[NewsError]) -> list[Unread]:
    return [Unread(file=p.file, what=p.what, hint=p.hint) for p in problems]


def news_read(settings: Settings, ask: NewsAsk, *, step: Step) -> NewsAnswer:
    """Read articles into claims, and keep them in the store where asked to."""
    from langstrecke.news.claims.ledger import keep

    readings, problems = _readings(ask, step)
    kept = 0
    if ask.keep and readings:
        with writing(settings) as store:
            kept = keep(store, readings)
    return NewsAnswer.model_validate(
        {"articles": [r.to_json() for r in readings], "problems": _unread(problems), "kept": kept}
    )


def news_check(settings: Settings, ask: NewsAsk, *, step: Step) -> NewsCheckAnswer:
    """Check every claim of articles against the registry of races and results."""
    from langstrecke.news.claims.fact_check import check_claims

    readings, problems = _readings(ask, step)
    findings = [f.to_json() for r in readings for f in check_claims(r.claims)]
    return NewsCheckAnswer.model_validate({"findings": findings, "problems": _unread(problems)})


def news_patch(settings: Settings, ask: NewsPatchAsk, *, step: Step) -> NewsPatchAnswer:
    """The what-if that articles imply for a race."""
    from langstrecke.news.claims.what_if import Car, Race, what_if

    card = shipped(ask.card)
    readings, problems = _readings(ask, step)
    race = Race(
        card=ask.card,
        series=card.race.series,
        season=card.race.season,
        circuit=card.circuit.id,
        cars=tuple(
            Car(e.car, e.car_class, e.team, e.vehicle, e.make or "", tuple(d.name for d in e.drivers))
            for e in card.entries
        ),
    )
    found = what_if([c for r in readings for c in r.claims], race)
    data = {**found.to_json(), "toml": found.as_toml(), "problems": _unread(problems)}
    return NewsPatchAnswer.model_validate(data)


def news_show(settings: Settings, ask: LedgerAsk) -> list[LedgerLine]:
    """The claims that stand, with contradictions side by side."""
    return [line for line in news_timeline(settings, ask) if line.status != "superseded"]


def news_timeline(settings: Settings, ask: LedgerAsk) -> list[LedgerLine]:
    """Everything ever told of somebody, oldest first, with what became of it."""
    from langstrecke.news.claims.ledger import lines_about

    try:
        with reading(settings) as store:
            return [LedgerLine.model_validate(line.to_json()) for line in lines_about(store, ask.name)]
    except StoreError as error:
        if "there is no store" not in error.what:
            raise
        if ask.name:
            raise NotFoundError(f"nobody called {ask.name!r} is in the ledger", hint="it is empty") from None
        return []
