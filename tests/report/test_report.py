"""What people see: terminal tables, figures and the page, with friendly cards and hostile ones."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from rich.console import Console

from factories import small_card
from langstrecke.errors import LangstreckeError
from langstrecke.forecast import Forecast, forecast
from langstrecke.formatting import ordinal, percent, points
from langstrecke.plots import laps_and_retirement, overall_bars, position_heatmap, save, to_svg, win_bars, win_changes
from langstrecke.racecard import apply_patch, assignments
from langstrecke.report import forecast_view, write_report
from langstrecke.report.page import report_html
from langstrecke.report.terminal import bar
from langstrecke.report.words import verdicts

CARD = small_card()
HOSTILE = "</title><script>alert(1)</script> $\\frac{1}$ \"x\" onload='y' [red]&amp;\x1b[31m"


@pytest.fixture(scope="module")
def played() -> Forecast:
    return forecast(CARD, races=1000, seed=1)


@pytest.fixture(scope="module")
def hostile() -> Forecast:
    entries = [
        e.model_copy(update={"team": HOSTILE, "vehicle": HOSTILE, "car": f"{n}<b>$x$"})
        for n, e in enumerate(CARD.entries)
    ]
    entries = [
        e.model_copy(update={"drivers": (e.drivers[0].model_copy(update={"name": HOSTILE}),)}) for e in entries
    ]
    entries = [e.model_copy(update={"car_class": f"<i>{e.car_class}"}) for e in entries]
    race = CARD.race.model_copy(update={"name": HOSTILE, "note": HOSTILE, "id": HOSTILE})
    card = CARD.model_copy(
        update={
            "race": race,
            "entries": tuple(entries),
            "classes": {f"<i>{name}": figures for name, figures in CARD.classes.items()},
            "result": (),
        }
    )
    return replace(forecast(card, races=50), changes=(HOSTILE,))


def terminal(result: Forecast, width: int, before: Forecast | None = None) -> list[str]:
    console = Console(width=width, file=None, record=True, force_terminal=False)
    with console.capture() as captured:
        for part in forecast_view(result, width, before):
            console.print(part)
    return captured.get().splitlines()


# ---- the terminal


@pytest.mark.parametrize("width", [80, 100, 108, 120, 200])
@pytest.mark.parametrize("compared", [False, True])
def test_tables_fit_the_width_and_name_every_car(played: Forecast, width: int, compared: bool) -> None:
    lines = terminal(played, width, played if compared else None)
    assert max(map(len, lines)) <= width
    text = "\n".join(lines)
    for car in played.cars:
        row = next(line for line in lines if line.startswith(f"{car.car} "))
        assert percent(car.win, played.simulated, unit=False) in row
        assert f"P{car.actual.position_in_class}" in row  # type: ignore[union-attr]
    assert "van der Zande, Magnussen" in text
    assert "Overall win: #" in text


def test_cars_stand_by_their_chances(played: Forecast) -> None:
    lines = terminal(played, 120)
    numbers = [line.split()[0] for line in lines if line.split() and line.split()[0] in ("01", "5", "10")]
    assert numbers == [c.car for c in played.in_class("DPi")]


def test_a_what_if_shows_what_was(played: Forecast) -> None:
    after = forecast(apply_patch(CARD, assignments(["entries.4.pace_s=-2"])), races=1000, seed=1)
    lines = terminal(replace(after, changes=("car 4 is faster",)), 120, played)
    row = next(line for line in lines if line.startswith("4 "))
    assert percent(played.car("4").win, 1000, unit=False) in row
    assert percent(after.car("4").win, 1000, unit=False) in row
    assert any("car 4 is faster" in line for line in lines)


def test_hostile_names_do_not_reach_the_terminal_as_codes(hostile: Forecast) -> None:
    text = "\n".join(terminal(hostile, 100))
    assert "\x1b" not in text
    assert "<script>" in text  # shown as it is, not taken for markup


def test_the_verdict_tells_how_the_winner_was_seen(played: Forecast) -> None:
    told = dict(verdicts(played))
    ranked = [c.car for c in played.in_class("DPi")]
    place = ranked.index("5") + 1
    assert told["DPi"].startswith("#5 JDC-Miller Motorsports won")
    assert ("the favourite" if place == 1 else f"{ordinal(place)} favourite of 3") in told["DPi"]
    assert verdicts(replace(played, classes=tuple(replace(c, actual_winner=None) for c in played.classes))) == []


def test_bars() -> None:
    assert (bar(0.0), bar(1.0), bar(0.5)) == ("", "█" * 8, "████")
    assert len(bar(0.001)) == 1


# ---- figures


def texts(figure: Figure) -> list[str]:
    axes = [text.get_text() for ax in figure.axes for text in ax.texts]
    return axes + [text.get_text() for text in figure.texts]


def test_win_bars_have_a_row_per_car_and_the_odds(played: Forecast) -> None:
    figure = win_bars(played, "GTLM")
    solid = [p for p in figure.axes[0].patches if isinstance(p, Rectangle) and p.get_alpha() is None]
    assert [round(p.get_width(), 9) for p in solid] == [round(c.win, 9) for c in played.in_class("GTLM")]
    assert {"3", "4", "24", "79", "Corvette Racing"} <= set(texts(figure))


def test_the_heatmap_has_a_cell_per_car_and_place_and_frames_what_happened(played: Forecast) -> None:
    axes = position_heatmap(played, "GTLM").axes[0]
    cells = [p for p in axes.patches if isinstance(p, Rectangle) and p.get_fill()]
    frames = [p for p in axes.patches if isinstance(p, Rectangle) and not p.get_fill()]
    assert (len(cells), len(frames)) == (16, 4)
    cars = played.in_class("GTLM")
    shades = [cell.get_alpha() for cell in cells]
    shares = [p for car in cars for p in car.positions]
    assert shades.index(max(shades)) == shares.index(max(shares))  # type: ignore[type-var]


def test_overall_and_laps_figures_say_what_they_show(played: Forecast) -> None:
    assert "Who wins overall" in texts(overall_bars(played))
    assert len(overall_bars(played, cars=2).axes[0].patches) == 2
    assert "How far they get in DPi" in texts(laps_and_retirement(played, "DPi"))


def test_changes_show_before_and_after(played: Forecast) -> None:
    after = forecast(apply_patch(CARD, assignments(["entries.4.pace_s=-2"])), races=1000, seed=1)
    told = texts(win_changes(played, after, "GTLM", "A faster #4"))
    assert "A faster #4" in told
    change = points(after.car("4").win - played.car("4").win)
    assert f"{percent(after.car('4').win, 1000, unit=False)} ({change})" in told
    assert "0.0)" in " ".join(texts(win_changes(played, played, "GTLM")))
    new = apply_patch(CARD, {"add": [{"car": "25", "like": "24", "drivers": [{"name": "A"}]}]})
    assert any("(new)" in t for t in texts(win_changes(played, forecast(new, races=100), "GTLM")))


def test_figures_leave_matplotlib_as_they_found_it(played: Forecast, tmp_path: Path) -> None:
    before = dict(mpl.rcParams)
    figure = win_bars(played, "DPi")
    to_svg(figure, "x", "t")
    save(figure, tmp_path / "x.png")
    assert dict(mpl.rcParams) == before
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


def test_figures_need_no_pyplot_and_no_window(played: Forecast, tmp_path: Path) -> None:
    (tmp_path / "played.pickle").write_bytes(pickle.dumps(played))
    code = (
        "import pickle, sys, pathlib, langstrecke.plots as plots\n"
        "played = pickle.loads(pathlib.Path(sys.argv[1]).read_bytes())\n"
        "plots.to_svg(plots.position_heatmap(played, 'DPi'), 'x', 't')\n"
        "sys.exit('matplotlib.pyplot' in sys.modules)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code, tmp_path / "played.pickle"], check=False)
    assert ran.returncode == 0


def test_an_svg_is_sound_themed_and_the_same_every_time(hostile: Forecast) -> None:
    name = hostile.classes[0].name
    svg = to_svg(win_bars(hostile, name), "a", HOSTILE.replace("\x1b", ""))
    assert svg == to_svg(win_bars(hostile, name), "a", HOSTILE.replace("\x1b", ""))
    ET.fromstring(svg)
    assert "var(--accent, #1d62b0)" in svg
    assert "<script" not in svg


# ---- the page


class Page(HTMLParser):
    """Collects what could load or run something."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_page_needs_nothing_else(played: Forecast) -> None:
    page = Page(report_html(played))
    assert {"script", "link", "iframe", "object", "img"} & set(page.tags) == set()
    targets = [value for name, value in page.attributes if name in ("href", "src", "xlink:href", "srcset")]
    assert targets
    assert all(target.startswith("#") for target in targets)
    assert "url(http" not in report_html(played)
    assert "@import" not in report_html(played)


def test_every_link_on_the_page_leads_somewhere_and_ids_are_unique(played: Forecast) -> None:
    html = report_html(played)
    page = Page(html)
    ids = [value for name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    wanted = {v[1:] for n, v in page.attributes if n in ("href", "xlink:href")}
    wanted |= set(re.findall(r"url\(#([^)]+)\)", html))
    assert wanted <= set(ids)


def test_the_page_says_who_what_and_how(played: Forecast) -> None:
    again = "langstrecke forecast c.toml --races 1000 --seed 1"
    text = " ".join(Page(report_html(played, again=again)).text)
    for part in (
        "Test Hours of Sebring",
        "Kevin Magnussen",
        "rated from laps",
        "seed 1",
        "1,000",
        "Won by #5",
        "--races 1000 --seed 1",
        played.version,
        "before the race",
        "95 % interval",
    ):
        assert part in text
    for car in played.cars:
        assert f"±{196 * car.se.win:.1f}" in text


def test_every_string_of_a_card_is_escaped(hostile: Forecast) -> None:
    html = report_html(hostile, before=hostile)
    page = Page(html)
    assert {"script", "b", "i"} & set(page.tags) == {"b"}  # our own <b> in the list of facts
    assert page.tags.count("b") == 4
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert page.tags.count("title") == 1
    assert "\x1b" not in html
    assert "<script>alert(1)</script>" in "".join(page.text)


def test_all_figures_of_the_page_are_sound_svg(hostile: Forecast) -> None:
    drawings = re.findall(r"<svg.*?</svg>", report_html(hostile), re.DOTALL)
    assert len(drawings) == 7  # overall, and three for each of two classes; no comparison without `before`
    for drawing in drawings:
        ET.fromstring(drawing)


def test_the_same_forecast_is_the_same_page(played: Forecast) -> None:
    assert report_html(played) == report_html(played)


def test_a_what_if_page_shows_changes_and_their_effect(played: Forecast) -> None:
    after = forecast(apply_patch(CARD, assignments(["entries.4.pace_s=-2"])), races=1000, seed=1)
    page = Page(report_html(replace(after, changes=("car 4 is faster",)), before=played))
    text = " ".join(page.text)
    assert "car 4 is faster" in text
    assert text.count(f"{100 * (after.car('4').win - played.car('4').win):+.1f}") == 2  # figure and table
    calm = Page(report_html(replace(played, changes=("nothing",)), before=played))
    assert "No car's chance" in " ".join(calm.text)


def test_one_class_and_one_car_make_a_page() -> None:
    drop = {"drop": [{"car": e.car} for e in CARD.entries if e.car != "01"]}
    alone = forecast(apply_patch(CARD, drop), races=20)
    assert alone.car("01").positions == (1.0,)
    page = report_html(alone)
    assert "One car is all of this class" in page
    assert "Who wins DPi" not in page


def test_a_report_is_written_whole_or_not_at_all(played: Forecast, tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "report.html"
    write_report(played, path)
    assert path.read_text(encoding="utf-8").endswith("</html>\n")
    assert [p.name for p in path.parent.iterdir()] == ["report.html"]
    with pytest.raises(LangstreckeError, match="cannot be written"):
        write_report(played, path / "below" / "a-file.html")


# ---- what the page says first, and on a phone


def test_the_page_opens_with_its_message(played: Forecast) -> None:
    page = report_html(played)
    best = played.overall()[0]
    message = re.search(r'<p class="message">(.*?)</p>', page)
    assert message is not None
    assert f"#{best.car} {best.team} is the favourite to win overall" in message[1]
    assert "class favourites won" in message[1] or "class favourite won" in message[1]
    before = replace(played, classes=tuple(replace(c, actual_winner=None) for c in played.classes))
    told = re.search(r'<p class="message">(.*?)</p>', report_html(before))
    assert told is not None
    assert "Actual" not in told[1]


def test_two_kinds_of_laps_are_named_and_explained(played: Forecast) -> None:
    page = report_html(played)
    assert {"Mean laps", "Actual laps"} <= set(re.findall(r"<th[^>]*>([^<]+)</th>", page))
    assert "Mean laps are over all simulated races" in page
    assert "% to win" in page


def test_retirements_that_are_alike_are_told_and_not_drawn(played: Forecast) -> None:
    same = replace(played, cars=tuple(replace(car, retire=0.2) for car in played.cars))
    assert len(laps_and_retirement(same, "DPi").axes) == 1
    apart = replace(played, cars=tuple(replace(car, retire=0.1 * n) for n, car in enumerate(played.cars)))
    assert len(laps_and_retirement(apart, "DPi").axes) == 2


def test_a_day_that_is_only_taken_is_not_printed_as_known(played: Forecast) -> None:
    from langstrecke.racecard.ground import DAY_TAKEN
    from langstrecke.report.words import race_line

    assert "20 March 2021" in race_line(played)
    guessed = race_line(replace(played, notes=(f"{DAY_TAKEN}: 2021-01-01 is taken",)))
    assert "2021, day not known" in guessed
    assert "March" not in guessed
