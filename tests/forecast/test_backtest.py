"""Backtests see nothing of the future, go on where they stopped, and write what is scored."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from langstrecke.errors import LangstreckeError
from langstrecke.forecast.evaluation.backtest import backtest
from langstrecke.forecast.evaluation.forecast_file import Line, append, mend, read_lines
from timing_files import BOM, IMSA_HEADER, imsa_event, imsa_laps, lap_row

CARS = {"01": ("DPi", 110.0), "10": ("DPi", 110.4), "31": ("DPi", 110.9), "1": ("GTD", 122.0), "2": ("GTD", 122.6)}
DAY = dt.date(2021, 3, 20)
RACE = "2021/05-sebring-international-raceway/202103201010-race-laps.csv"


def race_rows(cars: dict[str, tuple[str, float]], hours: float = 1.0, seed: int = 3) -> list[str]:
    """A race with noise, one stop per car at lap 15, and two drivers each."""
    rng = np.random.default_rng(seed)
    rows = []
    for number, (car, (car_class, seconds)) in enumerate(sorted(cars.items())):
        at, lap = 0.7 * number, 0
        while at < hours * 3600:
            lap += 1
            out = lap == 16
            time = round(seconds + rng.gamma(2.0, 0.4) + (55.0 if out else 0.0), 3)
            at = round(at + time, 3)
            driver = ("Ada Lang", "Bo Kurz")[lap > 15] + f" {car}"
            rows.append(
                lap_row(
                    car, lap, time, at, driver=driver, car_class=car_class, pit="B" if lap == 15 else "",
                    pit_time="0:55.000" if out else "", flag="GF",
                )
            )  # fmt: skip
    return rows


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A season of two events: the one to forecast, and one later."""
    data = tmp_path / "data"
    imsa_event(data, CARS)
    (data / "2021/05-sebring-international-raceway/202103201010-race-results.csv").unlink()
    imsa_laps(data / RACE, race_rows(CARS))
    later = data / "2021" / "12-watkins-glen-international"
    imsa_laps(later / "202106271040-race-laps.csv", race_rows(CARS, seed=9))
    return data


def run(data: Path, out: Path, last: dt.date = DAY, races: int = 40) -> list[Line]:
    backtest(data, out, first=DAY, last=last, cutoffs=(0.0, 0.5), races=races, threads=1)
    return read_lines(out)


def in_order(lines: list[Line]) -> list[tuple[tuple[str, str, float], tuple[str, ...], bytes]]:
    return [(line.key, line.cars, line.probabilities.tobytes()) for line in lines]


def test_lines_have_the_agreed_form(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "f.jsonl"
    run(folder, out)
    for text in out.read_text("utf-8").splitlines():
        data = json.loads(text)
        assert set(data) == {"race", "class", "cutoff", "cars", "position_probabilities", "source"}
        assert data["cars"] == sorted(data["cars"])
        assert data["source"] == RACE.removesuffix("-laps.csv")
        table = np.array(data["position_probabilities"])
        assert table.shape == (len(data["cars"]), len(data["cars"]))
        np.testing.assert_allclose(table.sum(axis=1), 1.0, atol=1e-9)
        np.testing.assert_allclose(table.sum(axis=0), 1.0, atol=1e-5)
    keys = {(line.car_class, line.cutoff) for line in read_lines(out)}
    assert keys == {("DPi", 0.0), ("DPi", 0.5), ("GTD", 0.0), ("GTD", 0.5)}


def test_no_later_row_and_no_later_file_changes_a_bit(folder: Path, tmp_path: Path) -> None:
    """Rows of the race after the cutoff and every later event are garbled: bit for bit the same forecasts.

    Who is entered is known before the start; without a result it is read off the laps, so late rows keep the names.
    """
    before = in_order(run(folder, tmp_path / "a.jsonl"))
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    length = 43_200.0  # Sebring's scheduled length: the cutoff 0.5 lies at 6 h
    path = other / RACE
    rows = path.read_text("utf-8-sig").splitlines()[1:]
    late = [
        lap_row(car, 500 + n, 99.0 + n, 0.5 * length + 60.0 * n, driver=f"Bo Kurz {car}", car_class=car_class)
        for car, (car_class, _) in CARS.items()
        for n in range(1, 5)
    ]
    path.write_text(BOM + "\n".join([IMSA_HEADER, *rows, *late]) + "\n", "utf-8")
    imsa_laps(
        other / "2021/12-watkins-glen-international/202106271040-race-laps.csv",
        race_rows({c: (k, s * 0.8) for c, (k, s) in CARS.items()}, seed=4),
    )
    assert in_order(run(other, tmp_path / "b.jsonl")) == before


def test_earlier_rows_do_change_the_forecast(folder: Path, tmp_path: Path) -> None:
    """The proof above proves nothing unless what is known does count."""
    before = in_order(run(folder, tmp_path / "a.jsonl", races=200))
    slower = {**CARS, "01": ("DPi", 116.0)}
    imsa_laps(folder / RACE, race_rows(slower))
    after = in_order(run(folder, tmp_path / "b.jsonl", races=200))
    assert [x for x in after if x[0][2] == 0.0] == [x for x in before if x[0][2] == 0.0]
    assert [x for x in after if x[0][2] == 0.5] != [x for x in before if x[0][2] == 0.5]


def test_an_interrupted_run_goes_on_and_repeats_nothing(folder: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole.jsonl"
    run(folder, whole)
    text = whole.read_text("utf-8")
    lines = text.splitlines(keepends=True)
    broken = tmp_path / "broken.jsonl"
    broken.write_text("".join(lines[:2]) + lines[2][:40], "utf-8")
    run(folder, broken)
    assert sorted(broken.read_text("utf-8").splitlines()) == sorted(text.splitlines())
    run(folder, broken)
    assert len(read_lines(broken)) == len(lines)


def test_a_race_that_cannot_be_forecast_is_uniform_and_named(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from langstrecke.forecast.evaluation import backtest as module

    def broken(*args: object, **kwargs: object) -> None:
        raise LangstreckeError("no figures")

    monkeypatch.setattr(module, "build_card", broken)
    report = backtest(folder, tmp_path / "f.jsonl", first=DAY, last=DAY, cutoffs=(0.0,), races=10, threads=1)
    assert any("imsa-2021-sebring" in w and "uniform" in w for w in report.warnings)
    for line in read_lines(tmp_path / "f.jsonl"):
        np.testing.assert_allclose(line.probabilities, 1.0 / len(line.cars), atol=1e-6)


def test_a_file_that_is_no_forecast_is_an_error_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    append(path, [Line("r", "A", 0.0, ("1", "2"), np.full((2, 2), 0.5), "s")])
    with path.open("a", encoding="utf-8") as file:
        file.write('{"race": "r"}\n')
    with pytest.raises(LangstreckeError, match="cars") as error:
        read_lines(path)
    assert error.value.line == 2


def test_mend_cuts_half_a_line_only(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    line = Line("r", "A", 0.25, ("1", "2"), np.array([[0.1, 0.9], [0.9, 0.1]]), "s")
    append(path, [line])
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:17])
    assert mend(path) == {line.key}
    assert path.read_bytes() == whole


def test_nothing_in_the_period_is_an_error(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(LangstreckeError, match="no race between"):
        backtest(folder, tmp_path / "f.jsonl", first=dt.date(1999, 1, 1), last=dt.date(1999, 2, 1))


@pytest.mark.data
@pytest.mark.slow
def test_no_look_ahead_on_the_real_seasons(data: Path, tmp_path: Path) -> None:
    """One race of 2022 with and without every later file: the same to the bit."""
    first = last = dt.date(2022, 4, 9)
    alone = tmp_path / "alone"
    for event in sorted((data / "imsa" / "2021").iterdir()):
        shutil.copytree(event, alone / "2021" / event.name)
    for event in sorted((data / "imsa" / "2022").iterdir()):
        if event.name <= "06" or event.name.startswith("06-"):
            shutil.copytree(event, alone / "2022" / event.name)
    found = []
    for name, folder in (("all", data / "imsa"), ("alone", alone)):
        out = tmp_path / f"{name}.jsonl"
        backtest(folder, out, first=first, last=last, cutoffs=(0.0, 0.5), races=200, threads=2)
        found.append(in_order(read_lines(out)))
    assert found[0] == found[1]
    assert found[0]
