"""Figures at the front door: every one of them also in somebody's axes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from itertools import combinations
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

import langstrecke as ls
from colour_sight import APART, SEES, lab
from factories import small_card
from langstrecke.errors import NotFoundError
from langstrecke.plots import style
from langstrecke.simulation import simulate_laps
from langstrecke.timing.session import Session

CARD = small_card()


@pytest.mark.parametrize("who", SEES)
@pytest.mark.parametrize(
    "palette",
    [
        style.SHADES,
        (style.ACCENT, style.RETIRE, style.ACTUAL),
        [style.DARK[k] for k in ("accent", "retire", "actual")],
    ],
    ids=["shades", "light", "dark"],
)
def test_colours_are_told_apart_by_everybody(palette: list[str], who: str) -> None:
    seen = [lab(colour, SEES[who]) for colour in palette]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) > APART


def test_names_that_are_cut_do_not_look_alike() -> None:
    names = ["Mercedes-AMG Team Winward Racing Alpha", "Mercedes-AMG Team Winward Racing Beta", "Short"]
    cut = style.told_apart(names, 31)
    assert len(set(cut)) == 3
    assert all(len(name) <= 31 for name in cut)
    assert cut[0].endswith("Alpha")
    assert (
        style.told_apart(["A long name of one team" * 2] * 2, 31)
        == [style.shorten("A long name of one team" * 2, 31)] * 2
    )


@pytest.fixture(scope="module")
def drawn() -> dict[str, Callable[..., Figure]]:
    """Every figure, ready to be drawn somewhere."""
    p = ls.plots
    odds, changed = ls.forecast(CARD, races=300), ls.what_if(CARD, {"entries.4.penalty_s": 30}, races=100)
    laps = simulate_laps(CARD, race=1)
    race = Session("made", "store", "laps", laps, laps)
    plan = ls.plan(CARD, "4")
    car = laps.filter(laps["elapsed_s"] > 1500.0)["car"][0]
    window = ls.window(CARD, race, car, 1500.0, races=16)
    mark = p.Mark(CARD.race.date, 1, "IMSA", "Team", win=True, started=True)
    season = [("", "Ada Lang", 10.0, 20.0, 30.0, 40.0, 0.3)]
    line = p.GapLine("as it is", (1.0, 2.0), (1.0, 2.0), (2.0, 3.0), (3.0, 4.0))
    meeting = {"series": "imsa", "start": "2021-03-18", "end": "2021-03-20", "verdict": "own"}
    bars = [p.Bar("Ada Lang", 0.0, 3600.0, 30, new_tyres=True)]
    return {
        "win_bars": lambda **k: p.win_bars(odds, "GTLM", **k),
        "overall_bars": lambda **k: p.overall_bars(odds, **k),
        "position_heatmap": lambda **k: p.position_heatmap(odds, "DPi", **k),
        "laps_and_retirement": lambda **k: p.laps_and_retirement(odds, "DPi", **k),
        "win_changes": lambda **k: p.win_changes(odds, odds, "GTLM", **k),
        "what_if_bars": lambda **k: p.what_if_bars(changed, **k),
        "window_chart": lambda **k: p.window_chart(window, **k),
        "fall_off_chart": lambda **k: p.fall_off_chart(window, **k),
        "plan_timeline": lambda **k: p.plan_timeline(plan, **k),
        "gaps": lambda **k: p.gaps(race, "GTLM", **k),
        "stints": lambda **k: p.stints(race, "GTLM", **k),
        "lap_times": lambda **k: p.lap_times(race, ["3", "4"], **k),
        "race_gaps": lambda **k: p.race_gaps(p.car_gaps(race.gaps, ["3", "4"]), "t", "l", **k),
        "career_figure": lambda **k: p.career_figure("A career", [mark], **k),
        "days_of_a_year": lambda **k: p.days_of_a_year("A year", 2021, [meeting], **k),
        "difference_bars": lambda **k: p.difference_bars([p.Step("a", 1.0, 0.5, 1.5)], "t", "l", **k),
        "final_points": lambda **k: p.final_points("Points", season, "l", **k),
        "gap_chart": lambda **k: p.gap_chart([line], "t", "l", **k),
        "rating_intervals": lambda **k: p.rating_intervals("t", [("Ada", "gold", -0.2, 0.0, 0.2)], "l", **k),
        "stint_timeline": lambda **k: p.stint_timeline(bars, ["Ada Lang"], 3600.0, "t", **k),
        "title_odds": lambda **k: p.title_odds("t", ["before", "R1"], [("Ada", [0.5, 0.6])], **k),
        "variants_bars": lambda **k: p.variants_bars("t", [("as it is", 0.2, 0.5, None)], "l", **k),
    }


def figures() -> list[str]:
    found = [(n, getattr(ls.plots, n)) for n in ls.plots.__all__]
    return [n for n, f in found if inspect.isfunction(f) and str(inspect.signature(f).return_annotation) == "Figure"]


def test_every_figure_takes_axes(drawn: dict[str, Callable[..., Figure]]) -> None:
    assert sorted(figures()) == sorted(drawn)
    assert [n for n in figures() if "ax" not in inspect.signature(getattr(ls.plots, n)).parameters] == []


@pytest.mark.parametrize("name", sorted(figures()))
def test_a_figure_stands_alone_or_in_axes_of_mine(name: str, drawn: dict[str, Callable[..., Figure]]) -> None:
    alone = drawn[name]()
    assert alone.axes
    assert alone._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]

    mine = Figure(figsize=(8, 4))
    left, right = mine.subplots(1, 2)
    right.plot([0, 1], [0, 1])
    assert drawn[name](ax=left) is mine
    mine.canvas.draw()
    box = left.get_window_extent()
    inner = [axes.get_window_extent() for axes in left.child_axes]
    assert inner
    assert all(box.x0 - 1 <= b.x0 and b.x1 <= box.x1 + 1 and box.y0 - 1 <= b.y0 and b.y1 <= box.y1 + 1 for b in inner)
    assert all(text.get_fontsize() < 12 for axes in left.child_axes for text in axes.texts)
    assert len(right.lines) == 1  # the neighbour is left alone


def test_drawing_leaves_pyplot_and_its_settings_alone(drawn: dict[str, Callable[..., Figure]]) -> None:
    before = dict(matplotlib.rcParams)
    drawn["win_bars"]()
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("name", ["win_bars", "position_heatmap", "laps_and_retirement"])
def test_a_class_that_is_not_there_is_named_with_those_that_are(name: str) -> None:
    draw: Any = getattr(ls.plots, name)
    with pytest.raises(NotFoundError, match="GTLM"):
        draw(ls.forecast(CARD, races=10), "GTLN")
