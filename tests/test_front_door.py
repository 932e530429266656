"""What `import langstrecke as ls` offers: lazy names, results that show themselves, a card from one race."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import polars as pl
import pytest

import langstrecke as ls
from factories import small_card
from langstrecke import archives
from langstrecke.display import ROWS, Shown
from langstrecke.errors import CardError, LangstreckeError, NotFoundError
from langstrecke.simulation import simulate_laps
from langstrecke.timing.write import write_alkamel
from race_maker import make_race

CARD = small_card()


def python(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    ).stdout


@pytest.fixture(scope="module")
def race_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated Sebring where the importer looks for one."""
    folder = tmp_path_factory.mktemp("imsa") / "2021" / "05-sebring-international-raceway"
    folder.mkdir(parents=True)
    path = folder / "202103201010-race-laps.csv"
    write_alkamel(simulate_laps(ls.load_card("imsa-2021-sebring"), race=1, seed=1), path)
    return path


@pytest.fixture(scope="module")
def odds() -> Any:
    return ls.forecast(CARD, races=500, seed=1)


# ---- names


def test_importing_loads_nothing_heavy() -> None:
    heavy = ("polars", "numpy", "numba", "scipy", "duckdb", "matplotlib", "pydantic", "rich", "typer", "tomlkit")
    code = f"import sys, langstrecke; dir(langstrecke); print([m for m in {heavy} if m in sys.modules])"
    assert python(code).strip() == "[]"


def test_cards_need_no_compiler_and_laps_no_simulation() -> None:
    code = "import sys, langstrecke as ls; ls.{}; print([m for m in ('numba', 'duckdb') if m in sys.modules])"
    for name in ("load_card", "load", "Session"):
        assert python(code.format(name)).strip() == "[]", name


def test_every_name_is_there_and_says_what_it_is() -> None:
    assert set(ls.__all__) <= set(dir(ls))
    for name in set(ls.__all__) - {"__version__"}:
        found = getattr(ls, name)
        text = inspect.getdoc(found.__call__ if isinstance(found, ModuleType) and callable(found) else found) or ""
        assert len(text) > 40, name
        if inspect.isfunction(found) and name != "list_cards":
            assert "Error" in text, f"{name} does not say what it raises"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        ls.nothing  # noqa: B018


def test_the_room_of_forecasts_is_the_verb_whatever_was_imported_first() -> None:
    code = """
import langstrecke.forecast.race
import langstrecke as ls
from langstrecke import forecast
assert ls.forecast is forecast and callable(forecast)
print(forecast(ls.load_card("imsa-2021-sebring"), races=2).simulated)
"""
    assert python(code).strip() == "2"


# ---- sessions


@pytest.fixture(scope="module")
def race(tmp_path_factory: pytest.TempPathFactory) -> ls.Session:
    path = tmp_path_factory.mktemp("made") / "laps.csv"
    write_alkamel(make_race(cars=6, periods=((3600.0, 4500.0, "fcy"),)), path)
    return ls.load(path)


def test_a_session_has_what_the_laps_say(race: ls.Session) -> None:
    assert race.kind == "laps"
    assert race.table is race.laps
    assert race.periods["kind"].to_list() == ["fcy"]
    assert race.stints.height > race.stops.height > 0
    assert set(race.stops["flag"].unique()) <= {"green", "fcy"}
    assert 0 < race.clean_laps.height < race.laps.height
    assert race.car("02").height == race.laps.filter(pl.col("car") == "02").height > 0
    assert race.order["position"][0] == 1
    assert race.stops is race.stops  # made once
    assert (race.results.height, race.weather.height, race.notices) == (0, 0, ())


def test_a_session_shows_what_it_holds_and_what_not(race: ls.Session) -> None:
    told = repr(race)
    assert told.splitlines()[0].startswith("laps (alkamel): 6 cars, 3:0")
    assert f"Tables: laps ({race.laps.height:,})." in told
    assert "results" not in told
    assert "<td" in race._repr_html_()  # type: ignore[attr-defined]


def test_a_session_without_laps_has_empty_tables(tmp_path: Path) -> None:
    path = tmp_path / "weather.csv"
    path.write_text(
        "TIME_UTC_SECONDS;TIME_UTC_STR;AIR_TEMP;TRACK_TEMP;HUMIDITY;PRESSURE;WIND_SPEED;WIND_DIRECTION;RAIN;\n"
        "1616248800;3/20/2021 2:00:00 PM;20.5;30.1;60;1015.1;2.1;180;0;\n",
        encoding="utf-8",
    )
    read = ls.load(path)
    assert (read.kind, read.weather.height, read.laps.height) == ("weather", 1, 0)
    assert all(frame.is_empty() for frame in (read.stints, read.stops, read.periods, read.clean_laps, read.order))
    assert "Tables: weather (1)." in repr(read)


# ---- results


def test_odds_answer_by_car_and_as_a_frame(odds: Any) -> None:
    frame = odds.to_frame()
    assert frame.height == len(CARD.entries)
    assert frame.filter(pl.col("car") == "4")["win"].item() == odds.car("4").win
    assert frame.group_by("class").agg(pl.col("win").sum())["win"].to_list() == pytest.approx([1.0, 1.0])


def test_results_show_themselves_in_few_lines_and_a_small_table(odds: Any) -> None:
    changed = ls.what_if(CARD, {"entries.4.penalty_s": 60}, races=100)
    for result in (odds, changed, CARD):
        text, html = repr(result), result._repr_html_()
        assert 3 <= len(text.splitlines()) <= 14, text
        assert html.count("<table>") == html.count("</table>") == 1
        assert len(html) < 20_000
    assert "class win" in repr(odds)


def test_pandas_gets_what_polars_has(odds: Any) -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    assert list(odds.to_frame().to_pandas()["car"]) == odds.to_frame()["car"].to_list()


def test_nothing_of_a_card_acts_on_a_notebook_or_a_terminal() -> None:
    hostile = "<script>alert(1)</script>\x1b[31m"
    card = ls.changed(CARD, {"change": [{"car": "4", "team": hostile}], "race.name": hostile})
    shown = ls.forecast(card, races=10)
    html = shown._repr_html_()  # type: ignore[attr-defined]
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "\x1b" not in repr(shown) + repr(card) + html


def test_a_long_table_says_what_it_leaves_out() -> None:
    shown = Shown("t", ("a", "b"), [(str(n), "x") for n in range(ROWS + 5)], ("n" * 400,))
    assert "and 39 more" in shown.text()
    assert "and 5 more rows" in shown.html()
    assert all(len(line) <= 160 for line in shown.text().splitlines())


# ---- what-ifs


def test_a_what_if_from_a_dictionary_is_the_one_of_the_command_line() -> None:
    one = ls.what_if(CARD, {"entries.4.penalty_s": 60, "drop": [{"car": "5"}]}, races=200)
    toml = '[[drop]]\ncar = "5"\n[set.entries.4]\npenalty_s = 60\n'
    assert one.to_frame().equals(ls.what_if(CARD, toml, races=200).to_frame())
    assert one.of("4").win.change < 0
    assert {"entries.4.penalty_s = 60", "car 5 withdrawn"} <= set(one.changes)


@pytest.mark.parametrize("key", ["entries.4.penalty", "entries.99.penalty_s", "nonsense", ""])
def test_a_key_that_does_not_fit_is_named(key: str) -> None:
    with pytest.raises(LangstreckeError) as error:
        ls.what_if(CARD, {key: 60}, races=2)
    assert "penalty" in str(error.value) or "99" in str(error.value) or "the change" in str(error.value)


def test_a_changed_card_is_played_as_the_what_if_plays_it() -> None:
    card = ls.changed(CARD, {"entries.4.pace_s": {"plus": -2.0}})
    assert card.entry("4").pace_s == CARD.entry("4").pace_s - 2.0
    assert ls.forecast(card, races=200).car("4").win > ls.forecast(CARD, races=200).car("4").win


# ---- stores and cards


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ls.Store]:
    with ls.open_store(tmp_path / "store.duckdb") as opened:
        yield opened


def test_a_store_takes_files_and_gives_sessions_and_cards(store: ls.Store, race_file: Path) -> None:
    assert store.add(race_file)["race_id"].to_list() == ["imsa-2021-sebring"]
    assert repr(store).splitlines()[-1].split() == ["imsa", "2021", "1"]
    session = store.session("imsa-2021-sebring")
    assert session.laps.height == ls.load(race_file).laps.height
    assert session.entries.height > 30
    card = store.card("imsa-2021-sebring", knowledge="full")
    assert (card.race.id, card.race.knowledge) == ("imsa-2021-sebring", "full")
    with pytest.raises(NotFoundError, match="imsa-2021-sebring"):
        store.card("imsa-2021-sebing")


def test_a_card_from_one_race_knows_the_race_and_says_so(race_file: Path) -> None:
    card = ls.card_from(ls.load(race_file))
    assert card.race.knowledge == "full"
    assert "From the laps of this one race alone" in card.race.note
    assert len(card.entries) == ls.load(race_file).laps["car"].n_unique()
    assert ls.forecast(card, races=20).simulated == 20


def test_a_card_from_what_is_no_race_is_refused(tmp_path: Path, race: ls.Session, race_file: Path) -> None:
    with pytest.raises(CardError, match="which race is it"):
        ls.card_from(race)  # no name, no folder that tells
    practice = race_file.with_name("202103181010-practice-1-laps.csv")
    practice.write_bytes(race_file.read_bytes())
    with pytest.raises(CardError, match="is no race"):
        ls.card_from(practice)


def test_a_fetched_event_is_in_the_store_and_what_did_not_come_is_named(
    store: ls.Store, race_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str, str]] = []

    @contextmanager
    def opened(series: str) -> Iterator[str]:
        yield series

    def planned(archive: str, season: str, event: str) -> Any:
        asked.append((archive, season, event))
        return SimpleNamespace(folder=str(race_file.parent))

    monkeypatch.setattr(archives, "open_archive", opened)
    monkeypatch.setattr(archives, "plan_event", planned)
    monkeypatch.setattr(archives, "carry_out", lambda archive, plan: archives.Outcome(faults=["weather.csv: gone"]))
    with pytest.warns(UserWarning, match=r"not fetched: weather\.csv: gone"):
        found = store.fetch("imsa", 2026, "sebring")
    assert found["race_id"].to_list() == ["imsa-2021-sebring"]
    assert asked == [("imsa", "2026", "sebring")]


def test_a_file_that_cannot_be_read_is_named_not_passed_over(
    store: ls.Store, race_file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "2021" / "05-sebring-international-raceway"
    folder.mkdir(parents=True)
    (folder / race_file.name).write_bytes(race_file.read_bytes())
    (folder / "202103201010-race-results.csv").write_text("POSITION,NUMBER,STATUS,LAPS\nx")
    with pytest.warns(UserWarning, match="not imported: .*race-results"):
        store.add(folder)
