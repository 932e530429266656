"""Cards by hand: what is known is in them, what is estimated is marked, and they play like real races."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from langstrecke.errors import NotFoundError
from langstrecke.racecard import RaceCard, load_card, rounded
from langstrecke.racecard.hand import UNKNOWN, hand_card, hand_cards, list_sheets, read_sheet
from langstrecke.rulebooks.load import load_rulebook
from langstrecke.simulation import FIGURES, simulate

LAPS = {  # median of the winner's laps: what races of these years allow
    "spa-24h-2018": ("Pro", 500, 570),
    "adac-gt-masters-2019-red-bull-ring-1": ("GT3", 34, 41),
    "blancpain-endurance-2018-paul-ricard": ("Pro", 165, 182),
    "blancpain-endurance-2018-barcelona": ("Pro", 88, 100),
}


def test_shipped_cards_are_what_the_sheets_give() -> None:
    for name in list_sheets():
        for card in hand_cards(read_sheet(name)):
            assert rounded(load_card(card.race.id)) == rounded(card), card.race.id


def test_spa_2018_holds_what_is_known() -> None:
    card = load_card("spa-24h-2018")
    assert len(card.entries) == 63
    assert sum(e.team != "Unknown entrant" for e in card.entries) >= 29
    winner = card.entry("34")
    assert [d.name for d in winner.drivers] == ["Tom Blomqvist", "Christian Krognes", "Philipp Eng"]
    assert winner.grid == 8
    assert card.entry("99").grid == 11
    assert card.race.knowledge == "hand"
    assert "32 of 63 cars known" in card.race.note
    assert "Estimated" in card.race.note


def test_gt_masters_2019_holds_the_bmw() -> None:
    card = load_card("adac-gt-masters-2019-red-bull-ring-1")
    bmw = [e for e in card.entries if e.make == "BMW"]
    assert [(e.team, e.grid) for e in bmw] == [("MRS GT-Racing", 1)]
    assert [d.name for d in bmw[0].drivers] == ["Jens Klingmann", "Nicolai Sylvest"]
    assert 28 <= len(card.entries) <= 31
    assert all(e.guest for e in load_card("adac-gt-masters-2019-nurburgring-1").entries if "Toksport" in e.team)


@pytest.mark.parametrize("name", LAPS)
def test_what_is_not_known_is_marked_and_wider(name: str) -> None:
    card = load_card(name)
    for entry in card.entries:
        assert all(d.evidence in ("prior", "hand") for d in entry.drivers)
        assert all(d.evidence == "hand" for d in entry.drivers if d.name.startswith(UNKNOWN))
    known = [e.pace_s_sd for e in card.entries if e.team != "Unknown entrant"]
    unknown = [e.pace_s_sd for e in card.entries if e.team == "Unknown entrant" and e.car[0].isalpha()]
    if unknown:
        assert min(unknown) > np.mean(known)


@pytest.mark.parametrize("name", LAPS)
def test_they_play_like_real_races(name: str) -> None:
    car_class, low, high = LAPS[name]
    card = load_card(name)
    outcome = simulate(card, races=200, seed=4, figures=True)
    figures = outcome.figures[:, outcome.class_names.index(car_class), :]
    laps = float(np.median(figures[:, FIGURES.index("winner_laps")]))
    assert low <= laps <= high
    margin = float(np.nanmedian(figures[:, FIGURES.index("margin_s")]))
    assert 1.0 < margin < 90.0
    assert outcome.class_position_probabilities()[:, 0].max() < 0.6


def test_oschersleben_qualifying_is_as_close_as_it_was() -> None:
    """20 of 31 cars within a second of pole is what pages tell of the first race of 2019."""
    card = load_card("adac-gt-masters-2019-oschersleben-2")
    rng = np.random.default_rng(1)
    within = []
    for _ in range(200):
        best = []
        for e in card.entries:
            driver = e.drivers[0]
            noise = 0.0032 * 85 * rng.standard_normal()
            best.append(
                e.pace_s
                + e.pace_s_sd * rng.standard_normal()
                + driver.pace_s
                + driver.pace_s_sd * rng.standard_normal()
                + noise
            )
        within.append(sum(b < min(best) + 1.0 for b in best))
    assert 10 <= np.mean(within) <= 30


def test_unknown_names_are_answered_with_near_ones() -> None:
    with pytest.raises(NotFoundError, match="spa-24h-2018"):
        read_sheet("spa-24-2018")
    with pytest.raises(NotFoundError, match="spa-24h-2018"):
        hand_card(read_sheet("spa-24h-2018"), "spa-24h-2019")


def test_a_card_can_be_read_from_an_own_sheet(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        """
[season]
series = "spa-24h"
season = 2018
rulebook = "spa-24h-2018"
overtaking_s = 1.0
[season.neutralisation]
rate_per_h = 0.2
[classes.Pro]
name = "Pro"
group = "gt-pro"
licences = ["gold", "gold"]
[[rounds]]
id = "mine"
name = "Mine"
date = 2018-07-28
circuit = "spa"
circuit_name = "Spa"
length_km = 7.0
duration_s = 7200
lap_s = 143.0
stint_s = 3600
lane_s = 40
own_entries = true
entries = [{ car = "1", class = "Pro", drivers = ["Jens Klingmann"] }]
fill = [{ class = "Pro", cars = 3, vehicles = { "BMW M6 GT3" = 1 } }]
""",
        encoding="utf-8",
    )
    card: RaceCard = hand_card(read_sheet(path), "mine")
    assert len(card.entries) == 3
    assert card.race.rulebook == load_rulebook("spa-24h-2018").id
