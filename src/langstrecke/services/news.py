"""The newsroom's verbs. Reading, checking and making what-ifs are jobs; the ledger answers at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from langstrecke.errors import NotFoundError, StoreError
from langstrecke.services.answers.news import (
    FindingLine,
    LedgerLine,
    NewsAnswer,
    NewsCheckAnswer,
    NewsPatchAnswer,
    Unread,
)
from langstrecke.services.progress import Step
from langstrecke.services.requests.news import LedgerAsk, NewsAsk, NewsPatchAsk
from langstrecke.services.settings import Settings
from langstrecke.services.store import reading, writing

if TYPE_CHECKING:
    from langstrecke.news.claims.fact_check import Finding
    from langstrecke.news.claims.ledger import Line
    from langstrecke.news.claims.what_if import LineUpPatch
    from langstrecke.news.model import NewsError
    from langstrecke.news.reader import Reading


@dataclass(frozen=True)
class Read:
    """Articles read, texts that could not be, and how many claims were kept."""

    readings: list[Reading]
    problems: list[NewsError]
    kept: int = 0


def _read(ask: NewsAsk, step: Step) -> Read:
    """The articles of a request, read. Each text goes through a file, so that one reader judges text and pages."""
    import tempfile
    from dataclasses import replace
    from pathlib import Path

    from langstrecke.news.model import NewsError
    from langstrecke.news.reader import read_all, read_article
    from langstrecke.news.sources.files import read_articles
    from langstrecke.services.what_ifs import slug_of

    problems: list[NewsError] = []
    readings = []
    articles = list(read_articles(ask.sources, date=ask.date, problems=problems)) if ask.sources else []
    total = len(articles) + len(ask.texts)
    step(0, total, "reading")
    for read in read_all(articles, least=ask.least):
        readings.append(_also_by_model(read, ask, problems))
        step(len(readings), total, "reading")
    with tempfile.TemporaryDirectory(prefix="langstrecke-news-") as folder:
        for number, text in enumerate(ask.texts):
            markup = text.text.lstrip().startswith("<")
            place = Path(folder) / f"{number}-{slug_of(text.name + '-text')}{'.html' if markup else '.txt'}"
            place.write_text(text.text, encoding="utf-8")
            found: list[NewsError] = []
            for article in read_articles([place], date=ask.date, problems=found):
                named = replace(article, id=slug_of(text.name + "-text").removesuffix("-text"), source=text.name)
                readings.append(_also_by_model(read_article(named, least=ask.least), ask, found))
            problems += [NewsError(p.what, file=text.name, hint=p.hint) for p in found]
            step(len(articles) + number + 1, total, "reading")
    return Read(readings, problems)


def _also_by_model(reading: Reading, ask: NewsAsk, problems: list[NewsError]) -> Reading:
    """The same with what a language model of the user's reads, where one is asked; it failing ends nothing."""
    from dataclasses import replace

    from langstrecke.news.language_model import read_with_model
    from langstrecke.news.model import NewsError

    if not ask.reader or reading.note:
        return reading
    try:
        return replace(reading, model=read_with_model(reading.article, ask.reader, ask.model))
    except NewsError as error:
        problems.append(error)
        return reading


def _unread(problems: list[NewsError]) -> list[Unread]:
    return [Unread(file=p.file, what=p.what, hint=p.hint) for p in problems]


def news_read_result(settings: Settings, ask: NewsAsk, *, step: Step) -> Read:
    """Read articles into claims, and keep them in the store where asked to."""
    from langstrecke.news.claims.ledger import keep, settled

    found = _read(ask, step)
    if not ask.keep or not found.readings:
        return found
    with writing(settings) as store:
        readings = settled(store, found.readings)
        return Read(readings, found.problems, keep(store, readings))


def news_read(settings: Settings, ask: NewsAsk, *, step: Step) -> NewsAnswer:
    """Read articles into claims, and keep them in the store where asked to."""
    return news_answer(news_read_result(settings, ask, step=step))


def news_answer(found: Read) -> NewsAnswer:
    """What was read as the answer."""
    data = {"articles": [r.to_json() for r in found.readings], "problems": _unread(found.problems)}
    return NewsAnswer.model_validate(data | {"kept": found.kept})


def news_check_result(settings: Settings, ask: NewsAsk, *, step: Step) -> tuple[Read, list[Finding]]:
    """Check every claim of articles against the registry of races and results."""
    from langstrecke.news.claims.fact_check import check_claims

    found = _read(ask, step)
    return found, [f for r in found.readings for f in check_claims(r.claims)]


def news_check(settings: Settings, ask: NewsAsk, *, step: Step) -> NewsCheckAnswer:
    """Check every claim of articles against the registry of races and results."""
    return check_answer(*news_check_result(settings, ask, step=step))


def check_answer(found: Read, findings: list[Finding]) -> NewsCheckAnswer:
    """Claims checked as the answer."""
    lines = [FindingLine.of(f) for f in findings]
    return NewsCheckAnswer(findings=lines, problems=_unread(found.problems))


def news_patch_result(settings: Settings, ask: NewsPatchAsk, *, step: Step) -> tuple[Read, LineUpPatch]:
    """The what-if that articles imply for a race."""
    from langstrecke.news.claims.what_if import Car, Race, what_if
    from langstrecke.news.lexicon.weights import read_weights
    from langstrecke.racecard.shipped import load_card

    card = load_card(ask.card)
    weights = read_weights(ask.weights)
    found = _read(ask, step)
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
    return found, what_if([c for r in found.readings for c in r.claims], race, weights)


def news_patch(settings: Settings, ask: NewsPatchAsk, *, step: Step) -> NewsPatchAnswer:
    """The what-if that articles imply for a race."""
    return patch_answer(*news_patch_result(settings, ask, step=step), sure=ask.sure)


def patch_answer(found: Read, patch: LineUpPatch, *, sure: bool) -> NewsPatchAnswer:
    """A what-if of line-ups as the answer."""
    data = patch.to_json() | {"toml": patch.as_toml(sure=sure), "problems": _unread(found.problems)}
    return NewsPatchAnswer.model_validate(data)


def ledger_result(settings: Settings, ask: LedgerAsk, *, all_told: bool) -> list[Line]:
    """The ledger's lines on somebody, oldest first; without `all_told` those that stand, contradictions side by side.

    None where there is no store yet and nobody is named. NotFoundError names the nearest.
    """
    from langstrecke.news.claims.ledger import lines_about, side_by_side

    try:
        with reading(settings) as store:
            found = lines_about(store, ask.name)
    except StoreError as error:
        if "there is no store" not in error.what:
            raise
        if ask.name:
            raise NotFoundError(f"nobody called {ask.name!r} is in the ledger", hint="it is empty") from None
        return []
    return found if all_told else side_by_side([line for line in found if line.status != "superseded"])


def news_show(settings: Settings, ask: LedgerAsk) -> list[LedgerLine]:
    """The claims that stand, with contradictions side by side."""
    return ledger_lines(ledger_result(settings, ask, all_told=False))


def news_timeline(settings: Settings, ask: LedgerAsk) -> list[LedgerLine]:
    """Everything ever told of somebody, oldest first, with what became of it."""
    return ledger_lines(ledger_result(settings, ask, all_told=True))


def ledger_lines(found: list[Line]) -> list[LedgerLine]:
    """Lines of the ledger as the answer."""
    return [LedgerLine.of(line) for line in found]
