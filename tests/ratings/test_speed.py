"""Speed by class and circuit: known truth is found again, what is not known is refused or as wide as it must be."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import numpy as np
import pytest

import timing_files as tf
from langstrecke.errors import NotFoundError
from langstrecke.paddock.sun import sites
from langstrecke.racecard.build import build_card
from langstrecke.ratings.pace.session import Cell, SessionPace
from langstrecke.ratings.pace.speed import SpeedPriors, class_speeds, fit_speeds
from langstrecke.ratings.race_priors import load_race_priors
from langstrecke.ratings.sessions import LapSummary, SessionInfo, SessionSummary
from langstrecke.store import open_store
from langstrecke.store.importing import import_folder

CLASSES = {"LMP1": 5.27, "LMP2": 5.19, "LMGTE Pro": 5.13, "LMGT3": 5.09}
PLACES = sorted(sites())


def race(car_class_levels: dict[str, float], circuit: str, n: int, wet: float = 0.0) -> SessionSummary:
    info = SessionInfo(f"r{n}/race", f"r{n}", "wec", 2020, circuit, "race", dt.datetime(2020, 1, 1) + dt.timedelta(n))
    paces = tuple(
        SessionPace(
            c, (Cell("1", "A B", level, 1e-6, 40, 2),), (0.0,) * 4, (0.1,) * 4, 0.004, 0.004, 0.002, 10.0, 500
        )
        for c, level in car_class_levels.items()
    )
    return SessionSummary(info, (), LapSummary(pace=paces, wet_share=wet))


def world(seed: int, races: int) -> tuple[list[SessionSummary], dict[str, float], dict[str, float]]:
    """Races of an additive world: their summaries, true speeds by class, true characters by circuit."""
    rng = np.random.default_rng(seed)
    speed = {c: v + 0.02 * rng.standard_normal() for c, v in CLASSES.items()}
    character = {p: 0.1 * rng.standard_normal() for p in PLACES}
    found = []
    for n in range(races):
        place = PLACES[rng.integers(len(PLACES))]
        levels = {
            c: float(np.log(3600 * sites()[place].length_km) - v - character[place] + 0.013 * rng.standard_normal())
            for c, v in speed.items()
        }
        found.append(race(levels, place, n))
    return found, speed, character


PRIORS = SpeedPriors(CLASSES, {"gt-am": 5.09}, dict.fromkeys(PLACES, 0.0), 0.1, 0.013)


def wide(priors: SpeedPriors) -> SpeedPriors:
    """The same with no circuit known: places and published laps left out by naming circuits nobody has."""
    return SpeedPriors(priors.classes, priors.groups, {}, priors.circuit_sd, priors.race_sd)


def test_truth_lies_in_the_interval_at_the_stated_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = {k: dataclasses.replace(s, gt3_lap_s=None) for k, s in sites().items()}
    monkeypatch.setattr("langstrecke.ratings.pace.speed.sites", lambda: bare)
    inside, asked = 0, 0
    for seed in range(40):
        races, speed, character = world(seed, 12)
        target = PLACES[seed % len(PLACES)]
        for name, s in class_speeds(CLASSES, target, races, wide(PRIORS)).items():
            truth = np.log(3600 * sites()[target].length_km) - speed[name] - character[target]
            inside += abs(truth - s.value) < 1.645 * s.level.se
            asked += 1
    assert 0.84 < inside / asked < 0.97  # 90 % asked, 160 correlated draws


def test_another_class_here_tells_of_this_one() -> None:
    priors = wide(PRIORS)
    seen = race({"LMP2": float(np.log(120.0))}, "spa", 1)
    alone = class_speeds(["LMGT3"], "spa", [], priors)["LMGT3"]
    told = class_speeds(["LMGT3"], "spa", [seen], priors)["LMGT3"]
    assert told.level.se < alone.level.se
    both = class_speeds(["LMP1", "LMGT3"], "spa", [seen], priors)
    assert both["LMP1"].value < both["LMGT3"].value
    assert both["LMGT3"].own_sd < 2 * CLASS_GAP / 3  # the classes stay apart, however unsure the circuit is


CLASS_GAP = CLASSES["LMP1"] - CLASSES["LMGT3"]


def test_wet_races_and_unknown_circuits_tell_nothing() -> None:
    dry = class_speeds(["LMGT3"], "spa", [], PRIORS)
    assert class_speeds(["LMGT3"], "spa", [race({"LMGT3": 5.3}, "spa", 1, wet=0.4)], PRIORS) == dry
    assert class_speeds(["LMGT3"], "moon", [], PRIORS) == {}
    assert class_speeds(["LMGT3"], "moon", [], PRIORS, length_km=4.2)["LMGT3"].level.se >= PRIORS.circuit_sd
    assert class_speeds(["Rickshaw"], "spa", [], PRIORS) == {}
    met = class_speeds(["Rickshaw"], "spa", [race({"Rickshaw": 5.8}, "fuji", 1)], PRIORS)
    assert met["Rickshaw"].value > dry["LMGT3"].value


def test_the_fit_finds_the_world_again() -> None:
    races, speed, character = world(5, 60)
    table = fit_speeds(races)
    found = SpeedPriors(**table)  # type: ignore[arg-type]
    for a in speed:
        for b in speed:
            assert found.classes[a] - found.classes[b] == pytest.approx(speed[a] - speed[b], abs=0.015)
    for a in found.circuits:
        for b in found.circuits:
            assert found.circuits[a] - found.circuits[b] == pytest.approx(character[a] - character[b], abs=0.05)
    assert found.race_sd == pytest.approx(0.013, rel=0.3)


def test_every_shipped_set_knows_the_classes_of_today() -> None:
    for name in ("all", "without-imsa-2024", "without-wec-2025"):
        speeds = load_race_priors(name).speeds
        assert speeds.classes["HYPERCAR"] > speeds.classes["LMGT3"]
        assert 0.005 < speeds.race_sd < 0.03 < speeds.circuit_sd < 0.2


def test_a_card_of_a_class_nobody_timed_is_refused_or_says_so(tmp_path: Path) -> None:
    """Classes known by name get a lap that fits the circuit, others are refused with a way out."""
    cars = {"1": ("GTD", 122.0), "2": ("GTD", 122.4), "3": ("Rickshaw", 180.0), "4": ("Rickshaw", 181.0)}
    event = tmp_path / "data" / "2021" / "05-sebring-international-raceway"
    tf.imsa_laps(event / "202103201010-race-laps.csv", tf.plain_race(cars, 20, driver="Aaron Telitz"))
    with open_store(tmp_path / "store.duckdb") as store:
        import_folder(store, tmp_path / "data")
        with pytest.raises(NotFoundError, match="Rickshaw") as refused:
            build_card("imsa-2021-sebring", store)
        assert "--lap" in (refused.value.hint or "")
        card = build_card("imsa-2021-sebring", store, laps={"Rickshaw": 180.0})
    assert card.classes["Rickshaw"].lap_s == pytest.approx(180.0, rel=0.02)
    assert card.classes["GTD"].lap_s == pytest.approx(122.0, rel=0.06)
    inferred = next(line for line in card.race.unsure if "lap times inferred" in line)
    given = next(line for line in card.race.unsure if line.startswith("lap times given"))
    assert "GTD" in inferred.partition("inferred")[2]
    assert "Rickshaw 180" in given


def test_an_unsure_circuit_moves_all_classes_alike() -> None:
    """However unsure the lap at a new circuit, the slower class does not win overall for it."""
    from factories import make_card
    from langstrecke.simulation import simulate

    card = make_card(sizes={"DPi": 3, "GTD": 3}, duration_s=3600.0)
    unsure = card.model_copy(update={"circuit": card.circuit.model_copy(update={"lap_sd": 0.1})})
    sure, wide = (simulate(c, races=120, seed=3, figures=True) for c in (card, unsure))
    gtd = [n for n, e in enumerate(card.entries) if e.car_class == "GTD"]
    assert wide.overall_positions[gtd, 0].sum() <= sure.overall_positions[gtd, 0].sum() + 2
    laps = [o.figures[:, 0, 0].std() for o in (sure, wide)]
    assert laps[1] > 1.3 * laps[0]
