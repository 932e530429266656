"""Simulate a race from a card, write it as an Al Kamel file, read it, rate it: the truth is found again."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np

from langstrecke.racecard.build import build_card
from langstrecke.racecard.schema import RaceCard
from langstrecke.racecard.shipped import load_card
from langstrecke.simulation import simulate_laps
from langstrecke.timing.write import write_alkamel

FOLDER = "imsa/2021/05-sebring-international-raceway"
RACES = 6


def certain(card: RaceCard) -> RaceCard:
    """The card with nothing left to chance about pace, in the dry: what it says is the truth of every race."""
    classes = {
        name: f.model_copy(update={"lap_s_sd": 0.0, "day_form_s": 0.0, "driver_form_s": 0.0})
        for name, f in card.classes.items()
    }
    entries = tuple(
        e.model_copy(
            update={"pace_s_sd": 0.0, "drivers": tuple(d.model_copy(update={"pace_s_sd": 0.0}) for d in e.drivers)}
        )
        for e in card.entries
    )
    dry = card.weather.model_copy(update={"wet_start": 0.0, "rain_per_h": 0.0})
    return card.model_copy(update={"classes": classes, "entries": entries, "weather": dry})


def test_pace_differences_are_recovered_within_their_stated_uncertainty(tmp_path: Path) -> None:
    truth = certain(load_card("imsa-2021-sebring"))
    errors: list[float] = []
    widths: list[float] = []
    for race in range(RACES):
        folder = tmp_path / str(race) / FOLDER
        folder.mkdir(parents=True)
        laps = simulate_laps(truth, race=race, seed=20)
        write_alkamel(laps, folder / "202103201010-race-laps.csv")
        found = build_card("imsa-2021-sebring", tmp_path / str(race) / "imsa", "full")
        ran = dict(laps.group_by("car").len().iter_rows())
        for name in truth.classes:
            cars = [c for c in truth.cars_of(name) if ran.get(c, 0) > 100]
            for a, b in combinations(cars, 2):
                real = truth.entry(a).pace_s - truth.entry(b).pace_s
                rated = found.entry(a).pace_s - found.entry(b).pace_s
                sd = float(np.hypot(found.entry(a).pace_s_sd, found.entry(b).pace_s_sd))
                errors.append((rated - real) / sd)
                widths.append(sd)
    score = np.array(errors)
    assert len(score) > 300
    inside = float((np.abs(score) < 1.645).mean())
    # stated: 90 %. Pairs of one race share its cars, so that 6 races are worth far fewer than their 600 pairs.
    assert inside >= 0.80, f"only {inside:.0%} of the 90 % intervals hold the truth"
    # and the intervals say something: much narrower than the spread of the field
    spread = np.std([e.pace_s for e in truth.entries])
    assert np.median(widths) < 1.0 * spread
