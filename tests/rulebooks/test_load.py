"""Rule books: every shipped one loads, says where its figures come from, and answers what the kernel asks."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from langstrecke.cli import app
from langstrecke.errors import CardError, NotFoundError
from langstrecke.racecard import load_card, read_card, write_card
from langstrecke.rulebooks import (
    crew_limits,
    driver_limits,
    for_event,
    list_rulebooks,
    load_rulebook,
    read_rulebook,
    rulebook_for,
    seasons_of,
)
from langstrecke.rulebooks.describe import differences, figures
from langstrecke.simulation.compile import compile_race

H = 3600.0


@pytest.mark.parametrize("rulebook_id", list_rulebooks())
def test_every_book_is_whole_and_sourced(rulebook_id: str) -> None:
    book = load_rulebook(rulebook_id)
    assert book.id == rulebook_id
    assert book.classes
    for figure in figures(book):
        assert figure.source, figure
        assert not figure.source.startswith("/")  # a source is a document, not a file of ours
        assert figure.confidence in ("high", "medium", "low", "assumed")
        assert figure.default <= (figure.confidence == "assumed")
    hours = book.race.duration_s
    for race_class in book.classes:
        crew = crew_limits(book, race_class.name, hours)
        assert crew.min_drivers <= crew.max_drivers
        for licence in ("platinum", "gold", "silver", "bronze", None):
            limits = driver_limits(book, race_class.name, licence, hours)  # type: ignore[arg-type]
            if limits.max_drive_s:
                assert limits.min_drive_s <= limits.max_drive_s
                # A crew at its maximum can fill the race.
                assert limits.max_drive_s * crew.max_drivers >= hours * 0.99 or licence in ("silver", "gold")
            assert (limits.window_s is None) == (limits.max_in_window_s is None)
    assert book.points_scale() is not None or book.scope == "crew"


def test_what_the_issue_names() -> None:
    le_mans = load_rulebook("le-mans-2019")
    assert le_mans.race.duration_s == 24 * H
    assert le_mans.neutralisation.safety_cars == 3
    assert le_mans.pit.fuel_and_tyres == "together"
    assert load_rulebook("le-mans-2020").pit.fuel_and_tyres == "tyres_after_fuel"
    assert load_rulebook("le-mans-2023").neutralisation.drop_back
    assert not load_rulebook("le-mans-2024").neutralisation.drop_back
    masters = load_rulebook("adac-gt-masters-2019")
    assert (masters.pit.mandatory_from_s, masters.pit.mandatory_to_s) == (25 * 60, 35 * 60)
    assert masters.points_scale().points(15) == 1  # type: ignore[union-attr]
    assert load_rulebook("adac-gt-masters-2018").points_scale().points(11) == 0  # type: ignore[union-attr]
    spa = rulebook_for("blancpain-endurance", 2018, "spa")
    assert (spa.id, spa.pit.min_pit_time_s, spa.pit.joker_stops) == ("spa-24h-2018", 112, 4)
    assert [i.at_s for i in spa.points.intermediate] == [6 * H, 12 * H]


def test_the_races_people_watch_now() -> None:
    assert load_rulebook("wec-2025").neutralisation.vsc
    assert load_rulebook("wec-2025").pit.energy_classes == ("Hypercar", "LMGT3")
    assert driver_limits(load_rulebook("wec-2025"), "Hypercar", "gold", 6 * H).min_drive_s == 45 * 60
    assert rulebook_for("imsa", 2026, "road-america").race.duration_s == 6 * H
    assert rulebook_for("imsa", 2025, "indianapolis").race.duration_s == 6 * H
    assert rulebook_for("imsa", 2026, "indianapolis").race.duration_s == 2 * H + 40 * 60
    spa = rulebook_for("gtwce-endurance", 2024, "spa")
    assert (spa.pit.min_pit_time_s, spa.pit.max_stint_s, spa.pit.technical_stop_s) == (122, 61 * 60, 300)
    assert crew_limits(spa, "Pro", 24 * H).max_drivers == 3
    assert crew_limits(load_rulebook("spa-24h-2021"), "Pro", 24 * H).max_drivers == 3
    ring = load_rulebook("n24-2025").neutralisation
    assert (ring.regime, ring.fcy_kph, ring.safety_cars) == ("code_60", 60, 0)
    assert [load_rulebook("nls-2026").points_scale(h * H).points(1) for h in (4, 6)] == [15, 19]  # type: ignore[union-attr]


def test_what_was_not_found_is_told() -> None:
    for name in ("imsa-2025", "wec-2026", "elms-2025", "gtwce-endurance-2025", "nls-2025", "n24-2026"):
        told = [figure for figure in figures(load_rulebook(name)) if figure.section.startswith("Not found")]
        assert told, name
        assert all(figure.value for figure in told)


def test_high_is_not_given_to_what_is_inferred() -> None:
    for name in list_rulebooks():
        for figure in figures(load_rulebook(name)):
            inferred = figure.source.startswith(("read off", "taken to", "inferred", "the minimum makes"))
            assert not (inferred and figure.confidence == "high"), (name, figure)


OFFICIAL = (
    "imsa.com", "fiawec.com", "24h-lemans.com", "lemans.org", "lmem.com", "crowdstrike24hoursofspa.com",
    "gt-world-challenge.com", "gt-world-challenge-europe.com", "nuerburgring-langstrecken-serie.de",
)  # fmt: skip
SITE = re.compile(r"[\w-]+\.(?:com|net|org|de|fr|pt|it|at)\b")
SHOWN = re.compile(r"applied at|agree|lap times|results")


@pytest.mark.parametrize("name", [b for b in list_rulebooks() if re.search(r"^(?!f1|indycar).*-20", b)])
def test_what_the_press_says_of_the_rules_is_not_called_sure(name: str) -> None:
    """`high` is a text of the organiser's, or what results show: classes and, by their totals, points."""
    for figure in figures(load_rulebook(name)):
        if figure.confidence != "high" or figure.section.startswith(("Points", "At ", "Classes")):
            continue
        sites = SITE.findall(figure.source)
        assert not sites or any(s in OFFICIAL for s in sites) or SHOWN.search(figure.source), (name, figure)


def test_the_guests_of_one_season_are_not_those_of_the_next() -> None:
    """#45 scored nothing in 2016; the books of later seasons build on that one."""
    with_guests = {b for b in list_rulebooks() if b.startswith(("wec", "le-mans")) and load_rulebook(b).points.guests}
    assert with_guests == {"wec-2016"}


def test_points_follow_the_length_of_the_race() -> None:
    wec = load_rulebook("wec-2021")
    assert [wec.points_scale(h * H).points(1) for h in (6, 8, 24)] == [25, 38, 50]  # type: ignore[union-attr]
    assert rulebook_for("wec", "2018-19", "sebring").points_scale().points(1) == 32  # type: ignore[union-attr]
    imsa = load_rulebook("imsa-2022").points_scale()
    assert imsa is not None
    assert [imsa.points(p) for p in (1, 2, 5, 6, 30)] == [350, 320, 260, 250, 10]
    assert load_rulebook("wec-2015").points_scale().points(14) == 0.5  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="count from 1"):
        imsa.points(0)


def test_events_change_only_what_they_say() -> None:
    sebring = rulebook_for("imsa", 2021, "sebring")
    assert sebring.race.duration_s == 12 * H
    assert sebring.points_scale().points(1) == 350  # type: ignore[union-attr]
    assert {i.cup for i in sebring.points.intermediate} == {"endurance"}
    assert rulebook_for("imsa", 2021, "imsa-2021-watkins-glen-240").race.duration_s == 9600
    assert rulebook_for("imsa", 2021, "vir").race.classes == ("GTLM", "GTD")
    assert rulebook_for("imsa", 2022, "vir").race.classes == ("GTD PRO", "GTD")
    daytona = for_event(load_rulebook("imsa-2023"), "rolex-24")
    assert daytona.points.classes_excluded == ("LMP2", "LMP3")
    base = load_rulebook("imsa-2021")
    assert sebring.provenance("race.limit") == base.provenance("race.limit")
    assert sebring.provenance("race.duration_s").source != base.provenance("race.duration_s").source
    assert for_event(base, "moon").race == base.race


def test_driver_limits_by_licence_and_length() -> None:
    book = load_rulebook("wec-2021")
    assert driver_limits(book, "LMGTE Am", "bronze", 6 * H).min_drive_s == 6300
    assert driver_limits(book, "LMGTEAm", "gold", 6 * H).min_drive_s == 2700
    le_mans = load_rulebook("le-mans-2018")
    assert driver_limits(le_mans, "LMGTE Pro", None, 24 * H).min_drive_s == 0
    assert driver_limits(le_mans, "LMP2", None, 24 * H).max_in_window_s == 4 * H
    imsa = load_rulebook("imsa-2021")
    assert driver_limits(imsa, "GTD", None, 24 * H).min_drive_s == 3.5 * H  # unknown licence: rules for all
    assert driver_limits(imsa, "DPi", "platinum", 6 * H).min_drive_s == 0.5 * H
    assert driver_limits(imsa, "GTD", "gold", 6 * H).min_drive_s == 1.5 * H
    assert [
        driver_limits(load_rulebook(f"imsa-{y}"), "GTD PRO", "gold", 6 * H).min_drive_s / H for y in (2022, 2023)
    ] == [1.5, 0.5]
    assert driver_limits(imsa, "GTD", "silver", 24 * H).min_drive_s == 4.75 * H


def test_class_names_whatever_their_spelling() -> None:
    book = load_rulebook("imsa-2022")
    assert book.class_named("GTDPRO") == book.class_named("gtd pro")
    assert load_rulebook("gtwce-endurance-2021").class_named("Pro-AM Cup").name == "Pro-Am"
    with pytest.raises(KeyError):
        book.class_named("Formula 1")


def test_missing_seasons_fall_back_with_a_note() -> None:
    newest = load_rulebook("imsa")
    later = f"imsa-{int(newest.season) + 1}"
    assert load_rulebook(later).id == newest.id
    assert f"no rule book for {later.replace('-', ' ')}" in load_rulebook(later).note
    assert load_rulebook("wec-2022").id == "wec-2021"
    assert load_rulebook("le-mans-2007").id == "le-mans"
    assert load_rulebook("wec-2018").id == "wec-2018-19"
    assert newest.id == f"imsa-{seasons_of('imsa')[-1]}"
    assert rulebook_for("wec", 2016, "le-mans").id == "le-mans"
    for unknown, near in (
        ("imza-2021", "imsa"),
        ("imsa-1999", "2021"),
        ("imsa-2060", newest.season),
        ("blancpan", "blancpain"),
    ):
        with pytest.raises(NotFoundError, match=near):
            load_rulebook(unknown)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "key", "what"),
    [
        ("[pit]\nmin_pit_tme_s = 3\nsource = 'x'", "pit.min_pit_tme_s", "unknown key"),
        ("[pit]\nmin_pit_time_s = -1\nsource = 'x'", "pit.min_pit_time_s", "greater than or equal to 0"),
        ("[neutralisation]\nsource = 'x'\npit_opening = [['GTP']]", "", "no class is called 'GTP'"),
        ("[pit]\nsource = 'x'\nmandatory_from_s = 10\nmandatory_to_s = 5", "pit", "must lie after"),
        ("[points]\nrace = 'huge'\nsource = 'x'", "points", "no points scale is called 'huge'"),
        ("[events.spa.race]\nduration_s = 'long'\nsource = 'x'", "events.spa.race.duration_s", "valid number"),
        ("replaces = ['events.moon']", "replaces", "no 'events.moon' to replace"),
        ("[[append.pit]]\nmin_stop_s = 3", "append.pit", "no list of tables"),
        ("[pit.sources.tea]\nsource = 'x'\nconfidence = 'high'", "pit", "'tea'"),
    ],
)
def test_faults_name_file_and_key(tmp_path: Path, text: str, key: str, what: str) -> None:
    path = write(tmp_path / "mine.toml", f"extends = 'wec-2021'\n{text}\n")
    if text.startswith("replaces"):
        path = write(tmp_path / "mine.toml", f"{text}\nextends = 'wec-2021'\n")
    with pytest.raises(CardError, match=what) as caught:
        read_rulebook(path)
    assert caught.value.file is not None
    assert "mine.toml" in caught.value.file or caught.value.key is not None
    assert (caught.value.key or "") == key


def test_a_new_series_is_a_file_and_no_code(tmp_path: Path) -> None:
    path = write(
        tmp_path / "club.toml",
        "extends = 'adac-gt-masters-2019'\nid = 'club-2026'\nseries = 'club'\nseries_name = 'Club'\nseason = '2026'\n"
        "[race]\nduration_s = 7200\nsource = 'club rules'\nconfidence = 'high'\n",
    )
    book = read_rulebook(path)
    assert (book.id, book.race.duration_s) == ("club-2026", 7200)
    assert book.provenance("race.duration_s").source == "club rules"
    assert book.provenance("race.finish").confidence == "assumed"
    assert book.provenance("pit.technical_stop_s").confidence == "assumed"
    with pytest.raises(CardError, match="not TOML"):
        read_rulebook(write(tmp_path / "broken.toml", "id = "))
    with pytest.raises(CardError, match="no such file"):
        read_rulebook(tmp_path / "absent.toml")
    with pytest.raises(CardError, match="'moon', which is no rule book"):
        read_rulebook(write(tmp_path / "sun.toml", "extends = 'moon'"))
    with pytest.raises(CardError, match="extends itself"):
        read_rulebook(write(tmp_path / "moon.toml", "extends = 'moon'"))
    with pytest.raises(CardError, match="no source for"):
        read_rulebook(write(tmp_path / "bare.toml", "extends = 'wec-2021'\n[[crew]]\nmin_drivers = 2"))


CLUB = """
extends = 'adac-gt-masters-2019'
id = 'club-cup-2026'
series = 'club-cup'
series_name = 'Club Cup'
season = '2026'
[race]
duration_s = 7200
source = 'rules of the club'
confidence = 'high'
"""


def test_a_folder_of_ones_own_is_known_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new series: one file in a folder, and the verbs and cards know it."""
    assert "club-cup-2026" not in list_rulebooks()
    mine = write(tmp_path / "club-cup-2026.toml", CLUB)
    write(
        tmp_path / "club-cup-2027.toml",
        "extends = 'club-cup-2026'\nid = 'club-cup-2027'\nseason = '2027'\n"
        "[pit]\npit_lane_kph = 40\nsource = 'rules of the club'\nconfidence = 'high'\n",
    )
    monkeypatch.setenv("LANGSTRECKE_RULEBOOKS", str(tmp_path))
    runner = CliRunner()
    listed = {book["id"]: book for book in json.loads(runner.invoke(app, ["rules", "--list", "--json"]).output)}
    assert listed["club-cup-2027"]["own"]
    assert not listed["imsa-2021"]["own"]
    shown = runner.invoke(app, ["rules", "club-cup", "--season", "2026", "--sources"])
    assert "Club Cup 2026" in shown.output
    assert "rules of the club" in shown.output
    assert load_rulebook("club-cup").pit.pit_lane_kph == 40
    rows = json.loads(runner.invoke(app, ["rules", "diff", "club-cup-2026", "club-cup-2027", "--json"]).output)
    assert [row["name"] for row in rows["lines"]] == ["pit-lane speed"]
    card = tmp_path / "sprint.toml"
    played = load_card("adac-gt-masters-2019-sachsenring-1")
    write_card(played.model_copy(update={"race": played.race.model_copy(update={"rulebook": "club-cup-2026"})}), card)
    assert runner.invoke(app, ["card", "check", str(card)]).exit_code == 0
    assert compile_race(read_card(card)).car.shape == compile_race(played).car.shape
    mine.write_text(CLUB.replace("7200", "10800"), encoding="utf-8")
    os.utime(mine, ns=(1, 1))
    assert load_rulebook("club-cup-2026").race.duration_s == 10800  # read again
    with pytest.raises(NotFoundError, match="club-cup"):
        load_rulebook("clubcup-2026")


def test_ones_own_book_comes_before_the_shipped_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = load_rulebook("imsa")
    text = f"extends = '{before.id}'\n[pit]\npit_lane_kph = 55\nsource = 'bulletin'\nconfidence = 'high'\n"
    write(tmp_path / f"{before.id}.toml", text)
    monkeypatch.setenv("LANGSTRECKE_RULEBOOKS", str(tmp_path))
    assert load_rulebook("imsa").pit.pit_lane_kph == 55
    assert load_rulebook("imsa").points == before.points
    write(tmp_path / "other.toml", CLUB)
    with pytest.raises(CardError, match=r"name it club-cup-2026\.toml"):
        load_rulebook("other")
    monkeypatch.setenv("LANGSTRECKE_RULEBOOKS", str(tmp_path / "absent"))
    with pytest.raises(CardError, match="names no folder"):
        load_rulebook("imsa")
    monkeypatch.delenv("LANGSTRECKE_RULEBOOKS")
    assert load_rulebook("imsa") == before


def test_differences() -> None:
    one, other = load_rulebook("le-mans-2018"), load_rulebook("le-mans-2019")
    assert differences(one, one) == []
    rows = {(name, left, right) for _, name, left, right in differences(one, other)}
    assert ("full-course yellow without safety car", "no", "yes") in rows
    assert len(rows) <= 4


def test_the_verb() -> None:
    runner = CliRunner()
    shown = runner.invoke(app, ["rules", "imsa", "--season", "2021", "--event", "sebring"])
    assert shown.exit_code == 0
    assert "12 h" in shown.output
    book = json.loads(runner.invoke(app, ["rules", "spa-24h-2018", "--json"]).output)
    assert book["book"]["pit"]["technical_stop_s"] == 300
    rows = json.loads(runner.invoke(app, ["rules", "diff", "wec-2021", "wec-2024", "--json"]).output)
    assert (rows["one"], rows["other"]) == ("wec-2021", "wec-2024")
    assert all(row["one"] != row["other"] for row in rows["lines"])
    assert isinstance(runner.invoke(app, ["rules", "imzza"]).exception, NotFoundError)
    assert runner.invoke(app, ["rules", "diff", "imsa"]).exception is not None
    every = runner.invoke(app, ["rules", "--list"]).output
    assert all(rulebook_id in every for rulebook_id in list_rulebooks())  # no id is cut


def test_the_verb_asked_for_what_is_not_there(tmp_path: Path) -> None:
    runner = CliRunner()
    for asked, near in (
        (["imsa", "--season", "2021", "--event", "sebrng"], "sebring"),
        (["24h of Spa"], "spa-24h"),
        (["imsa", "2021"], "--season 2021"),
        ([str(tmp_path / "absent.toml")], "no such file"),
        ([str(tmp_path)], "is a folder"),
    ):
        assert near in str(runner.invoke(app, ["rules", *asked]).exception), asked
    for name in ("24 Hours of Le Mans", "Formula 1", "GT Masters", "FIA WEC"):
        assert runner.invoke(app, ["rules", name]).exit_code == 0, name
    for event in ("sebring", "imsa-2021-watkins-glen-240", "vir"):
        assert runner.invoke(app, ["rules", "imsa", "--season", "2021", "--event", event]).exit_code == 0, event
    mine = write(tmp_path / "club-cup-2026.toml", CLUB)
    assert "Club Cup" in runner.invoke(app, ["rules", str(mine)]).output
    changed = json.loads(runner.invoke(app, ["rules", "diff", "adac-gt-masters-2019", str(mine), "--json"]).output)
    assert [row["name"] for row in changed["lines"]] == ["duration"]
