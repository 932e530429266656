"""Session pace: annotation of laps and recovery of known truth from synthetic laps."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from langstrecke.ratings.annotate import annotate
from langstrecke.ratings.pace.session import fit_session
from langstrecke.timing.schema import LAPS

BASE_S = 100.0


def synthetic_session(
    seed: int,
    *,
    cars: int = 8,
    drivers: int = 2,
    stints: int = 6,
    stint_laps: int = 25,
    sigma: float = 0.004,
    tau: float = 0.005,
    stint_sd: float = 0.002,
    slope: float = 0.0003,
) -> tuple[pl.DataFrame, dict[tuple[str, str], float]]:
    """A class on its own: laps with known levels (log), and those levels. Cars start far apart, nobody meets."""
    rng = np.random.default_rng(seed)
    rows, truth = [], {}
    for c in range(cars):
        car = f"{c + 1:02d}"
        pace = 0.005 * rng.standard_normal()
        own = 0.003 * rng.standard_normal(drivers)
        elapsed, lap = 7.0 * c, 0
        for stint in range(stints):
            d = stint % drivers
            driver = f"Driver {car}{'AB'[d]}"
            truth[car, driver] = np.log(BASE_S) + pace + own[d]
            form = stint_sd * rng.standard_normal()
            for age in range(1, stint_laps + 1):
                lap += 1
                drift = 0.002 * np.sin(elapsed / 4000)
                log_time = truth[car, driver] + form + slope * (age - stint_laps / 2) + drift
                log_time += sigma * rng.standard_normal() + tau * rng.exponential()
                out_lap = age == 1 and stint > 0
                time = float(np.exp(log_time)) + (60.0 if out_lap else 0.0)
                elapsed += time
                last = age == stint_laps and stint < stints - 1
                rows.append(
                    {
                        "race_id": "synthetic/race",
                        "car": car,
                        "car_class": "GTD",
                        "lap": lap,
                        "driver": driver,
                        "lap_time_s": time,
                        "elapsed_s": elapsed,
                        "in_pit": last,
                        "pit_time_s": 60.0 if out_lap else None,
                        "flag": "green",
                        "team": f"Team {car}",
                        "manufacturer": "Make",
                    }
                )
    return pl.DataFrame(rows, schema_overrides=dict(LAPS)).select(
        [pl.col(n) if n in rows[0] else pl.lit(None, dtype=t).alias(n) for n, t in LAPS.items()]
    ), truth


def test_stints_and_pit_laps_are_found() -> None:
    laps, _ = synthetic_session(1, cars=2, stints=3, stint_laps=10)
    found = annotate(laps)
    mine = found.car == 0
    assert found.stint[mine].max() == 2
    assert list(found.stint_lap[mine][:11]) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1]
    assert found.in_lap[mine].sum() == 2
    assert found.out_lap[mine].sum() == 2
    assert not found.clean[found.in_lap | found.out_lap].any()


def test_the_order_of_rows_does_not_matter() -> None:
    laps, _ = synthetic_session(2)
    shuffled = laps.sample(fraction=1.0, shuffle=True, seed=5)
    one, other = annotate(laps), annotate(shuffled)
    assert np.array_equal(one.clean, other.clean)
    assert fit_session(one, "GTD") == fit_session(other, "GTD")


def test_passing_is_read_off_the_order_at_the_line() -> None:
    laps, _ = synthetic_session(3, cars=2, stints=1, stint_laps=40)
    quick = laps.filter(pl.col("car") == "01").with_columns(car_class=pl.lit("DPi"), lap_time_s=80.0)
    quick = quick.with_columns(elapsed_s=pl.col("lap_time_s").cum_sum() + 0.5)
    slow = laps.filter(pl.col("car") == "02").with_columns(lap_time_s=100.0)
    slow = slow.with_columns(elapsed_s=pl.col("lap_time_s").cum_sum())
    found = annotate(pl.concat([quick, slow]))
    fast, lapped = found.car == 0, found.car == 1
    # 80 s against 100 s: every fifth lap of the quick car goes past the slow one
    assert found.passes[fast & (found.end_s < 3200)].sum() == pytest.approx(8, abs=1)
    assert found.passed[lapped & (found.end_s < 3200)].sum() == pytest.approx(8, abs=1)
    assert found.passed[fast].sum() == 0


def test_laps_around_a_caution_are_not_clean() -> None:
    laps, _ = synthetic_session(4, cars=4, stints=2)
    laps = laps.with_columns(flag=pl.when(pl.col("lap") == 20).then(pl.lit("fcy")).otherwise(pl.lit("green")))
    found = annotate(laps.cast({"flag": LAPS["flag"]}))
    assert not found.clean[(found.lap == 20) | (found.lap == 21)].any()


def test_known_levels_lie_in_their_intervals_at_the_stated_rate() -> None:
    """Contrasts between drivers, standardised by the stated errors, over many sessions."""
    inside, n, z_all = 0, 0, []
    for seed in range(12):
        laps, truth = synthetic_session(seed)
        fit = fit_session(annotate(laps), "GTD")
        assert fit is not None
        level = np.array([c.level for c in fit.cells])
        true = np.array([truth[c.car, c.driver] for c in fit.cells])
        gap = (level - level.mean()) - (true - true.mean())
        z = gap / np.sqrt([c.var for c in fit.cells])
        inside += int(np.sum(np.abs(z) < 1.645))
        n += len(z)
        z_all.append(z)
    assert 0.82 < inside / n < 0.97
    assert 0.8 < np.std(np.concatenate(z_all)) < 1.25


def test_noise_and_slope_are_recovered() -> None:
    laps, _ = synthetic_session(7, cars=14, stints=8)
    fit = fit_session(annotate(laps), "GTD")
    assert fit is not None
    assert fit.sigma == pytest.approx(0.004, rel=0.15)
    assert fit.tau == pytest.approx(0.005, rel=0.2)
    assert abs(fit.effects[0] - 0.0003) < 3 * fit.effect_sds[0] + 2e-5


def test_too_few_laps_are_no_fit() -> None:
    laps, _ = synthetic_session(1, cars=1, stints=1, stint_laps=8)
    assert fit_session(annotate(laps), "GTD") is None
