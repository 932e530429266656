"""The pace filter: recovery on synthetic seasons, updating with a race's own laps, pooling."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from langstrecke.ratings.blas import _libraries, one_thread
from langstrecke.ratings.pace.check import check_drivers, check_race
from langstrecke.ratings.pace.history import group_events, walk
from langstrecke.ratings.pace.posterior import PacePosterior, Row, car_paces, update_pace
from langstrecke.ratings.pace.priors import PacePriors
from langstrecke.ratings.pace.session import Cell, SessionPace
from langstrecke.ratings.pooling import Evidence, FigurePrior, RatePrior, pool, pool_rate
from langstrecke.ratings.race_facts import Measured
from langstrecke.ratings.sessions import SessionSummary
from langstrecke.timing.car_classes import family, group_of
from langstrecke.timing.people import person
from made_seasons import CLASS, synthetic_seasons


def test_predictions_of_synthetic_races_are_calibrated() -> None:
    """Truth drawn from the model lies in the stated intervals at the stated rate, for cars and for drivers."""
    priors = replace(PacePriors(), few_laps=0.0, driver_drift=1e-6, team_years=1e3)
    cars, drivers = [], []
    for seed in range(6):
        for _, _, races in walk(group_events(synthetic_seasons(seed, priors)), priors):
            for race in races:
                cars += check_race(race)
                drivers += check_drivers(race)
    for checks in (cars, drivers):
        z = np.array([c.z for c in checks])
        assert len(z) > 500
        assert abs(z.mean()) < 0.1
        assert 0.9 < z.std() < 1.1
        assert np.mean(np.abs(z) < 1.645) == pytest.approx(0.90, abs=0.03)
    predicted = np.array([c.predicted for c in cars])
    realised = np.array([c.realised for c in cars])
    assert np.corrcoef(predicted, realised)[0, 1] > 0.6


def test_knowing_more_narrows_the_belief() -> None:
    priors = PacePriors()
    summaries = synthetic_seasons(3, priors)
    without = tuple(s for s in summaries if s.info.kind == "race")
    last = [races[0] for _, _, races in walk(group_events(summaries), priors) if races][-1]
    bare = [races[0] for _, _, races in walk(group_events(without), priors) if races][-1]
    sd = np.mean([c.sd for c in check_race(last)])
    sd_bare = np.mean([c.sd for c in check_race(bare)])
    assert sd < 0.95 * sd_bare


def test_later_sessions_change_no_earlier_prediction() -> None:
    priors = PacePriors()
    summaries = synthetic_seasons(4, priors, events=5)
    rest = synthetic_seasons(99, priors, events=5)
    cut = 3 * 3  # sessions of the first three events
    mixed = summaries[:cut] + rest[cut:]

    def means(sessions: tuple[SessionSummary, ...]) -> list[np.ndarray]:
        return [r.before.mean for _, _, races in walk(group_events(sessions), priors) for r in races]

    for one, other in zip(means(summaries)[:3], means(mixed)[:3], strict=True):
        assert np.array_equal(one, other)


def _field() -> PacePosterior:
    rows = tuple(Row(str(c), CLASS, f"d{c}{d}") for c in range(4) for d in range(2))
    rng = np.random.default_rng(0)
    car = np.kron(np.eye(4), np.ones((2, 2))) * 0.003**2
    cov = car + np.eye(8) * 0.002**2
    return PacePosterior(rows, 0.004 * rng.standard_normal(8), cov, {CLASS: Measured(4.6, 0.005)})


def test_update_is_exact_conditioning() -> None:
    before = _field()
    cells = (Cell("0", "d00", 4.611, 0.001**2, 30, 1), Cell("2", "d21", 4.603, 0.0015**2, 20, 1))
    fit = SessionPace(CLASS, cells, (0.0,) * 4, (0.1,) * 4, 0.004, 0.004, 0.002, 10.0, 50)
    after = update_pace(before, (fit,))
    # the same by brute force: level and rows jointly
    mean = np.r_[4.6, before.mean]
    cov = np.zeros((9, 9))
    cov[0, 0], cov[1:, 1:] = 0.005**2, before.cov
    h = np.zeros((2, 9))
    h[:, 0] = 1
    h[0, 1 + 0] = h[1, 1 + 5] = 1
    gain = cov @ h.T @ np.linalg.inv(h @ cov @ h.T + np.diag([0.001**2, 0.0015**2]))
    full = mean + gain @ (np.array([4.611, 4.603]) - h @ mean)
    full_cov = cov - gain @ h @ cov
    assert np.allclose(after.mean, full[1:])
    assert np.allclose(after.cov, full_cov[1:, 1:])
    assert after.levels[CLASS].value == pytest.approx(full[0])
    assert after.levels[CLASS].se == pytest.approx(np.sqrt(full_cov[0, 0]))


def test_update_leaves_unknown_cars_aside() -> None:
    before = _field()
    cells = (Cell("77", "nobody", 4.6, 1e-6, 30, 1),)
    fit = SessionPace(CLASS, cells, (0.0,) * 4, (0.1,) * 4, 0.004, 0.004, 0.002, 10.0, 50)
    assert update_pace(before, (fit,)) == before


def test_cars_and_drivers_add_up() -> None:
    field = _field()
    average, paces = car_paces(field, CLASS)
    assert sum(p.pace for p in paces.values()) == pytest.approx(0, abs=1e-12)
    for c in range(4):
        for d in range(2):
            total = average + paces[str(c)].pace + paces[str(c)].drivers[d][0]
            assert total == pytest.approx(field.mean[2 * c + d])


def test_pooling_lies_between_prior_and_evidence() -> None:
    prior = FigurePrior(mean=10.0, mean_sd=1.0, sd=2.0)
    target = Evidence("r9", "imsa GTD", "sebring", Measured(0.0, 0.0))
    same = [Evidence(f"r{i}", "imsa GTD", "sebring", Measured(14.0, 0.5)) for i in range(4)]
    far = [Evidence(f"r{i}", "imsa LMP2", "spa", Measured(14.0, 0.5)) for i in range(4)]
    nothing = pool(prior, [], target)
    assert nothing.value == 10.0
    assert 10 < pool(prior, far, target).value < pool(prior, same, target).value < 14
    assert pool(prior, same, target).se < pool(prior, far, target).se < nothing.se


def test_rates_learn_from_series_and_circuit() -> None:
    prior = RatePrior(per_h=1.0, events=10)
    assert pool_rate(prior, (0, 0)).per_h == pytest.approx(1.0)
    series = pool_rate(prior, (40, 20))
    assert 1.0 < series.per_h < 2.0
    assert series.log_sd < pool_rate(prior, (0, 0)).log_sd
    assert pool_rate(prior, (40, 20), (0, 10)).per_h < series.per_h


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Kévin ESTRE", "kevin estre"),
        ("Felipe De Oliveira Nasr", "felipe nasr"),
        ("Renger van der Zande", "renger zande"),
        ("J. MAGNUSSEN", "j magnussen"),
        ("William STEVENS", "will stevens"),
        ("Will Stevens", "will stevens"),
    ],
)
def test_one_key_for_one_driver(name: str, key: str) -> None:
    assert person(name) == key


def test_classes_are_known_by_kind() -> None:
    assert group_of("GTD") == "gt-am"
    assert group_of("LMGTE Pro") == "gt-pro"
    assert family("GTDPRO") == family("GTD")
    assert group_of("something new") == "gt-am"


def test_blas_threads_are_put_back() -> None:
    counts = [get() for get, _ in _libraries()]
    with one_thread():
        assert all(get() == 1 for get, _ in _libraries())
    assert [get() for get, _ in _libraries()] == counts
