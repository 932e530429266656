"""What the pages are made of, without a browser: markup that cannot be broken out of, rows and lines that add up."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("nicegui", reason="the extra web is not installed")

from langstrecke.errors import CardError
from langstrecke.live import FeedState, timing_table
from langstrecke.live.sources.replay import Recording
from langstrecke.live.table import TimingTable
from langstrecke.plots.class_colours import class_colour
from langstrecke.racecard import apply_patch, load_card, read_patch
from langstrecke.services.answers.strategy import Stint, WindowAnswer
from langstrecke.web.following.models import OddsPoint
from langstrecke.web.pages import grids
from langstrecke.web.pages.age import age_words
from langstrecke.web.pages.charts import hours_scale
from langstrecke.web.pages.charts.plan import plan_chart
from langstrecke.web.pages.charts.race import flag_strip, gap_chart
from langstrecke.web.pages.charts.race_series import tails, thinned
from langstrecke.web.pages.charts.season import title_chart
from langstrecke.web.pages.charts.whatif import SAME, Step, change_chart
from langstrecke.web.pages.compare import fall_off_cell
from langstrecke.web.pages.news_text import ShownClaim, claim_list, highlighted
from langstrecke.web.pages.odds import rest_words
from langstrecke.web.pages.patch_text import with_change, with_setting
from langstrecke.web.pages.pit_window import lap_table, reckoned
from langstrecke.web.pages.race_rows import changes, table_options
from langstrecke.web.pages.strategist import car_line, no_advice
from langstrecke.web.pages.strip_words import strip_facts
from langstrecke.web.pages.theme import car_colours, chart_themes, style_sheet
from langstrecke.web.pages.uploads import safe_ending
from langstrecke.web.pages.whatif import weather
from race_maker import make_race

HOSTILE = '<img src=x onerror="document.title=1">' + "</pre><script>alert(1)</script>"


def told(text: str, start: int, end: int, certainty: str = "reported", **more: str) -> ShownClaim:
    return ShownClaim(
        f"id{start}", text[start:end], certainty, more.get("by", ""), start, end, "supported", "two races"
    )


def bare(markup: str) -> str:
    """The text a browser would show."""
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


@given(st.text(max_size=80), st.lists(st.tuples(st.integers(-3, 90), st.integers(-3, 90)), max_size=6))
def test_an_article_is_shown_whole_and_as_text(text: str, spans: list[tuple[int, int]]) -> None:
    marked = highlighted(text, [told(text, a, b) for a, b in spans])
    assert bare(marked) == text
    assert set(re.findall(r"<(/?\w+)", marked)) <= {"mark", "/mark"}


def test_hostile_articles_stay_text() -> None:
    text = f"Er fährt. {HOSTILE} Sie auch."
    claims = [told(text, 0, 9), ShownClaim(HOSTILE, HOSTILE, HOSTILE, HOSTILE, 10, 40, HOSTILE, HOSTILE)]
    for markup in (highlighted(text, claims), claim_list(claims)):
        assert "<img" not in markup
        assert "<script" not in markup
        assert markup.count('"') % 2 == 0


def test_claims_stand_surest_first() -> None:
    text = "Eins. Zwei. Drei."
    claims = [told(text, 0, 5, "denied"), told(text, 6, 11, "confirmed"), told(text, 12, 17, "possible")]
    assert re.findall(r'class="sure">(\w+)', claim_list(claims)) == ["Confirmed", "Possible", "Denied"]


points = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).map(list), max_size=6)
sets = st.dictionaries(st.sampled_from(["01", "1", "10"]), points, max_size=3)


@given(sets, sets)
def test_what_is_sent_makes_the_lines_of_now(before: dict[str, Any], after: dict[str, Any]) -> None:
    whole, sent = tails(before, after)
    shown = dict(before)
    for car, added in sent.items():
        shown[car] = added if whole else shown.get(car, []) + added
    assert {car: shown.get(car, []) for car in after} == after


@given(st.integers(1, 3000), st.integers(10, 600))
def test_thinned_lines_keep_their_points_as_they_grow(length: int, most: int) -> None:
    line = [[n, n] for n in range(length)]
    assert len(thinned(line, most)) <= most + 1
    assert thinned(line, most)[0] == line[0]


cars = st.dictionaries(
    st.sampled_from(["1", "01", "2", "3"]),
    st.fixed_dictionaries({"gap": st.integers(0, 3), "laps": st.integers(0, 3)}),
)


@given(cars, cars)
def test_changed_fields_make_the_rows_of_now(before: dict[str, Any], after: dict[str, Any]) -> None:
    old = {car: {"id": car} | row for car, row in before.items()}
    new = {car: {"id": car} | row for car, row in after.items()}
    shown = {car: dict(row) for car, row in old.items() if car in new}
    for patch in changes(old, new):
        shown.setdefault(patch["id"], {}).update(patch)
    assert shown == new


def test_changes_pile_up_into_one_what_if_that_can_be_played() -> None:
    card = load_card("imsa-2021-sebring")
    driver = card.entry("01").drivers[0].name
    text = with_setting("# mine\n", ("entries", "10", "pace_s"), {"plus": -0.2})
    text = with_change(text, "replace", {"car": "01", "out": driver, "in": "Ada Lang"})
    text = with_setting(text, ("weather", "scenario"), weather("rain", 2.0, 4.0, 0.6))
    text = with_change(text, "drop", {"car": "5"})
    text = with_setting(text, ("entries", "10", "pace_s"), {"plus": -0.3})
    played = apply_patch(card, read_patch(text))
    assert "# mine" in text
    assert played.entry("01").drivers[0].name == "Ada Lang"
    assert "5" not in [e.car for e in played.entries]
    assert played.entry("10").pace_s == pytest.approx(card.entry("10").pace_s - 0.3, abs=1e-3)


def test_a_broken_text_is_told_of() -> None:
    with pytest.raises(CardError, match="not TOML"):
        with_change("[[drop", "drop", {"car": "5"})


@given(st.text(max_size=60))
def test_the_ending_of_an_upload_is_no_path(name: str) -> None:
    assert re.fullmatch(r"\.[a-z]{1,5}", safe_ending(name))


def test_charts_are_plain_data() -> None:
    scale = {"min": 0.0} | hours_scale(12.0)
    lines = {"01": [[0.1, 0.0], [0.2, 0.0]], "10": [[0.1, 2.0], [0.2, 2.5]]}
    flags = [(0.0, 600.0, "green"), (600.0, 900.0, "fcy")]
    stints = [Stint(driver="Ada Lang", start_s=0, end_s=3600, laps=30, fuel=30, tyres="new", why=[])]
    charts = [
        gap_chart(lines, car_colours(["01", "10"]), ["01"], scale, 60.0, flags),
        flag_strip(flags, scale),
        plan_chart(stints, 12.0, 1.0),
        title_chart(["before", "one"], {"Lang": [0.4, 0.6]}),
        change_chart([Step("x", 0.1, -0.1, 0.3)], "points"),
        chart_themes(),
    ]
    for chart in charts:
        json.dumps(chart)


def test_a_gap_chart_draws_the_chosen_cars() -> None:
    chart = gap_chart({"01": [[0.1, 0.0]]}, car_colours(["01", "10"]), ["01"], {"min": 0} | hours_scale(1.0), 60.0)
    assert chart["legend"]["selected"] == {"01": True, "10": False}
    assert chart["yAxis"]["max"] == 60.0


def test_what_cannot_be_told_from_nothing_is_grey() -> None:
    chart = change_chart([Step("unsure", 0.1, -0.1, 0.3), Step("sure", 0.2, 0.1, 0.3)], "points")
    colours = [point["itemStyle"]["color"] for point in chart["series"][1]["data"]]
    assert (colours[0] == SAME, colours[1] == SAME) == (True, False)


def test_classes_have_one_colour_however_they_are_written() -> None:
    assert class_colour("LMGTE Pro") == class_colour("lmgte-pro") == class_colour("LMGTEPRO")
    assert class_colour("Cup 2", ["Cup 1", "Cup 2"]) != class_colour("Cup 1", ["Cup 1", "Cup 2"])


def test_pages_ask_for_nothing_from_outside() -> None:
    from langstrecke.web.pages.theme import script

    assert not re.search(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", style_sheet() + re.sub(r"//.*", "", script()))
    assert "@import" not in style_sheet()


def test_text_never_becomes_markup_in_a_grid() -> None:
    assert "innerHTML" not in grids.class_bar({"GTD": "#fff"})


def _window(neutral: str, ahead: str) -> WindowAnswer:
    """A window of two laps, of which the second was played."""
    zero = {"before": 0.0, "after": 0.0, "change": 0.0, "se": 0.0, "interval": (0.0, 0.0), "fewer_races": None}
    green = neutral == ""
    lap = {
        "cost_s": 60.0 if green else None, "place": 3 if green else None, "ahead": ahead if green else None,
        "ahead_s": 4.0 if green else None, "behind": None, "behind_s": None, "traffic": 2 if green else None,
        "yellow": 0.12 if green else None, "green": None if green else 0.34,
        "places_won": None, "win": None, "ahead_of_rival": None,
    }  # fmt: skip
    return WindowAnswer.model_validate({
        "race": "imsa-2021-sebring", "car": "01", "at_s": 3600.0, "races": 64, "headline": "No lap.",
        "neutral": neutral, "fuel_left": 12.3, "fuel_left_sd": 0.5, "rival": "10",
        "laps": [lap | {"lap": 40 + n, "in_laps": n} for n in (1, 2)],
        "played": [{"in_laps": 2, "place": zero, "win": zero, "ahead_of_rival": None}],
        "stop_s": (60.0, 30.0), "undercut": [{"laps": 1, "gain_s": 1.5, "low_s": 0.5, "high_s": 2.0}],
        "saving": [{"share": 0.02, "lap_s": 0.2, "laps": 0.3, "lasts": 0.1}], "fall_off": [],
    })  # fmt: skip


def test_a_pit_window_tells_what_a_lap_costs_and_meets() -> None:
    table = bare(lap_table(_window("", "10")))
    assert "42 (in 2)" in table
    assert "41 (in 1)" not in table  # it was not played
    assert all(cell in table for cell in ("60 s", "P3", "#10, 4 s", "Yellow by then", "12"))
    assert any("undercut of #10" in line and "+1.5 s (+0.5 to +2.0)" in line for line in reckoned(_window("", "10")))
    assert "<img" not in lap_table(_window("", HOSTILE))


def test_a_pit_window_under_yellow_tells_no_place() -> None:
    found = _window("safety_car", "10")
    table = bare(lap_table(found))
    assert "Rejoins" not in table  # nor a column of nothing
    assert "Green again by then" in table
    assert "34" in table
    assert "P3" not in table
    assert "instead of 60" in reckoned(found)[0]


def test_no_column_of_the_timing_table_is_flexed() -> None:
    """AG Grid shows no row until flexed columns are measured; a phone hides them before that."""
    columns = table_options({}, {}, "")["columnDefs"]
    assert {"pos", "car", "gap", "int", "last", "state"} <= {one["field"] for one in columns}
    assert not [one["field"] for one in columns if "flex" in one]


@pytest.mark.parametrize(("gain", "words"), [(-0.04, "0.0 s"), (-1.25, "−1.2 s"), (2.0, "+2.0 s")])
def test_seconds_won_and_lost_have_one_sign(gain: float, words: str) -> None:
    found = _window("", "10")
    (undercut,) = found.undercut
    found = found.model_copy(update={"undercut": [undercut.model_copy(update={"gain_s": gain})]})
    assert any(f"1 lap {words}" in line and "-" not in line for line in reckoned(found))


@pytest.fixture(scope="module")
def tables() -> dict[float, TimingTable]:
    """The timing table of a made race at some moments; car 1 is gone after 600 s."""
    laps = make_race(cars=6, length_s=7_200.0, stint_laps=9)
    laps = laps.filter((pl.col("car") != "1") | (pl.col("elapsed_s") < 600.0))
    recording, state = Recording(laps, race_id="made", duration_s=7_200.0), FeedState()
    state.apply(recording.hello)
    found = {}
    for at_s in (900.0, 3_600.0, 9_000.0):
        for seq in range(state.last_seq + 1, recording.count_until(at_s) + 1):
            state.apply(recording.message(seq))
        found[at_s] = timing_table(state, None, at_s)
    return found


def test_a_car_is_advised_on_only_while_there_is_ground(tables: dict[float, TimingTable]) -> None:
    running = next(row for row in tables[900.0].rows if row.status == "running")
    assert no_advice(running) == ""
    assert "of the stint" in bare(car_line(running))
    fresh = replace(running, laps=0, position=None, position_in_class=None, driver=None, crossed_s=0.0)
    assert "ask after its first" in no_advice(fresh)
    assert bare(car_line(fresh)) == "no lap timed yet"
    gone = tables[3_600.0].row("1")
    assert f"last seen on lap {gone.laps} at" in no_advice(gone)
    assert "probably out of the race, last seen on lap" in bare(car_line(gone))
    assert "of the stint" not in bare(car_line(gone))
    home = next(row for row in tables[9_000.0].rows if row.status == "finished")
    assert "has taken the flag" in no_advice(home)
    assert "<img" not in car_line(replace(gone, driver=HOSTILE, car_class=HOSTILE))


def view(table: TimingTable, status: str, **more: Any) -> Any:
    point = OddsPoint(race_s=table.race_s - 60.0, races=600, cars=())
    about = {"status": status, "odds_old": False, "odds_note": "what was known", "newest_odds": point, "note": ""}
    return SimpleNamespace(**{"table": table, "race_s": table.race_s, "replayed": True, "speed": 1.0} | about | more)


def test_a_race_that_is_over_is_said_to_be(tables: dict[float, TimingTable]) -> None:
    over, under_way = view(tables[9_000.0], "over", odds_old=True), view(tables[3_600.0], "running", odds_old=True)
    assert strip_facts(over)["flag"] == "Finish"
    assert strip_facts(under_way)["flag"] == "Green"
    assert "these were its last odds" in rest_words(over)
    assert "new ones come" not in rest_words(over)
    assert rest_words(under_way).startswith("OLD: of 0:59:00")


@pytest.mark.parametrize(
    ("at_s", "race_s", "old"), [(None, 50.0, False), (100.0, 280.0, False), (100.0, 281.0, True), (100.0, 99.0, True)]
)
def test_advice_the_race_has_left_behind_is_old(at_s: float | None, race_s: float, old: bool) -> None:
    assert age_words(at_s, race_s).startswith("OLD") is old


def test_a_fall_off_tells_how_surely() -> None:
    laps = [(n, 100.0 + 0.1 * n + (5.0 if n == 4 else 0.0)) for n in range(10)]
    assert bare(fall_off_cell(laps)).startswith("+0.100 s (+0.1")  # one slow lap moves it little
    assert "too few" in fall_off_cell(laps[:5])
