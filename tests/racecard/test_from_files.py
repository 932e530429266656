"""A card from simulators' files gets back what the files were made with, and says what it could not know."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from langstrecke.errors import CardError
from langstrecke.racecard import RaceCard, card_text, read_card
from langstrecke.racecard.build.from_files import card_from_files
from langstrecke.simulation import simulate
from sim_files import acc_json, as_bytes, iracing_laps, iracing_result, made_race, rfactor2_xml


def card(tmp_path: Path, seed: int = 1, **more: float) -> RaceCard:
    for n in range(3):
        (tmp_path / f"{n}.xml").write_bytes(as_bytes(rfactor2_xml(made_race(seed + n, laps=30))))
    return card_from_files(sorted(tmp_path.glob("*.xml")), **more)


def test_recovery(tmp_path: Path) -> None:
    """Cars 0.4 s a lap apart (drivers of car n are "Driver n..."), 6 % of the tank a lap, stops that cost 22 s."""
    made = card(tmp_path)
    figures = made.classes["GT3"]
    assert figures.stint_laps == pytest.approx(1 / 0.06, rel=0.02)
    assert figures.lane_s == pytest.approx(22.0, abs=1.5)
    assert figures.lap_s == pytest.approx(101.75, abs=0.4)
    assert abs(figures.tyre_lap_s) < 0.05
    paces = {}
    for entry in made.entries:
        for driver in entry.drivers:
            if driver.evidence == "laps":
                paces.setdefault(driver.name.split()[1][0], []).append(driver.pace_s)
    means = [float(np.mean(paces[n])) for n in sorted(paces)]
    slope = np.polyfit(range(len(means)), means, 1)[0]
    assert slope == pytest.approx(0.4, abs=0.15)  # drawn to the mean by a few laps
    assert all(driver.licence is None for entry in made.entries for driver in entry.drivers)
    assert made.race.duration_s == 3600.0
    assert "stops timed" in made.race.note


def test_it_can_be_played_and_written(tmp_path: Path) -> None:
    made = card(tmp_path)
    (tmp_path / "card.toml").write_text(card_text(made))
    assert read_card(tmp_path / "card.toml").entries == made.entries
    outcome = simulate(made, races=20)
    assert outcome.class_positions.sum() == 20 * len(made.entries)


def test_what_no_file_tells_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(as_bytes(acc_json(made_race(3))))
    with pytest.raises(CardError, match="how long the race is"):
        card_from_files([path])
    with pytest.raises(CardError, match="how many laps a tank"):
        card_from_files([path], length_s=7200.0)
    made = card_from_files([path], length_s=7200.0, stint_laps=25.0)
    assert made.classes["GT3"].stint_laps == 25.0
    assert "given" in made.race.note


def test_iracing_laps_get_their_class_from_the_result(tmp_path: Path) -> None:
    race = made_race(4)
    (tmp_path / "laps.json").write_bytes(as_bytes(iracing_laps(race)))
    (tmp_path / "result.json").write_bytes(as_bytes(iracing_result(race)))
    made = card_from_files([tmp_path / "laps.json", tmp_path / "result.json"], length_s=7200.0, stint_laps=20.0)
    assert list(made.classes) == ["GT3"]
    assert len(made.entries) == len(race)
    with pytest.raises(CardError, match="no file holds racing laps"):
        card_from_files([tmp_path / "result.json"], length_s=7200.0, stint_laps=20.0)


def test_files_of_two_tracks_are_no_race(tmp_path: Path) -> None:
    race = made_race(5)
    (tmp_path / "a.xml").write_bytes(as_bytes(rfactor2_xml(race)))
    (tmp_path / "b.xml").write_bytes(as_bytes(rfactor2_xml(race).replace("Spa GP", "Monza")))
    with pytest.raises(CardError, match="different tracks"):
        card_from_files([tmp_path / "a.xml", tmp_path / "b.xml"])
