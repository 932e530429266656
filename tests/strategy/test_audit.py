"""Audits: every stop of a race judged by what was known when it was decided."""

from __future__ import annotations

import json

import pytest

from factories import small_card
from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.simulation import simulate_laps
from langstrecke.strategy import audit
from langstrecke.timing.derive import pit_stops


def test_every_stop_is_in_the_audit() -> None:
    card = small_card()
    laps = simulate_laps(card, race=5)
    found = audit(card, laps, first_look=16, second_look=32)
    stops = pit_stops(laps)
    late = sum(1 for row in stops.iter_rows(named=True) if row["in_s"] > card.race.duration_s - 200)
    assert stops.height - late <= len(found.stops) <= stops.height
    assert {s.kind for s in found.stops} <= {"choice", "forced", "repair"}
    assert all((s.answer is not None) == (s.kind == "choice") for s in found.stops)
    assert [s.t for s in found.stops] == sorted(s.t for s in found.stops)
    for name in found.classes():
        best, worst = found.best(name), found.worst(name)
        assert best[0].gain >= best[-1].gain
        assert worst[0].gain <= worst[-1].gain
    assert json.loads(json.dumps(found.to_json()))["race"] == card.race.id


def test_an_audit_of_nobody() -> None:
    card = small_card()
    laps = simulate_laps(card, race=5)
    with pytest.raises(NotFoundError, match="no car is called '02'"):
        audit(card, laps, cars=["02"])
    with pytest.raises(LangstreckeError, match="no stop of these cars"):
        audit(card, laps, classes=["LMP1"])
