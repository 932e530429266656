"""Cards on disk: what is written is read, a person's file stays a person's, bad files get one clear error."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any, get_args

import annotated_types as at
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from factories import small_card
from langstrecke.errors import CardError
from langstrecke.racecard import (
    ActualResult,
    CircuitInfo,
    ClassFigures,
    Driver,
    Entry,
    Neutralisation,
    RaceCard,
    RaceInfo,
    Weather,
    card_text,
    check_card,
    load_card,
    read_card,
    rounded,
    write_card,
)

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


def _bounded(metadata: list[Any]) -> dict[str, float]:
    low = [m.ge for m in metadata if isinstance(m, at.Ge)] + [m.gt for m in metadata if isinstance(m, at.Gt)]
    high = [m.le for m in metadata if isinstance(m, at.Le)]
    bounds = {"min_value": low[0] if low else None, "max_value": high[0] if high else None}
    return {name: bound for name, bound in bounds.items() if bound is not None}


def _field(annotation: Any, metadata: list[Any]) -> st.SearchStrategy[Any]:
    if type(None) in get_args(annotation):
        inner = next(a for a in get_args(annotation) if a is not type(None))
        own = list(getattr(inner, "__metadata__", ()))
        own = [m for item in own for m in getattr(item, "metadata", [item])]
        kind = getattr(inner, "__origin__", inner) if own else inner
        return st.none() | _field(kind, own + metadata)
    if annotation is float:
        bounds = _bounded(metadata)
        exclude = any(isinstance(m, at.Gt) for m in metadata)
        return st.floats(**bounds, exclude_min=exclude, allow_nan=False, allow_infinity=False)
    if annotation is int:
        return st.integers(**{"max_value": 10**9, **{k: int(v) for k, v in _bounded(metadata).items()}}).filter(
            lambda n: n > 0
        )
    if annotation is bool:
        return st.booleans()
    if annotation is str:
        return NAMES
    if annotation is dt.date:
        return st.dates(dt.date(1900, 1, 1))
    if annotation is dt.time:
        return st.times()
    return st.sampled_from(get_args(annotation))


def models(kind: type[BaseModel], **fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Any valid value of a flat model; fields with a default are sometimes left to it."""
    required = {}
    optional = {}
    for name, field in kind.model_fields.items():
        strategy = fixed[name] if name in fixed else _field(field.annotation, list(field.metadata))
        (required if field.is_required() else optional)[name] = strategy
    return st.fixed_dictionaries(required, optional=optional).map(kind.model_validate)


SCENARIOS = st.none() | st.lists(st.tuples(st.floats(0, 1e5), st.floats(0, 1)), max_size=3).map(tuple)


@st.composite
def cards(draw: st.DrawFn) -> RaceCard:
    classes = draw(st.dictionaries(NAMES, models(ClassFigures), min_size=1, max_size=2))
    drivers = st.lists(models(Driver), min_size=1, max_size=3, unique_by=lambda d: d.name).map(tuple)
    entry = models(Entry, car_class=st.sampled_from(sorted(classes)), drivers=drivers)
    entries = tuple(draw(st.lists(entry, min_size=1, max_size=4, unique_by=lambda e: e.car)))
    result = models(ActualResult, car=st.sampled_from([e.car for e in entries]))
    return RaceCard(
        race=draw(models(RaceInfo, unsure=st.lists(NAMES, max_size=2).map(tuple))),
        circuit=draw(models(CircuitInfo)),
        neutralisation=draw(models(Neutralisation)),
        weather=draw(models(Weather, scenario=SCENARIOS)),
        classes=classes,
        entries=entries,
        result=tuple(draw(st.lists(result, max_size=3))),
    )


FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(cards())
def test_any_card_written_is_read_back_equal(card: RaceCard) -> None:
    once = rounded(card)
    assert read_card(card_text(card)) == once
    assert rounded(once) == once
    assert card_text(once) == card_text(card)


@FEW
@given(cards(), cards())
def test_any_card_can_be_written_over_any_other(old: RaceCard, new: RaceCard) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "card.toml"
        write_card(old, path)
        write_card(new, path)
        assert rounded(read_card(path)) == rounded(new)


@FEW
@given(st.binary(max_size=300))
def test_rubbish_is_one_card_error(tmp_path_factory: pytest.TempPathFactory, rubbish: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "rubbish.toml"
    path.write_bytes(rubbish)
    with pytest.raises(CardError, match=r"rubbish\.toml"):
        read_card(path)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_cut_or_mangled_card_is_a_card_error_or_a_card(data: st.DataObject) -> None:
    text = card_text(small_card())
    at_ = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(at_, min(len(text), at_ + 30)))
    mangled = text[:at_] + data.draw(st.text('[]{}"=,.#\n\\a1 ', max_size=6)) + text[end:]
    card, problems = check_card(mangled + "\n")  # raises nothing, whatever it is given
    assert (card is None) == bool(problems)


def test_figures_are_rounded_to_what_they_are_worth() -> None:
    card = small_card()
    figures = card.classes["DPi"].model_copy(update={"lap_s": 110.123456, "retire_per_h": 0.00123456})
    text = card_text(card.model_copy(update={"classes": {**card.classes, "DPi": figures}}))
    classes = tomllib.loads(text)["classes"]
    assert classes["DPi"]["lap_s"] == 110.123
    assert classes["DPi"]["retire_per_h"] == 0.001235


def test_sections_come_in_order_and_each_driver_has_a_line() -> None:
    text = card_text(small_card())
    heads = ["[race]", "[circuit]", "[neutralisation]", "[weather]", "[classes.DPi]", "[[entries]]", "[[result]]"]
    places = [text.index(f"\n{head}\n") for head in heads]
    assert places == sorted(places)
    assert '\n    { name = "Kevin Magnussen", licence = "platinum", pace_s = 0.02' in text
    assert text.startswith("# ")
    assert "seconds" in text.split("schema = 1")[0]


# ---- a person's file


HAND_MADE = """\
# Our own card for the test day.
schema = 1

[circuit] # comes first, we like it so
id = "sebring"

[race]
id = "test"   # not an official one
name = "Test"
series = "imsa"
season = 2021
date = 2021-03-20
rulebook = "imsa-2021"
duration_s = 7200

[classes.GTD]
lap_s = 120.5        # long run on Thursday
stint_laps = 25
lane_s = 30
refuel_s = 40

# The factory car.
[[entries]]
car = "01"
class = "GTD"
drivers = [
    { name = "A. One", licence = "gold" },    # quick in the wet
    { name = "B. Two" },
]
# brakes are new

# A guest.
[[entries]]
car = "1"
class = "GTD"
grid = 2
drivers = [{ name = "C. Three" }]
"""


@pytest.fixture
def hand_made(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(HAND_MADE, encoding="utf-8")
    return path


def edited(card: RaceCard, car: str, **changes: Any) -> RaceCard:
    entries = tuple(e.model_copy(update=changes) if e.car == car else e for e in card.entries)
    return card.model_copy(update={"entries": entries})


def test_writing_an_unchanged_card_changes_no_byte(hand_made: Path) -> None:
    write_card(read_card(hand_made), hand_made)
    assert hand_made.read_text(encoding="utf-8") == HAND_MADE


def test_one_changed_figure_changes_one_line(hand_made: Path) -> None:
    card = read_card(hand_made)
    figures = card.classes["GTD"].model_copy(update={"lap_s": 119.75})
    write_card(card.model_copy(update={"classes": {"GTD": figures}}), hand_made)
    expected = HAND_MADE.replace("lap_s = 120.5 ", "lap_s = 119.75 ")
    assert hand_made.read_text(encoding="utf-8") == expected


def test_a_new_figure_is_added_to_its_table(hand_made: Path) -> None:
    write_card(edited(read_card(hand_made), "01", pace_s=-0.400004), hand_made)
    expected = HAND_MADE.replace("# brakes are new\n", "# brakes are new\npace_s = -0.4\n")
    assert hand_made.read_text(encoding="utf-8") == expected


def test_a_figure_set_back_to_nothing_leaves_its_line(hand_made: Path) -> None:
    write_card(edited(read_card(hand_made), "1", grid=None), hand_made)
    assert hand_made.read_text(encoding="utf-8") == HAND_MADE.replace("grid = 2\n", "")


def test_a_changed_driver_keeps_the_comment_on_the_line(hand_made: Path) -> None:
    card = read_card(hand_made)
    first, second = card.entry("01").drivers
    write_card(edited(card, "01", drivers=(first.model_copy(update={"pace_s": -0.25}), second)), hand_made)
    text = hand_made.read_text(encoding="utf-8")
    assert "# quick in the wet" in text
    assert read_card(hand_made).entry("01").drivers[0].pace_s == -0.25
    assert text.count("\n") == HAND_MADE.count("\n")


def test_comments_move_with_their_entry(hand_made: Path) -> None:
    card = read_card(hand_made)
    write_card(card.model_copy(update={"entries": card.entries[::-1]}), hand_made)
    text = hand_made.read_text(encoding="utf-8")
    order = ["# A guest.", 'car = "1"', "# The factory car.", 'car = "01"', "# brakes are new"]
    assert [text.index(o) for o in order] == sorted(text.index(o) for o in order)
    write_card(card.model_copy(update={"entries": card.entries[1:]}), hand_made)
    text = hand_made.read_text(encoding="utf-8")
    assert "# A guest." in text
    assert "# The factory car." not in text


def test_drivers_written_as_tables_are_updated_as_tables(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    tables = '[[entries.drivers]]\nname = "C. Three"  # the boss\n\n[[entries.drivers]]\nname = "D. Four"\n'
    path.write_text(HAND_MADE.replace('drivers = [{ name = "C. Three" }]\n', "\n" + tables), encoding="utf-8")
    card = read_card(path)
    three, four = card.entry("1").drivers
    write_card(edited(card, "1", drivers=(three, four.model_copy(update={"licence": "bronze"}))), path)
    assert read_card(path).entry("1").drivers[1].licence == "bronze"
    assert "# the boss" in path.read_text(encoding="utf-8")
    assert path.read_text(encoding="utf-8").count("[[entries.drivers]]") == 2


def test_a_file_with_windows_line_ends_keeps_them(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(HAND_MADE.replace("\n", "\r\n").encode())
    write_card(edited(read_card(path), "1", grid=5), path)
    assert path.read_bytes() == HAND_MADE.replace("grid = 2", "grid = 5").replace("\n", "\r\n").encode()


def test_an_arrangement_we_do_not_know_is_written_afresh(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    text = HAND_MADE.replace('[circuit] # comes first, we like it so\nid = "sebring"\n', "")
    path.write_text('circuit = { id = "sebring" }\n' + text, encoding="utf-8")
    card = edited(read_card(path), "1", grid=7)
    write_card(card, path)
    assert read_card(path) == card


def test_writing_where_nothing_can_be_written_is_a_card_error(tmp_path: Path) -> None:
    with pytest.raises(CardError, match="cannot be written"):
        write_card(small_card(), tmp_path / "no" / "folder" / "card.toml")
    assert list(tmp_path.iterdir()) == []


# ---- errors


def problem(text: str) -> CardError:
    with pytest.raises(CardError) as caught:
        read_card(text)
    return caught.value


CARD = card_text(small_card())


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "key", "what", "hint"),
    [
        ("grid = 3", "gird = 3", "entries[2] (car 10).gird", "no key", "did you mean grid"),
        ("grid = 3", 'grid = "3"', "entries[2] (car 10).grid", "whole number", ""),
        ("grid = 3", "grid = 0", "entries[2] (car 10).grid", "at least 1", ""),
        ("grid = 3", "grid = true", "entries[2] (car 10).grid", "whole number", ""),
        ('car = "10"', "car = 10", "entries[2].car", "text in quotes", 'write car = "10"'),
        ('car = "10"', 'car = "01"', "entries[2] (car 01)", "entered twice", ""),
        (
            '"Ricky Taylor", licence = "platinum"',
            '"Ricky Taylor", licence = "plat"',
            "entries[2] (car 10).drivers[0] (Ricky Taylor).licence",
            "'platinum', 'gold'",
            "",
        ),
        ('car = "10"\nclass = "DPi"', 'car = "10"\nclass = "P"', "entries[2] (car 10).class", "DPi, GTLM", ""),
        ("lap_s = 118.4", "lap = 118.4", "classes.GTLM.lap", "no key", "lap_s"),
        ("lap_s = 118.4", "lap_s = nan", "classes.GTLM.lap_s", "finite", ""),
        ("date = 2021-03-20", 'date = "20.3.2021"', "race.date", "a date without quotes", ""),
        ('knowledge = "before"', 'knowledge = "bevore"', "race.knowledge", "'before', 'full' or 'hand'", ""),
        ("wet_start = 0.0", "wet_start = 1.5", "weather.wet_start", "at most 1", ""),
        ('"79"\nposition = 3', '"97"\nposition = 3', "result[3] (car 97).car", "not among the entries", ""),
    ],
)
def test_an_error_names_line_entry_key_and_remedy(old: str, new: str, key: str, what: str, hint: str) -> None:
    assert old in CARD
    text = CARD.replace(old, new, 1)
    error = problem(text)
    assert error.key == key
    assert what in error.what
    assert hint in (error.hint or "")
    assert error.line is not None
    assert abs(error.line - line_of(CARD, old)) <= 1  # a problem of a whole entry points at its head


def test_a_problem_inside_the_drivers_has_the_drivers_line() -> None:
    text = CARD.replace('"Ricky Taylor", licence = "platinum"', '"Ricky Taylor", licence = "plat"')
    assert problem(text).line == line_of(text, 'plat"')


def test_all_problems_are_found_at_once() -> None:
    text = CARD.replace("grid = 3", "gird = 3").replace("lap_s = 118.4", "lap_s = -1")
    card, problems = check_card(text)
    assert card is None
    assert [p.key for p in problems] == ["classes.GTLM.lap_s", "entries[2] (car 10).gird"]
    assert "and 1 more" in problem(text).message()


def test_syntax_errors_name_their_line() -> None:
    text = CARD.replace("grid = 3", "grid = ")
    assert problem(text).line == line_of(text, "grid = \n")
    twice = problem(CARD.replace("grid = 3", "grid = 3\ngrid = 4"))
    assert twice.line == line_of(CARD, "grid = 3") + 1


def test_a_cut_file_says_so() -> None:
    cut = CARD[: CARD.index("Ricky Taylor") + 5]
    error = problem(cut)
    assert error.line == cut.count("\n") + 1
    error = problem(CARD[: CARD.index("[[entries]]")])
    assert error.key == "entries"
    assert "missing" in error.what


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty"),
        (b"  \n\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not UTF-8"),
        (b"schema = 1\nid = '\0'\n", "binary"),
        (b"[" * 100_000, "TOML"),
        (b"a = " + b"9" * 10_000, "TOML"),
        (b"\n" * 9_000_000, "9 MB"),
        ("name = 'Müller'".encode("latin-1"), "not UTF-8"),
    ],
)
def test_files_that_are_no_cards(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    with pytest.raises(CardError, match=what) as caught:
        read_card(path)
    assert str(path) in caught.value.message()
    assert len(caught.value.message()) < 400


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(CardError, match="no such file"):
        read_card(tmp_path / "none.toml")
    with pytest.raises(CardError, match="folder"):
        read_card(tmp_path)


def test_teams_of_le_mans_are_teams() -> None:
    """The dossier of 2019 cuts three lines in the middle of the vehicle; the card has the registry's names there."""
    card = load_card("le-mans-2019")
    teams = [card.entry(car).team for car in ("4", "10", "17")]
    assert teams == ["Bykolles Racing Team", "DragonSpeed", "SMP Racing"]
    for name in ("le-mans-2018", "le-mans-2019"):
        assert all(e.make and e.team and e.vehicle for e in load_card(name).entries), name
