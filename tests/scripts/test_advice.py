"""The scoreboard of advice: its page from records, and the record of one made race."""

from __future__ import annotations

from typing import Any

from scripts.validate.advice import page
from scripts.validate.advice_cases import record

from factories import card_of_made_race
from race_maker import make_race


def _record(race: str, better: bool, said: bool, agrees: bool) -> dict[str, Any]:
    return {
        "race": race,
        "laps": [{"look": 0.5, "car": "01", "told": 52.0, "low": 48.0, "high": 55.0, "came": 50}],
        "stops": [{"car": "01", "told": 2, "sure": 0.7, "came": 2, "odds": 0.7, "visits": 3}],
        "tanks": [{"car_class": "GTP", "card": -0.04, "half": 0.01}],
        "yellow": [{"better": better, "worse": False, "says_stop": said}],
        "splits": [{"agrees": agrees, "expected": 0.56}],
        "audit": {"stops": 20, "mean": -0.02, "error": 0.03},
    }


def test_races_that_judge_stand_apart_from_those_looked_at() -> None:
    records = [_record("imsa-2024-sebring", True, True, True), _record("imsa-2021-sebring", True, False, False)]
    text = page(records, 120)
    judge, looked = text.split("## Races looked at")
    assert "Races that judge: 1" in judge
    assert "within 4; 80 %" in judge
    assert "+2.0 (2.0); 100 %" in judge
    assert "`call` says stop | 1 | 100 %" in judge
    assert "`call` says stop | 1 | 0 %" in looked
    assert "-4.0 %" in judge
    assert "56 %" in judge
    assert "... imsa-2024-sebring | 20 stops | -0.02" in judge


def test_a_made_race_is_recorded() -> None:
    laps = make_race(cars=10, periods=[(3600.0, 4800.0, "safety_car")])
    found = record(card_of_made_race(laps, 10_800.0), laps, races=16)
    assert {r["look"] for r in found["laps"]} <= {0.15, 0.5, 0.75}
    assert found["laps"]
    assert all(r["low"] <= r["high"] for r in found["laps"])
    assert all(0.0 <= r["odds"] <= r["sure"] <= 1.0 for r in found["stops"])
    assert len(found["yellow"]) <= 3
    assert found["audit"] is None  # twenty minutes of yellow
    assert page([found], 16)
