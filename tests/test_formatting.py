"""How times, gaps, probabilities and counts are written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import langstrecke.formatting as f

SOURCE = Path(f.__file__).parent

SECONDS = st.floats(0, 1e6)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(110.132, "1:50.132"), (35.987, "35.987"), (59.9996, "1:00.000"), (0, "0.000"), (-0.0004, "0.000"),
     (-1.5, "−1.500"), (3725.5, "62:05.500")],
)  # fmt: skip
def test_lap_times(seconds: float, text: str) -> None:
    assert f.lap_time(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text", "short"),
    [(0, "0:00:00", "0:00"), (11229.4, "3:07:09", "3:07"), (3599.6, "1:00:00", "1:00"), (86400, "24:00:00", "24:00"),
     (-61, "−0:01:01", "−0:01"), (-0.2, "0:00:00", "0:00")],
)  # fmt: skip
def test_race_times(seconds: float, text: str, short: str) -> None:
    assert (f.race_time(seconds), f.race_time(seconds, short=True)) == (text, short)


@given(SECONDS)
def test_a_time_reads_back_to_what_it_was(seconds: float) -> None:
    hours, minutes, rest = f.race_time(seconds).split(":")
    assert (int(minutes) < 60, int(rest) < 60) == (True, True)
    assert abs(3600 * int(hours) + 60 * int(minutes) + int(rest) - seconds) <= 0.5
    *minute, rest = f.lap_time(seconds).split(":")
    assert float(rest) < 60
    assert 60 * int(minute[0] if minute else 0) + float(rest) == pytest.approx(seconds, abs=0.00051)


@pytest.mark.parametrize(
    ("seconds", "text", "minutes"),
    [(112, "112 s", "2 min"), (9600, "2 h 40 min", "2 h 40 min"), (86400, "24 h", "24 h"),
     (3660, "1 h 1 min", "1 h 1 min"), (301, "5 min 1 s", "5 min"), (1800, "30 min", "30 min"),
     (9611.25, "2 h 40 min 11.25 s", "2 h 40 min"),
     (0, "0 s", "0 min"), (7199.9, "1 h 59 min 59.9 s", "2 h"), (-90, "−90 s", "−2 min")],
)  # fmt: skip
def test_durations_in_words(seconds: float, text: str, minutes: str) -> None:
    assert (f.duration(seconds), f.duration(seconds, minutes=True)) == (text, minutes)


@pytest.mark.parametrize(
    ("laps", "seconds", "text"),
    [(0, 3.2041, "+3.204"), (0, 83.25, "+1:23.250"), (0, 59.9996, "+1:00.000"), (2, 5.0, "+2 laps"),
     (1, None, "+1 lap"), (0, None, ""), (0, 0.0, "+0.000")],
)  # fmt: skip
def test_gaps(laps: int, seconds: float | None, text: str) -> None:
    assert f.gap(laps, seconds) == text


@pytest.mark.parametrize(
    ("share", "races", "text"),
    [(0.0, 1000, "0 %"), (0.0001, 10**5, "<0.1 %"), (0.00051, None, "0.1 %"), (0.1234, 1000, "12.3 %"),
     (0.1234, 100, "12 %"), (0.004, 500, "<1 %"), (0.998, 500, ">99 %"), (0.9996, None, ">99.9 %"),
     (0.999, None, "99.9 %"), (1.0, 10, "100 %")],
)  # fmt: skip
def test_probabilities(share: float, races: int | None, text: str) -> None:
    assert f.percent(share, races) == text
    assert f.percent(share, races, unit=False) == text.removesuffix(" %")


@given(st.floats(0, 1, exclude_min=True, exclude_max=True), st.sampled_from([None, 10, 999, 1000, 10**6]))
def test_what_happened_never_reads_as_nothing_nor_as_certain(share: float, races: int | None) -> None:
    text = f.percent(share, races, unit=False)
    assert float(text.lstrip("<>")) not in (0.0, 100.0)


@given(st.floats(-100, 100), st.sampled_from([0, 1, 2]))
def test_a_difference_has_a_sign_unless_nothing_is_left_of_it(value: float, digits: int) -> None:
    text = f.signed(value, digits)
    number = float(text.replace("−", "-"))
    assert number == pytest.approx(value, abs=0.5001 * 10**-digits)
    assert text[0] == ("+" if number > 0 else "−" if number < 0 else "0")


def test_points() -> None:
    assert [f.points(x) for x in (0.0123, -0.003, 0.0004, -0.0004)] == ["+1.2", "−0.3", "0.0", "0.0"]


def test_counts() -> None:
    assert [f.plural(n, "race") for n in (0, 1, 2, 2000)] == ["0 races", "1 race", "2 races", "2,000 races"]
    assert [f.plural(n, "entry", "entries") for n in (1, 3)] == ["1 entry", "3 entries"]
    assert [f.ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "111th",
    ]  # fmt: skip


def test_no_other_module_writes_times_or_plurals_by_hand() -> None:
    by_hand = re.compile(r"% 60:0|// 60 % 60|'s' if |\"s\" if |\* \(\w+ != 1\)|\bas_json\(self")
    found = [
        f"{path.relative_to(SOURCE)}: {line.strip()}"
        for path in sorted(SOURCE.rglob("*.py"))
        if path.name != "formatting.py" and "readers" not in path.parts  # which write for other readers
        for line in path.read_text(encoding="utf-8").splitlines()
        if by_hand.search(line)
    ]
    assert found == []
