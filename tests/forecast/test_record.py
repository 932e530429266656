"""The record of crews: what was won before the race, and nothing of the race itself or after."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from factories import small_card
from langstrecke.forecast import record as module
from langstrecke.forecast.calibration import Calibration, class_tables, final_table, told_of_record
from langstrecke.forecast.record import LATEST, SHRINK, latest, records
from langstrecke.paddock.registry import Registry, load_registry
from langstrecke.racecard import list_cards, load_card
from langstrecke.racecard.schema import RaceCard
from langstrecke.timing.people import person

CARDS = [name for name in list_cards() if name.startswith("imsa-202")]


def crewed(names: list[str], day: dt.date, race: str = "imsa-2023-nowhere") -> RaceCard:
    """The small card, its first car driven by these."""
    card = small_card()
    first, *others = card.entries
    crew = tuple(first.drivers[0].model_copy(update={"name": name}) for name in names)
    nobody = [
        e.model_copy(update={"drivers": (e.drivers[0].model_copy(update={"name": f"Nobody Known{i}"}),)})
        for i, e in enumerate(others)
    ]
    info = card.race.model_copy(update={"date": day, "id": race})
    return card.model_copy(update={"race": info, "entries": (first.model_copy(update={"drivers": crew}), *nobody)})


def by_hand(registry: Registry, driver: str, day: dt.date) -> float:
    """Class wins of a driver beyond 1 in n before a day, by walking through the registry."""
    found = []
    for entry in registry.entries_of(driver):
        event = registry.events[entry.event]
        cars = [e for e in registry.entries(event.id) if e.started and e.car_class == entry.car_class]
        counts = event.series in ("imsa", "wec", "le-mans") and event.year >= 2015 and event.race_day < day
        if counts and entry.started and len(cars) >= 4:
            found.append((event.race_day, float(entry.class_win) - 1 / len(cars)))
    latest = [value for _, value in sorted(found)[-LATEST:]]
    return sum(latest) / (len(latest) + SHRINK)


@pytest.mark.parametrize("driver", ["filipe-albuquerque", "ben-keating", "earl-bamber"])
def test_the_record_is_what_the_registry_says(driver: str) -> None:
    registry = load_registry()
    day = dt.date(2023, 6, 1)
    name = registry.drivers[driver].name
    found = records(crewed([name], day))
    assert found[0] == pytest.approx(by_hand(registry, driver, day))
    assert found[0] != 0.0
    assert (found[1:] == 0.0).all()


def test_a_car_has_the_record_of_its_best_driver_whoever_sits_beside_him() -> None:
    day = dt.date(2024, 1, 1)
    names = ["Filipe Albuquerque", "Ricky Taylor", "Nobody Known"]
    alone = [records(crewed([name], day))[0] for name in names]
    assert records(crewed(names, day))[0] == max(alone)
    assert records(crewed(names[::-1], day))[0] == max(alone)


@pytest.mark.skipif(not CARDS, reason="this installation ships no race cards yet")
def test_nothing_of_the_race_or_after_it_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results of the day and later turned round: the record of the card stays as it is."""
    card = load_card(CARDS[len(CARDS) // 2])
    before = records(card)
    registry = load_registry()

    def turned(later: bool) -> Registry:
        entries = [
            replace(e, class_position=None if e.class_position == 1 else 1)
            if (registry.events[e.event].race_day >= card.race.date) == later
            else e
            for e in registry.all_entries
        ]
        return replace(registry, all_entries=tuple(entries))

    for later in (True, False):
        monkeypatch.setattr(module, "load_registry", lambda later=later: turned(later))
        module._starts.cache_clear()
        assert np.array_equal(records(card), before) == later
    module._starts.cache_clear()


def test_names_are_known_however_they_are_spelled() -> None:
    day = dt.date(2024, 1, 1)
    assert person("Kévin ESTRE") == person("Kevin Estre")
    assert records(crewed(["Kévin ESTRE"], day))[0] == records(crewed(["Kevin Estre"], day))[0] != 0.0


def test_a_better_record_is_worth_more_only_where_it_counts() -> None:
    played = np.full((5, 5), 0.2)
    record = np.array([0.3, 0.0, 0.0, 0.0, -0.1])
    chosen = Calibration(record=(3.0, 0.0))
    table = final_table(played, chosen, 0.0, None, record)
    assert table[0, 0] > 0.25 > 0.2 > table[4, 0]
    assert table.sum(axis=0) == pytest.approx(1.0)
    np.testing.assert_allclose(final_table(played, chosen, 0.5, None, record), 0.2, atol=1e-9)


def test_whose_odds_the_record_moves_is_told_and_how_old_it_is() -> None:
    card = load_card("imsa-2024-sebring")
    shares = np.zeros((len(card.entries), len(card.entries)))
    for name in card.classes:
        cars = [i for i, e in enumerate(card.entries) if e.car_class == name]
        shares[np.ix_(cars, range(len(cars)))] = 1.0 / len(cars)  # all alike, but for what they have won
    tables = class_tables(card, shares)
    for table in tables.values():
        assert table.by_record.sum() == pytest.approx(0.0, abs=1e-3)
        assert np.argmax(table.by_record) == np.argmax(records(card)[list(table.index)])
    (note,) = told_of_record(card, tables)
    gtp = tables["GTP"]
    best = int(np.argmax(gtp.by_record))
    assert f"{gtp.cars[best]} from {100 / len(gtp.cars):.0f} to {100 * gtp.final[best, 0]:.0f} %" in note
    assert f"imsa results known until {latest(card)}" in note
    assert latest(card) == dt.date(2024, 1, 27)  # Daytona
    assert told_of_record(card, class_tables(card, shares, None, Calibration())) == ()
