"""How often it rains at the circuits, and what cards make of it."""

from __future__ import annotations

import datetime as dt

import pytest

from langstrecke.paddock.climate import rain_against, rain_share
from langstrecke.paddock.sun import sites
from langstrecke.racecard.hand.figures import weather


def test_every_circuit_has_twelve_months_of_plausible_rain() -> None:
    for circuit in sites():
        year = [rain_share(circuit, month) for month in range(1, 13)]
        assert all(share is not None and 0.0 <= share <= 0.3 for share in year), circuit


def test_places_and_months_differ_as_everybody_knows() -> None:
    july = {name: rain_share(name, 7) or 0.0 for name in ("spa", "laguna-seca", "bahrain", "sebring")}
    assert july["spa"] > july["sebring"] > july["laguna-seca"]
    assert july["bahrain"] < 0.001
    assert (rain_share("le-mans", 12) or 0.0) > 2 * (rain_share("le-mans", 6) or 0.0)
    assert (rain_share("sebring", 7) or 0.0) > (rain_share("sebring", 3) or 0.0)


def test_what_is_not_known_counts_as_usual() -> None:
    assert rain_share("nowhere", 5) is None
    assert rain_against("nowhere", 5, 0.04) == 1.0
    assert rain_against("bahrain", 7, 0.04) > 0.0
    with pytest.raises(ValueError, match="months go from 1 to 12"):
        rain_share("spa", 13)


def test_a_card_by_hand_rains_by_its_circuit_and_month_unless_the_sheet_knows_better() -> None:
    spa, laguna = (weather({}, circuit, dt.date(2022, 5, 8)) for circuit in ("spa", "laguna-seca"))
    assert spa.rain_per_h > 5 * laguna.rain_per_h
    assert spa.wet_start > laguna.wet_start
    dry = weather({"rain_per_h": 0.0, "wet_start": 0.0}, "spa", dt.date(2022, 5, 8))
    assert (dry.rain_per_h, dry.wet_start) == (0.0, 0.0)
