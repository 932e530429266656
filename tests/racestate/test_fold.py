"""One fold: laps lap by lap, in any order, put right and taken back, give the state that their table gives."""

from __future__ import annotations

from functools import lru_cache
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import card_of_made_race
from langstrecke.live import FeedState, timing_table
from langstrecke.live.sources.replay import Recording
from langstrecke.racestate.fold import RaceFold, fold_of
from langstrecke.racestate.lap import Lap, laps_in
from langstrecke.racestate.state import live_state
from langstrecke.racestate.tanks import with_tanks
from langstrecke.simulation.kernel import stops
from langstrecke.timing.neutral import NEUTRAL_BURN
from race_maker import make_race

SEEDS = st.integers(0, 2**32 - 1)
TIMES = st.floats(1.0, 3600.0)


@lru_cache(maxsize=2)
def race(flags: bool) -> pl.DataFrame:
    return make_race(cars=8, length_s=3600.0, stint_laps=7, periods=[(900.0, 1500.0, "fcy")], flags=flags)


def told(laps: list[Lap], rng: Random) -> RaceFold:
    """The laps in a random order, a tenth of them wrong or invented at first and put right later."""
    fold = RaceFold()
    rng.shuffle(laps)
    right: list[Lap] = []
    for lap in laps:
        if rng.random() < 0.1:
            fold.put(lap._replace(elapsed_s=lap.elapsed_s + rng.uniform(-500.0, 500.0), driver="Nobody"))
            right.append(lap)
        else:
            fold.put(lap)
        if rng.random() < 0.05:
            fold.put(lap._replace(lap=lap.lap + 1000))
            fold.withdraw(lap.car, lap.lap + 1000)
        if rng.random() < 0.02:
            fold.laps()  # somebody looks in between
            fold.spans(rng.uniform(0.0, 3600.0))
    for lap in right:
        fold.put(lap)
    return fold


@given(SEEDS, TIMES, st.booleans())
def test_lap_by_lap_and_all_at_once_are_one_state(seed: int, t: float, flags: bool) -> None:
    laps = race(flags)
    card = card_of_made_race(laps, 3600.0)
    fold = told(list(laps_in(laps)), Random(seed))
    assert fold.laps().equals(laps.sort("car", "lap"))
    assert fold.newest_s == laps["elapsed_s"].max()
    whole = live_state(laps, card, t)
    assert live_state(fold, card, t) == whole
    assert live_state(fold, card, t) == whole  # asked again, and after a later moment
    live_state(fold, card, 3600.0)
    assert live_state(fold, card, t) == whole
    assert fold.spans(t) == fold_of(laps).spans(t)


@given(SEEDS, st.integers(1, 60), st.booleans())
def test_laps_taken_back_are_as_if_they_had_never_been(seed: int, gone: int, flags: bool) -> None:
    laps = race(flags)
    card = card_of_made_race(laps, 3600.0)
    rng = Random(seed)
    rows = list(laps_in(laps))
    fold = told(list(rows), rng)
    back = {(lap.car, lap.lap) for lap in rng.sample(rows, gone)}
    for car, lap in sorted(back):
        fold.withdraw(car, lap)
    left = laps.filter(~pl.struct("car", "lap").map_elements(lambda r: (r["car"], r["lap"]) in back, pl.Boolean))
    assert fold.laps().equals(left.sort("car", "lap"))
    assert fold.silences(3600.0) == fold_of(left).silences(3600.0)
    mine = live_state(fold, card, 3000.0)
    for car, other in zip(mine.cars, live_state(left, card, 3000.0).cars, strict=True):
        assert (car.laps, car.crossed_s, car.stops_s, car.driven_s) == (
            other.laps, other.crossed_s, other.stops_s, other.driven_s,
        )  # fmt: skip


@pytest.mark.parametrize("flags", [True, False])
def test_the_timing_table_reads_the_same_state(flags: bool) -> None:
    """Fuel, tyres, stops, who drives and who is late are the in-race forecast's, not figures of the table's own."""
    laps = race(flags)
    card = card_of_made_race(laps, 3600.0)
    recording = Recording(laps, race_id="made", duration_s=3600.0)
    state = FeedState()
    state.apply(recording.hello)
    seq = 0
    for t in (600.0, 1200.0, 1500.0, 2100.0, 3000.0):
        while seq < recording.count_until(t):
            seq += 1
            state.apply(recording.message(seq))
        table = timing_table(state, card, t)
        now = live_state(laps, card, t)
        tanks = with_tanks(card, now.stints()).classes
        for car in now.cars:
            row = table.row(car.car)
            assert row.fuel_left_laps == pytest.approx(max(0.0, tanks[car.car_class].stint_laps - car.fuel_laps))
            assert (row.laps, row.stint_laps, row.stops, row.in_pit) == (
                car.laps,
                car.stint_laps,
                car.stops,
                car.in_pit,
            )
            assert (row.status, row.overdue_s) == (car.status, car.overdue_s)
            assert (row.gap_laps, row.gap_s) == car.gap
    burnt = {c.fuel_laps % 1.0 for c in live_state(laps, card, 1500.0).cars}
    assert 0.5 in burnt  # or nobody drove under the yellow and the test proves nothing


def test_a_lap_under_yellow_is_told_at_once_by_its_flag() -> None:
    """The neutralised stretches are read off the laps once a minute; until then the flag tells."""
    laps = race(True)
    card = card_of_made_race(laps, 3600.0)
    recording = Recording(laps, race_id="made", duration_s=3600.0)
    state = FeedState()
    state.apply(recording.hello)
    last = recording.count_until(1310.0)
    for seq in range(1, last + 1):
        state.apply(recording.message(seq))
    table = timing_table(state, card)
    now = live_state(laps, card, 1310.0)
    tanks = with_tanks(card, now.stints()).classes
    for car in now.cars:
        left = table.row(car.car).fuel_left_laps
        assert left is not None
        assert left == pytest.approx(tanks[car.car_class].stint_laps - car.fuel_laps, abs=0.5)


def test_a_lap_that_has_not_come_burnt_its_fuel_and_wore_its_tyres() -> None:
    laps = race(True)
    card = card_of_made_race(laps, 3600.0)
    lost = laps.filter(~((pl.col("car") == "02") & (pl.col("lap") == 3)))
    whole, holed = (live_state(table, card, 600.0).car("02") for table in (laps, lost))
    assert whole.laps == holed.laps == 5
    assert (holed.stint_laps, holed.fuel_laps) == (whole.stint_laps, whole.fuel_laps)


def test_times_that_run_backwards_are_told_and_harm_nobody_else() -> None:
    laps = race(True)
    card = card_of_made_race(laps, 3600.0)
    wrong = laps.with_columns(
        elapsed_s=pl.when((pl.col("car") == "02") & (pl.col("lap") == 4)).then(3000.0).otherwise("elapsed_s")
    )
    fold = fold_of(wrong)
    state = fold.cars["02"].state(3600.0, ())
    assert state is not None
    assert state.backwards
    early, batch = live_state(fold, card, 800.0), live_state(wrong, card, 800.0)
    assert early == batch
    others = [c for c in early.cars if c.car != "02"]
    assert [(c.laps, c.fuel_laps) for c in others] == [
        (c.laps, c.fuel_laps) for c in live_state(laps, card, 800.0).cars if c.car != "02"
    ]


def test_a_silence_counts_once_it_has_lasted() -> None:
    """Looking back into a long silence, nobody knows yet how long it will be."""
    laps = race(True)
    stopped = laps.with_columns(
        elapsed_s=pl.when(pl.col("elapsed_s") > 2000.0).then(pl.col("elapsed_s") + 1200.0).otherwise("elapsed_s")
    )
    fold = fold_of(stopped)
    last = float(stopped.filter(pl.col("elapsed_s") <= 2000.0)["elapsed_s"].max())  # type: ignore[arg-type]
    assert fold.silences(last + 100.0) == ()
    assert fold.silences(last + 500.0) == ((last, last + 500.0),)
    assert len(fold.silences(1e9)) == 2  # and the one since the end


def test_the_kernel_burns_what_the_fold_counts() -> None:
    assert NEUTRAL_BURN == stops.NEUTRAL_BURN
