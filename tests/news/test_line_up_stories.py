"""Stories of line-ups on shipped cards: each gives exactly the change told, or none with the reason."""

from __future__ import annotations

import random

import pytest

pytest.importorskip("spacy")

from langstrecke.news import article_from_text, read_article, what_if
from langstrecke.news.claims.what_if import Car, Race
from langstrecke.news.lexicon.morphology import slug
from langstrecke.paddock.registry import load_registry
from langstrecke.racecard import apply_patch, load_card, read_patch

CARDS = ("imsa-2021-watkins-glen", "imsa-2022-sebring", "imsa-2023-road-atlanta", "imsa-2023-sebring")


def race_of(name: str) -> Race:
    card = load_card(name)
    cars = tuple(
        Car(e.car, e.car_class, e.team, e.vehicle, e.make, tuple(d.name for d in e.drivers)) for e in card.entries
    )
    return Race(name, card.race.series, card.race.season, card.circuit.id, cars)


def patch_of(text: str, race: Race, date: str):  # type: ignore[no-untyped-def]
    return what_if(read_article(article_from_text(text, id="story", date=date)).claims, race)


def stories(count: int) -> list[tuple[str, Race, str, str, str]]:
    """(text, race, date, newcomer, car) of drivers who are not in the race and teams with one car in it."""
    rng, registry = random.Random(7), load_registry()
    found = []
    while len(found) < count:
        race = race_of(rng.choice(CARDS))
        teams = [c.team for c in race.cars]
        car = rng.choice([c for c in race.cars if teams.count(c.team) == 1 and len(c.drivers) >= 2])
        aboard = {slug(d) for c in race.cars for d in c.drivers}
        driver = rng.choice([d for d in registry.drivers.values() if d.licences and d.id not in aboard])
        if " " not in driver.name:
            continue
        mate = rng.choice(car.drivers)
        text = rng.choice(
            (
                f"{driver.name} fährt {race.season} in der IMSA für {car.team}.",
                f"{driver.name} teilt sich {race.season} in der IMSA das Auto mit {mate}.",
            )
        )
        found.append((text, race, f"{race.season - 1}-12", driver.name, car.number))
    return found


def test_fifty_stories_give_the_change_told_or_the_reason() -> None:
    moved = 0
    for text, race, date, newcomer, number in stories(50):
        result = patch_of(text, race, date)
        new = [c for c in result.changes if c.new]
        patch = read_patch(result.as_toml(sure=True))
        if not new:
            assert result.unmoved or not read_article(article_from_text(text, id="s", date=date)).claims, text
            assert all(u.why for u in result.unmoved), text
            assert not patch.edits, text
            continue
        moved += 1
        assert [c.car.number for c in new] == [number], text
        before = {e.car: {d.name for d in e.drivers} for e in load_card(race.card).entries}
        after = {e.car: {d.name for d in e.drivers} for e in apply_patch(load_card(race.card), patch).entries}
        assert [car for car in before if before[car] != after[car]] == [number], text
        assert after[number] - before[number] == {newcomer}, text
    assert moved >= 35


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Chip Ganassi Racing fährt 2021 in der IMSA für Cadillac.", "no driver"),
        ("Scott Dixon fährt 2019 in der IMSA für Chip Ganassi Racing.", "2019"),
        ("Scott Dixon fährt 2021 in der IMSA für Toyota.", "no car on the card"),
        ("Scott Dixon fährt 2021 in Watkins Glen nicht für Chip Ganassi Racing in der IMSA.", "no weight"),
        ("Scott Dixon startet 2021 nur in Daytona für Chip Ganassi Racing in der IMSA.", "round"),
    ],
)
def test_a_claim_that_moves_nobody_says_why(text: str, why: str) -> None:
    result = patch_of(text, race_of("imsa-2021-watkins-glen"), "2020-11")
    assert not [c for c in result.changes if c.new]
    assert any(why in u.why for u in result.unmoved), result.unmoved
    assert "no claim changes a line-up" in result.as_toml()
    assert why in result.as_toml()


def test_the_same_crew_is_no_change() -> None:
    race = race_of("imsa-2021-watkins-glen")
    car = next(c for c in race.cars if c.number == "01")
    text = f"{car.drivers[0]} fährt 2021 in der IMSA für Chip Ganassi Racing."
    result = patch_of(text, race, "2020-11")
    assert not [c for c in result.changes if c.new]
    assert not read_patch(result.as_toml()).edits
