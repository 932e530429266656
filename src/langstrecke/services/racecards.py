"""Race cards: the shipped ones, one of one's own, whether it is sound, one built from the store."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from langstrecke.errors import CardError, LangstreckeError, NotFoundError
from langstrecke.racecard import (
    RaceCard,
    card_json,
    check_card,
    grounds,
    list_cards,
    load_card,
    shipped_facts,
    warnings_of,
)
from langstrecke.services.answers.cards import CardLine, CardProblem, CheckAnswer
from langstrecke.services.progress import Step, counted, silent
from langstrecke.services.requests.cards import BuildAsk, CardAsk, CardFromAsk, lap_of
from langstrecke.services.settings import Settings


def cards(settings: Settings) -> list[CardLine]:
    """The shipped cards."""
    return list(_card_lines())


@cache
def _card_lines() -> tuple[CardLine, ...]:
    """Read once: they do not change."""
    return tuple(CardLine.model_validate(facts) for facts in shipped_facts())


def card(settings: Settings, ask: CardAsk) -> dict[str, Any]:
    """A card as data, keys as in its file, and what it rests on as `grounds`. NotFoundError names the nearest."""
    found = load_card(ask.card)
    return card_json(found) | {"grounds": list(grounds(found))}


_BUILT: dict[tuple[str, Path, int], RaceCard] = {}
"""Cards built in this process: (race, store, when the store was written) -> card."""

BUILT = "no card of this name is shipped: built from the store, with what was known before the start"


def card_of(settings: Settings, name: str, *, step: Step = silent) -> RaceCard:
    """The card a verb plays: a shipped one, a file, else a race of the store, which is built and says so.

    NotFoundError names the nearest of both where neither knows the name.
    """
    try:
        return load_card(name)
    except NotFoundError:
        if not settings.store.exists():
            raise
    from langstrecke.services.store import reading

    with reading(settings) as store:
        stored = store.races()["race_id"].to_list()
    if name not in stored:
        hint = "langstrecke card list names the shipped cards, langstrecke races the store's races; a path works too"
        raise NotFoundError.nearest("race card", name, [*list_cards(), *stored], hint=hint)
    key = (name, settings.store.resolve(), settings.store.stat().st_mtime_ns)
    if key not in _BUILT:
        made = build_result(settings, BuildAsk(race=name, knowledge="before", laps=[]), step=step)
        race = made.race.model_copy(update={"unsure": (BUILT, *made.race.unsure)})
        _BUILT[key] = made.model_copy(update={"race": race})
    return _BUILT[key]


def check(settings: Settings, ask: CardAsk) -> CheckAnswer:
    """Everything that is wrong with a card, and what looks like a slip. NotFoundError for a name nobody knows."""
    found, problems = _checked(ask.card)
    if found is not None:
        problems = _rulebook_problems(found, ask.card)
    return CheckAnswer(
        ok=not problems,
        problems=[CardProblem(file=p.file, line=p.line, key=p.key, what=p.what, hint=p.hint) for p in problems],
        warnings=warnings_of(found) if found is not None else [],
        grounds=list(grounds(found)) if found is not None else [],
    )


def _checked(name: str) -> tuple[RaceCard | None, list[CardError]]:
    """A shipped card is checked like any other file."""
    try:
        if name.endswith(".toml") or "/" in name or "\\" in name:
            return check_card(name)
        return load_card(name), []
    except NotFoundError:
        raise
    except CardError as error:
        return None, [error]


def _rulebook_problems(card: RaceCard, name: str) -> list[CardError]:
    from langstrecke.rulebooks import load_rulebook

    try:
        load_rulebook(card.race.rulebook)
    except LangstreckeError as error:
        return [CardError(error.what, file=name, key="race.rulebook", hint=error.hint)]
    return []


def build_result(settings: Settings, ask: BuildAsk, *, step: Step) -> RaceCard:
    """A card from timing data in the store."""
    from langstrecke.racecard.build import archive_for, build_card
    from langstrecke.services.store import reading

    with reading(settings) as store:
        archive = archive_for(store, ask.race, ask.knowledge, progress=counted(step, "reading sessions"))
        laps = {name.strip(): lap_of(lap) for name, _, lap in (one.rpartition("=") for one in ask.laps)}
        return build_card(ask.race, store, ask.knowledge, archive=archive, laps=laps)


def build(settings: Settings, ask: BuildAsk, *, step: Step) -> dict[str, Any]:
    """`build_result` as data, keys as in its file."""
    return card_json(build_result(settings, ask, step=step))


def card_from_result(ask: CardFromAsk) -> tuple[RaceCard, list[str]]:
    """A card from result files of simulators, and what their readers left out."""
    from langstrecke.racecard.build.from_files import card_from_files
    from langstrecke.timing.clock import span_s
    from langstrecke.timing.notices import Notice

    notices: list[Notice] = []
    length = span_s(ask.length) if ask.length else None
    made = card_from_files(
        ask.sources, length_s=length, stint_laps=ask.stint_laps, lane_s=ask.lane_s, notices=notices
    )
    return made, [str(notice) for notice in notices]
