"""Forecasts: counts become probabilities, and the JSON is what is promised."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from factories import small_card
from langstrecke.errors import LangstreckeError
from langstrecke.forecast import Forecast, forecast, from_outcome
from langstrecke.formatting import is_out, printable, surname
from langstrecke.racecard import apply_patch, assignments
from langstrecke.simulation import FIGURES, Outcome

CARD = small_card()
CARS = tuple(e.car for e in CARD.entries)  # three DPi, four GTLM


def counted() -> Outcome:
    """Ten races counted by hand: 01 wins six, 5 four; 10 never finishes; the GTLM cars take turns."""
    class_positions = np.zeros((7, 7), np.int64)
    class_positions[0, :3] = 6, 4, 0
    class_positions[1, :3] = 4, 6, 0
    class_positions[2, :3] = 0, 0, 10
    class_positions[3:, :4] = [[4, 3, 2, 1], [3, 2, 1, 4], [2, 1, 4, 3], [1, 4, 3, 2]]
    overall = np.zeros((7, 7), np.int64)
    overall[0, :2], overall[1, :2], overall[2, 6] = (6, 4), (4, 6), 10
    overall[3:, 2:6] = class_positions[3:, :4]
    laps = np.array([600, 590, 100, 550, 550, 550, 550], np.int64)
    squares = np.array([36000, 34820, 1000, 30250, 30250, 30250, 30250], np.int64)
    figures = np.zeros((10, 2, len(FIGURES)))
    figures[:, 0, FIGURES.index("winner_laps")] = [60] * 9 + [50]
    figures[:, 0, FIGURES.index("margin_s")] = [np.nan] * 5 + [1.0, 2.0, 3.0, 4.0, 5.0]
    figures[:, 1, FIGURES.index("margin_s")] = np.nan
    figures[:, 0, FIGURES.index("neutralisations")] = 2
    figures[:, 0, FIGURES.index("neutral_s")] = 600
    return Outcome(
        cars=CARS,
        classes=tuple(e.car_class for e in CARD.entries),
        class_names=tuple(CARD.classes),
        races=10,
        seed=5,
        class_positions=class_positions,
        overall_positions=overall,
        retired=np.array([1, 0, 10, 0, 0, 0, 0], np.int64),
        unclassified=np.array([0, 0, 10, 0, 0, 0, 0], np.int64),
        laps=laps,
        laps_squared=squares,
        stops=np.full(7, 25, np.int64),
        car_laps=int(laps.sum()),
        figures=figures,
    )


@pytest.fixture(scope="module")
def played() -> Forecast:
    return forecast(CARD, races=300, seed=3)


def test_counts_become_probabilities() -> None:
    result = from_outcome(CARD, counted())
    first, second, third = (result.car(number) for number in ("01", "5", "10"))
    assert (first.played.win, second.played.win, third.played.win) == (0.6, 0.4, 0.0)
    assert first.played.positions == (0.6, 0.4, 0.0)
    assert first.played.expected_position == pytest.approx(1.4)
    assert (first.played.podium, third.played.podium) == (1.0, 1.0)
    assert result.car("4").played.podium == pytest.approx(0.6)
    assert (first.played.overall_win, result.car("3").played.overall_win) == (0.6, 0.0)
    assert (first.expected_laps, first.laps_sd) == (60.0, 0.0)
    assert (third.expected_laps, third.laps_sd) == (10.0, 0.0)
    assert (first.retire, third.retire, third.unclassified) == (0.1, 1.0, 1.0)
    assert first.stops == 2.5


def test_a_class_is_summed_up() -> None:
    dpi, gtlm = from_outcome(CARD, counted()).classes
    assert (dpi.winner_laps, dpi.winner_laps_low, dpi.winner_laps_high) == (60.0, 59.0, 60.0)
    assert dpi.margin_s == 3.0
    assert gtlm.margin_s is None
    assert (dpi.actual_winner, dpi.actual_laps, gtlm.actual_winner) == ("5", 62, "79")
    assert from_outcome(CARD, counted()).neutralisations == 2.0


def test_an_outcome_without_single_races_has_no_spread() -> None:
    result = from_outcome(CARD, replace(counted(), figures=np.zeros((0, 0, len(FIGURES)))))
    assert result.classes[0].winner_laps is None
    assert result.neutralisations is None
    assert result.car("01").played.win == 0.6


def test_standard_errors_shrink_with_the_root_and_are_never_zero() -> None:
    outcome = counted()
    few = from_outcome(CARD, outcome)
    many = from_outcome(
        CARD,
        replace(
            outcome,
            races=1000,
            **{
                name: getattr(outcome, name) * 100
                for name in ("class_positions", "overall_positions", "retired", "laps", "laps_squared")
            },
        ),
    )
    assert few.car("10").se.win > 0
    assert many.car("01").se.win == pytest.approx(math.sqrt(0.24 / 1000), rel=0.01)
    assert few.car("01").se.expected_position == pytest.approx(10 * many.car("01").se.expected_position)
    assert few.car("01").se.expected_laps == 0.0


def test_cars_are_ordered_by_chances() -> None:
    result = from_outcome(CARD, counted())
    assert [c.car for c in result.in_class("DPi")] == ["01", "5", "10"]
    assert [c.car for c in result.overall()][:2] == ["01", "5"]
    with pytest.raises(KeyError):
        result.car("99")


def test_the_json_is_as_promised() -> None:
    result = from_outcome(CARD, counted())
    data = json.loads(result.json_text())
    assert data == result.to_json()
    assert list(data)[:5] == ["race", "name", "circuit", "date", "duration_s"]
    assert list(data)[5:] == [
        "simulated", "seed", "at_s", "notes", "calibration", "neutralisations", "neutral_s", "classes", "entries",
    ]  # fmt: skip
    assert (data["race"], data["simulated"], data["seed"]) == ("test-2021-sebring", 10, 5)
    first = result.car("01")
    assert data["entries"][0] == {
        "car": "01",
        "class": "DPi",
        "team": "Cadillac Chip Ganassi Racing",
        "drivers": ["Renger van der Zande", "Kevin Magnussen", "Scott Dixon"],
        "grid": first.grid,
        "win": first.win,
        "win_before": None,
        "podium": first.podium,
        "overall_win": first.overall_win,
        "expected_position": first.expected_position,
        "positions": list(first.positions),
        "expected_laps": 60.0,
        "retire": 0.1,
        "played": {
            "win": 0.6,
            "podium": 1.0,
            "overall_win": 0.6,
            "expected_position": 1.4,
            "positions": [0.6, 0.4, 0.0],
        },
        "actual": {"position": 2, "position_in_class": 2, "laps": 62, "status": "Running"},
    }
    assert [len(e["positions"]) for e in data["entries"]] == [3, 3, 3, 4, 4, 4, 4]


def test_forecast_lines_are_as_scored() -> None:
    dpi, gtlm = from_outcome(CARD, counted()).lines(cutoff=0.25)
    assert list(dpi) == ["race", "class", "cutoff", "cars", "position_probabilities"]
    assert (dpi["class"], dpi["cutoff"], dpi["cars"]) == ("DPi", 0.25, ["01", "5", "10"])
    assert np.shape(gtlm["position_probabilities"]) == (4, 4)
    json.dumps(dpi)


def test_a_real_forecast_holds_together(played: Forecast) -> None:
    for car in played.cars:
        assert math.fsum(car.positions) == pytest.approx(1.0, abs=1e-12)
        assert car.win <= car.podium <= 1.0
        assert car.win == car.positions[0]
    assert math.fsum(c.overall_win for c in played.cars) == pytest.approx(1.0)
    for name, size in (("DPi", 3), ("GTLM", 4)):
        columns = np.sum([c.positions for c in played.in_class(name)], axis=0)
        assert columns == pytest.approx(np.ones(size))
    green = CARD.race.duration_s / CARD.classes["DPi"].lap_s
    assert 0.7 * green < (played.classes[0].winner_laps or 0.0) < green


def test_the_same_seed_is_the_same_forecast_on_any_threads(played: Forecast) -> None:
    assert forecast(CARD, races=300, seed=3, threads=1) == played
    assert forecast(CARD, races=300, seed=4) != played


def test_progress_is_told_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    forecast(CARD, races=200, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (200, 200)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_faster_car_has_better_odds(played: Forecast) -> None:
    faster = forecast(apply_patch(CARD, assignments(["entries.4.pace_s=-1.5"])), races=300, seed=3)
    assert faster.car("4").win > played.car("4").win + 0.3


def test_a_forecast_of_a_card_by_unknown_rules_is_an_error() -> None:
    with pytest.raises(LangstreckeError, match="formula-x"):
        forecast(small_card(rulebook="formula-x-2021"), races=10)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Renger van der Zande", "van der Zande"),
        ("Oswaldo Negri Jr.", "Negri Jr."),
        ("Juan Pablo Montoya", "Montoya"),
        ("Nyck de Vries", "de Vries"),
        ("Prost", "Prost"),
        ("", ""),
    ],
)
def test_surnames(name: str, short: str) -> None:
    assert surname(name) == short


def test_names_cannot_act_on_a_terminal() -> None:
    assert printable("Team\x1b[31m \n Red\x07") == "Team [31m Red"


@pytest.mark.parametrize("status", ["Retired", "Not Running", "DNF", "Disqualified", "did not start"])
def test_statuses_of_cars_that_did_not_finish(status: str) -> None:
    assert is_out(status)
    assert not is_out("Running")
    assert not is_out("Classified")
