"""What is believed of a race depends on the archive, its licences and nothing that was asked before."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import timing_files as tf
from langstrecke.forecast.live import belief_before
from langstrecke.racecard.build import archive_for, build_card
from langstrecke.ratings.archive import Archive, RaceMeta
from langstrecke.ratings.pace.history import group_events, session_observations
from langstrecke.ratings.pace.posterior import car_paces
from langstrecke.ratings.pace.priors import load_pace_priors
from langstrecke.ratings.pace.race import PaceHistory
from langstrecke.ratings.pace.session import Cell, SessionPace
from langstrecke.ratings.rate import rate_race
from langstrecke.ratings.sessions import CarFact, LapSummary, SessionInfo, SessionSummary
from langstrecke.store import open_store
from langstrecke.store.importing import import_folder
from made_seasons import synthetic_seasons

NAMES = ("Ada Lang", "Bo Kurz", "Cy Weit", "Di Nah")


def entered(licences: tuple[str | None, ...] = (None,) * 4) -> tuple[CarFact, ...]:
    return tuple(
        CarFact(str(n), "GTD", "", "", "Make", (NAMES[2 * n], NAMES[2 * n + 1]), licences[2 * n : 2 * n + 2])
        for n in range(2)
    )


def archive(licences: dict[str, str]) -> Archive:
    day = dt.datetime(2021, 3, 20)
    seen = SessionInfo("imsa-2021-sebring/practice-1", "imsa-2021-sebring", "imsa", 2021, "sebring", "practice", day)
    meta = RaceMeta(
        "imsa-2021-sebring", "imsa", 2021, "sebring", "Sebring", day.date(), day + dt.timedelta(days=1), 7200.0
    )
    made = synthetic_seasons(3, load_pace_priors("all"), events=2, cars=4)
    made = tuple(replace(s, info=replace(s.info, start=s.info.start - dt.timedelta(days=400))) for s in made)
    return Archive((*made, SessionSummary(seen, entered(), made[0].laps)), {meta.race_id: meta}, licences)


def drivers(found: Archive, history: PaceHistory) -> list[float]:
    rating = rate_race(found, "imsa-2021-sebring", entered(), history=history)
    return [d.pace_s for car in rating.cars.values() for d in car.drivers]


def test_ratings_do_not_depend_on_what_was_asked_before() -> None:
    gold, bronze = ({name.casefold(): licence for name in NAMES[:1]} for licence in ("platinum", "bronze"))
    priors = load_pace_priors("all")
    fresh = [drivers(archive(licences), PaceHistory(priors)) for licences in ({}, gold, bronze)]
    shared = PaceHistory(priors)
    again = [drivers(archive(licences), shared) for licences in (gold, bronze, {}, gold, bronze)]
    assert again == [fresh[1], fresh[2], fresh[0], fresh[1], fresh[2]]
    assert fresh[1] != fresh[2]


@pytest.mark.parametrize(("car_class", "off", "believed"), [
    ("LMP1", 0.06, True), ("LMP2", 0.06, True), ("LMP1", 0.12, False), ("GTD", 0.06, False), ("GTD", 0.04, True),
])  # fmt: skip
def test_private_prototypes_are_slow_and_not_broken(car_class: str, off: float, believed: bool) -> None:
    cells = tuple(Cell(str(n), f"A {n}", 4.5 + (off if n == 5 else 0.001 * n), 1e-6, 40, 2) for n in range(6))
    pace = SessionPace(car_class, cells, (0.0,) * 4, (0.1,) * 4, 0.004, 0.004, 0.002, 10.0, 500)
    info = SessionInfo("r/race", "r", "wec", 2016, "spa", "race", dt.datetime(2016, 5, 7))
    seen = {o.car for o in session_observations(SessionSummary(info, (), LapSummary(pace=(pace,))), {})}
    assert ("5" in seen) is believed
    assert seen >= {"0", "1", "2", "3", "4"}


def test_the_walk_is_remembered_for_the_same_licences_only() -> None:
    history = PaceHistory(load_pace_priors("all"))
    events = group_events(archive({}).summaries)
    first = history.after(events, {})
    assert history.after(events, {})[0] is first[0]
    other = history.after(events, {"ada lang": "bronze"})
    assert other[0] is not first[0]
    assert "ada lang" not in history.after(events, {})[1]


def test_the_belief_under_way_is_the_belief_of_the_card(tmp_path: Path) -> None:
    """Licences that stand in no result come from the registry, for the card and for the odds under way alike."""
    cars = {"01": ("GTD", 122.0), "10": ("GTD", 122.4), "1": ("GTD", 122.9)}
    who = {"01": "Aaron Telitz", "10": "Alan Metni", "1": "Aidan Read"}  # silver, bronze, silver in 2021
    event = tmp_path / "data" / "2021" / "05-sebring-international-raceway"
    for name, laps in (("202103180905-practice-1", 12), ("202103201010-race", 30)):
        rows = [
            tf.lap_row(car, lap, seconds + 0.1 * (lap % 3), car_class=car_class, driver=who[car])
            for car, (car_class, seconds) in cars.items()
            for lap in range(1, laps + 1)
        ]
        tf.imsa_laps(event / f"{name}-laps.csv", rows)
    with open_store(tmp_path / "store.duckdb") as store:
        import_folder(store, tmp_path / "data")
        card = build_card("imsa-2021-sebring", store)
        found = archive_for(store, "imsa-2021-sebring", "before")
        belief = belief_before("imsa-2021-sebring", store, found)
    assert {d.licence for e in card.entries for d in e.drivers} == {"silver", "bronze"}
    _, paces = car_paces(belief, "GTD")
    lap_s = card.classes["GTD"].lap_s
    for entry in card.entries:
        assert entry.pace_s == pytest.approx(lap_s * paces[entry.car].pace, abs=1e-9)
        assert entry.pace_s_sd == pytest.approx(lap_s * paces[entry.car].sd, abs=1e-9)
    assert np.isfinite([p.pace for p in paces.values()]).all()
