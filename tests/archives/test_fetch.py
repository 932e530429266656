"""Finding, planning and fetching an event, against servers on this machine."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive_sites import (
    NLS_FILE,
    Site,
    al_kamel_event,
    nls_pages,
    select_pages,
    served,
    swiss_documents,
)
from langstrecke.archives import (
    Archive,
    Event,
    Outcome,
    Plan,
    carry_out,
    event_in_words,
    load_hosts,
    open_archive,
    plan_event,
    season_events,
)
from langstrecke.archives.transport import user_agent
from langstrecke.errors import ArchiveError, LangstreckeError, NotFoundError

IMSA = "01_IMSA WeatherTech SportsCar Championship"
SEBRING = "05_Sebring International Raceway"
NOW = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)

Opener = Callable[..., Archive]


@pytest.fixture
def waits() -> list[float]:
    """Seconds the client chose to wait."""
    return []


@pytest.fixture
def opener(tmp_path: Path, waits: list[float]) -> Opener:
    """Opens the archive of a series with its site on this machine, quick, and never asleep."""

    def open_(site: Site, series: str, *, below: str = "", offline: bool = False, **manners: float) -> Archive:
        hosts = load_hosts()
        key = hosts.series_named(series)[1].site
        own = tmp_path / f"hosts-{series.replace(' ', '-')}.toml"
        figures = {"pause_s": 0.0, "timeout_s": 60, **manners}
        rows = "".join(f"{name} = {value}\n" for name, value in figures.items())
        own.write_text(f'[sites.{key}]\nurl = "{site.url}{below}"\n[manners]\n{rows}', "utf-8")
        table = load_hosts(own)
        return open_archive(series, hosts=table, root=tmp_path / "kept", offline=offline, sleep=waits.append)

    return open_


@pytest.fixture
def imsa(tmp_path: Path) -> Iterator[Site]:
    """IMSA's archive with three events of 2026."""
    site = Site()
    al_kamel_event(site, tmp_path, season="26_2026", event=SEBRING, series=IMSA)
    site.add(
        f"Results/26_2026/{SEBRING}/02_IMSA Michelin Pilot Challenge/202603201010_Race/23_Time Cards_Race.CSV", "x"
    )
    site.add("Results/26_2026/02_Daytona International Speedway/01_Porsche Cup/202601241010_Race/a.PDF", "x")
    site.add(f"Results/26_2026/16_Road America/{IMSA}/202608021010_Practice 1/23_Time Cards_Practice 1.PDF", "x")
    site.add(f"Results/25_2025/{SEBRING}/{IMSA}/202503151010_Race/23_Time Cards_Race.PDF", "x")
    with served(site):
        yield site


def fetch(archive: Archive, season: str, event: str, **options: object) -> tuple[Plan, Outcome]:
    with archive:
        plan = plan_event(archive, season, event)
        return plan, carry_out(archive, plan, now=lambda: NOW, **options)  # type: ignore[arg-type]


def names(plan: Plan) -> list[str]:
    return ["/".join(chosen.remote.path[2:]) for chosen in plan.chosen]


def test_an_event_is_found_planned_and_fetched(imsa: Site, opener: Opener) -> None:
    plan, outcome = fetch(opener(imsa, "imsa", below="Results/"), "2026", "sebring")
    assert names(plan) == [
        "202603210905_Practice 1/23_Time Cards_Practice 1.CSV",
        "202603211010_Race/02_Hour 2/23_Time Cards_Race_Hour 2.CSV",
        "202603211010_Race/02_Hour 2/03_Results_Race_Official.CSV",
        "202603211010_Race/26_Weather_Race.CSV",
    ]
    assert [file.how for file in outcome.files] == ["fetched"] * 4
    assert not outcome.faults
    folder = Path(plan.folder)
    assert folder.parts[-3:] == ("imsa", "26_2026", SEBRING)
    kept = folder / IMSA / "202603211010_Race" / "02_Hour 2" / "03_Results_Race_Official.CSV"
    assert kept.read_bytes() in imsa.files.values()


def test_a_second_run_asks_for_no_file_and_for_no_fresh_listing(imsa: Site, opener: Opener) -> None:
    fetch(opener(imsa, "imsa", below="Results/"), "2026", "sebring")
    before = len(imsa.log)
    _, outcome = fetch(opener(imsa, "imsa", below="Results/"), "2026", "sebring")
    assert [file.how for file in outcome.files] == ["kept"] * 4
    assert len(imsa.log) == before
    assert outcome.requests == 0


def test_a_listing_that_is_no_longer_fresh_is_asked_for_again_but_no_file(imsa: Site, opener: Opener) -> None:
    fetch(opener(imsa, "imsa", below="Results/", listing_minutes=0), "2026", "sebring")
    files, pages = len(imsa.file_requests()), len(imsa.log)
    fetch(opener(imsa, "imsa", below="Results/", listing_minutes=0), "2026", "sebring")
    assert len(imsa.file_requests()) == files
    assert len(imsa.log) > pages


def test_offline_gives_what_is_here_and_asks_nobody(imsa: Site, opener: Opener) -> None:
    fetch(opener(imsa, "imsa", below="Results/", listing_minutes=0), "2026", "sebring")
    before = len(imsa.log)
    _, outcome = fetch(opener(imsa, "imsa", below="Results/", listing_minutes=0, offline=True), "2026", "sebring")
    assert len(outcome.files) == 4
    assert len(imsa.log) == before
    with pytest.raises(ArchiveError, match=r"offline"):
        fetch(opener(imsa, "imsa", below="Results/", offline=True), "2026", "road america")


def test_every_request_says_who_asks_and_the_pause_is_kept(imsa: Site, opener: Opener, waits: list[float]) -> None:
    fetch(opener(imsa, "imsa", below="Results/", pause_s=0.7), "2026", "sebring")
    assert {headers["user-agent"] for _, _, headers in imsa.log} == {user_agent()}
    assert "langstrecke/" in user_agent()
    assert len(waits) == len(imsa.log) - 1
    assert all(0.3 < wait <= 0.7 for wait in waits)


def test_the_manifest_has_the_hash_of_every_file(imsa: Site, opener: Opener) -> None:
    plan, outcome = fetch(opener(imsa, "imsa", below="Results/"), "2026", "sebring")
    rows = [json.loads(row) for row in (Path(plan.folder) / "manifest.jsonl").read_text("utf-8").splitlines()]
    assert len(rows) == len(outcome.files) == 4
    for row in rows:
        content = (Path(plan.folder) / row["path"]).read_bytes()
        assert row["sha256"] == hashlib.sha256(content).hexdigest()
        assert row["size"] == len(content)
        assert row["url"].startswith(imsa.url)
        assert row["fetched"].startswith("2026-04-01T")


def test_a_file_changed_on_this_disk_is_fetched_again(imsa: Site, opener: Opener) -> None:
    _, outcome = fetch(opener(imsa, "imsa", below="Results/"), "2026", "sebring")
    damaged = Path(outcome.files[0].path)
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:-1] + b"!")
    _, outcome = fetch(opener(imsa, "imsa", below="Results/"), "2026", "sebring")
    assert [file.how for file in outcome.files] == ["fetched", "kept", "kept", "kept"]
    assert damaged.read_bytes() == whole


def test_refresh_asks_whether_files_changed_and_fetches_those_that_did(imsa: Site, opener: Opener) -> None:
    plan, _ = fetch(opener(imsa, "imsa", below="Results/"), "2026", "sebring")
    target = f"Results/26_2026/{SEBRING}/" + "/".join(plan.chosen[2].remote.path[1:])
    imsa.files[target] += b"2;99;Classified;1;0:20.000;-;-;1;1:50.000;190.0;T;GTD;;;X;M;A;B;Gold;;;\r\n"
    _, outcome = fetch(opener(imsa, "imsa", below="Results/"), "2026", "sebring", refresh=True)
    assert [file.how for file in outcome.files] == ["unchanged", "unchanged", "fetched", "unchanged"]
    assert Path(outcome.files[2].path).read_bytes() == imsa.files[target]


def test_a_file_of_a_listing_that_shows_another_size_is_asked_for(imsa: Site, opener: Opener) -> None:
    plan, _ = fetch(opener(imsa, "imsa", below="Results/", listing_minutes=0), "2026", "sebring")
    target = f"Results/26_2026/{SEBRING}/" + "/".join(plan.chosen[3].remote.path[1:])
    imsa.files[target] += b"1774109622;21-Mar-26 14:13:42;20.5;25.5;76;1013.0;10.0;98;0;\r\n"
    _, outcome = fetch(opener(imsa, "imsa", below="Results/", listing_minutes=0), "2026", "sebring")
    assert [file.how for file in outcome.files] == ["kept", "kept", "kept", "fetched"]


def test_sizes_are_told_before_anything_is_fetched(imsa: Site, opener: Opener) -> None:
    imsa.sizes = False
    with opener(imsa, "imsa", below="Results/") as archive:
        plan = plan_event(archive, "2026", "sebring", sizes=True)
    for chosen in plan.chosen:
        assert chosen.remote.size == len(imsa.files["Results/26_2026/" + "/".join(chosen.remote.path)])
    assert not imsa.file_requests()
    assert not list(Path(plan.folder).parent.glob("*/**/*.CSV"))


def test_only_the_sessions_asked_for(imsa: Site, opener: Opener) -> None:
    with opener(imsa, "imsa", below="Results/") as archive:
        plan = plan_event(archive, "2026", "sebring", sessions=["race"])
        assert {chosen.remote.session for chosen in plan.chosen} == {"202603211010_Race"}
        with pytest.raises(ArchiveError, match=r"no session of Sebring.*called warm.*Practice 1, Race"):
            plan_event(archive, "2026", "sebring", sessions=["warm"])


# --- which event ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["sebring", "SEBRING", "sebring international", "Sebrig", "05", "5", SEBRING])
def test_an_event_by_name_number_or_with_a_slip(imsa: Site, opener: Opener, typed: str) -> None:
    with opener(imsa, "imsa", below="Results/") as archive:
        assert plan_event(archive, "2026", typed).event.key == SEBRING


def test_an_unknown_event_shows_the_list(imsa: Site, opener: Opener) -> None:
    with opener(imsa, "imsa", below="Results/") as archive, pytest.raises(NotFoundError) as caught:
        plan_event(archive, "2026", "suzuka")
    for name in ("02 Daytona", "05 Sebring", "16 Road America"):
        assert name in caught.value.message()


def test_an_event_without_files_of_the_series_says_what_is_there(imsa: Site, opener: Opener) -> None:
    with opener(imsa, "imsa", below="Results/") as archive:
        with pytest.raises(ArchiveError, match=r"no folder of the series.*01_Porsche Cup"):
            plan_event(archive, "2026", "daytona")
        with pytest.raises(ArchiveError, match=r"no lap, result or weather file as CSV or JSON"):
            plan_event(archive, "2026", "road america")  # PDF only


def test_another_series_of_the_same_event(imsa: Site, opener: Opener) -> None:
    with opener(imsa, "imsa-pilot-challenge", below="Results/") as archive:
        plan = plan_event(archive, "2026", "sebring")
    assert [chosen.remote.path[1] for chosen in plan.chosen] == ["02_IMSA Michelin Pilot Challenge"]


def test_of_several_events_of_a_name_the_one_with_a_race_is_taken(tmp_path: Path, opener: Opener) -> None:
    site = Site()
    al_kamel_event(
        site, tmp_path, season="26_2026", event="02_Daytona International Speedway", series=IMSA, day="20260124"
    )
    test = (
        f"Results/26_2026/24_Daytona International Speedway/{IMSA}/202611140900_Test Session 1/23_Time Cards_Test.CSV"
    )
    site.add(test, site.files[next(name for name in site.files if name.endswith("Practice 1.CSV"))])
    with served(site), opener(site, "imsa", below="Results/") as archive:
        plan = plan_event(archive, "2026", "daytona")
        assert plan.event.order == 2
        assert any("also fits 24 Daytona" in note for note in plan.notes)


def test_several_events_with_a_race_are_shown(tmp_path: Path, opener: Opener) -> None:
    site = Site()
    for event in ("08_Watkins Glen International", "09_WeatherTech 240 Watkins Glen"):
        al_kamel_event(site, tmp_path, season="26_2026", event=event, series=IMSA)
    with served(site), opener(site, "imsa", below="Results/") as archive:
        with pytest.raises(NotFoundError, match=r"several events.*08 Watkins Glen.*09 WeatherTech 240"):
            plan_event(archive, "2026", "watkins glen")
        assert plan_event(archive, "2026", "09").event.order == 9


def test_a_season_by_year_by_pair_and_by_key(tmp_path: Path, opener: Opener) -> None:
    site = Site()
    for season in ("07_2017", "08_2018-2019", "09_2019-2020", "13_2024"):
        al_kamel_event(site, tmp_path, season=season, event="03_SPA FRANCORCHAMPS", series="267_FIA WEC", words="wec")
    select_pages(site, {s: ["03_SPA FRANCORCHAMPS"] for s in ("07_2017", "08_2018-2019", "09_2019-2020", "13_2024")})
    with served(site), opener(site, "wec") as archive:
        meant = {
            "2024": "13_2024",
            "2018-19": "08_2018-2019",
            "2018": "08_2018-2019",
            "2018-2019": "08_2018-2019",
            "08_2018-2019": "08_2018-2019",
            "2020": "09_2019-2020",
        }
        for typed, key in meant.items():
            assert season_events(archive, typed)[0].key == key
        with pytest.raises(NotFoundError, match=r"more than one season.*2018-19, 2019-20"):
            season_events(archive, "2019")
        with pytest.raises(NotFoundError, match=r"no season 2009.*2017, 2018-19"):
            season_events(archive, "2009")
        with pytest.raises(NotFoundError, match=r"no season"):
            season_events(archive, "last year")


def test_a_year_of_two_seasons_is_decided_by_when_the_race_was_run(tmp_path: Path, opener: Opener) -> None:
    site = Site()
    runs = {
        "08_2018-2019": {"02_LE MANS": "20180616", "08_LE MANS": "20190615"},
        "09_2019-2020": {"07_LE MANS": "20200919"},
    }
    for season, events in runs.items():
        for event, day in events.items():
            al_kamel_event(site, tmp_path, season=season, event=event, series="276_FIA WEC", words="wec", day=day)
    select_pages(site, {season: list(events) for season, events in runs.items()})
    with served(site), opener(site, "le-mans") as archive:
        meant = {"2018": "02_LE MANS", "2019": "08_LE MANS", "2020": "07_LE MANS"}
        assert {year: plan_event(archive, year).event.key for year in meant} == meant
        with pytest.raises(NotFoundError, match=r"several events.*02 LE MANS, 08 LE MANS"):
            plan_event(archive, "2018-19")


def test_an_unknown_series_lists_those_there_are() -> None:
    with pytest.raises(NotFoundError, match=r"imsa, imsa-pilot-challenge, imsa-vp-racing, wec, le-mans"):
        open_archive("super gt")


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Event("x", "24 Hours of Spa Round 4", places=("Spa GT3",)), "24 Hours of Spa Round 4"),
        (Event("x", "GTWC Round 3", places=("Monza", "Italy")), "Autodromo Nazionale Monza GTWC Round 3"),
        (Event("x", "GTWC Round 7", places=("Nuerburgring GP NGK",)), "Nürburgring GTWC Round 7"),
        (Event("2026-06-20", "2026-06-20 Trophy", places=("Nürburgring",)), "Nürburgring 2026-06-20 Trophy"),
        (Event("x", "Round 5", places=("Atlantis",)), "Atlantis Round 5"),
        (Event("x", "PETIT LE MANS"), "PETIT LE MANS"),
    ],
)
def test_an_event_is_handed_on_with_its_circuit(event: Event, words: str) -> None:
    assert event_in_words(event) == words


# --- the other kinds of archive -------------------------------------------------------------------------------------


@pytest.fixture
def wec(tmp_path: Path) -> Iterator[Site]:
    """The WEC's pages: three events of 2024."""
    site = Site()
    events = ["04_LE MANS", "06_LONE STAR LE MANS", "08_BAHRAIN INTERNATIONAL CIRCUIT"]
    for event in events:
        al_kamel_event(
            site, tmp_path, season="13_2024", event=event, series="575_FIA WEC", words="wec", day="20241102"
        )
        site.add(f"Results/13_2024/{event}/576_Road to Le Mans/202411021200_Race/23_Analysis_Race.CSV", "x")
    select_pages(site, {"12_2023": ["01_SEBRING"], "13_2024": events})
    with served(site):
        yield site


def test_an_event_of_the_pages_with_selects(wec: Site, opener: Opener) -> None:
    plan, outcome = fetch(opener(wec, "wec"), "2024", "bahrain")
    assert names(plan) == [
        "202411020905_Practice 1/23_Analysis_Practice 1.CSV",
        "202411021010_Race/02_Hour 2/23_Analysis_Race_Hour 2.CSV",
        "202411021010_Race/02_Hour 2/03_Classification_Race_Official.CSV",
        "202411021010_Race/26_Weather_Race.CSV",
    ]
    assert len(outcome.files) == 4
    before = len(wec.log)
    fetch(opener(wec, "wec"), "2024", "bahrain")
    assert len(wec.log) == before


@pytest.mark.parametrize(
    ("typed", "number"), [("cota", 6), ("lone star", 6), ("le mans", 4), ("sakhir", 8), ("austin", 6)]
)
def test_circuits_by_their_aliases(wec: Site, opener: Opener, typed: str, number: int) -> None:
    with opener(wec, "wec") as archive:
        assert plan_event(archive, "2024", typed).event.order == number


def test_a_series_of_one_event_needs_no_event(wec: Site, opener: Opener) -> None:
    with opener(wec, "le-mans") as archive:
        assert plan_event(archive, "2024").event.name == "LE MANS"


def test_a_page_that_shows_another_event_is_never_taken(tmp_path: Path, opener: Opener) -> None:
    site = Site()
    events = ["03_SPA FRANCORCHAMPS", "04_LE MANS"]
    for event in events:
        al_kamel_event(site, tmp_path, season="13_2024", event=event, series="575_FIA WEC", words="wec")
    select_pages(site, {"13_2024": events}, stale="04_LE MANS")
    with served(site), opener(site, "wec") as archive:
        with pytest.raises(ArchiveError, match=r"another event's files.*04_LE MANS"):
            plan_event(archive, "2024", "spa")
        assert len(site.asked("evvent=03_SPA+FRANCORCHAMPS")) == 2


def test_the_swiss_timing_cache(tmp_path: Path, opener: Opener) -> None:
    site = Site()
    swiss_documents(site)
    with served(site):
        plan, outcome = fetch(opener(site, "spa-24h"), "2026", "")
        assert plan.event.name == "24 Hours of Spa Round 4"
        assert sorted(names(plan)) == [
            "202606271630_Race/SRO_2026_COMP_DETAIL_U-1_JSON.json",
            "202606271630_Race/SRO_2026_TIMING_U-1_JSON.json",
        ]
        assert len(outcome.files) == 2
        assert any("not laps" in note for note in plan.notes)
        assert any("not begun yet: Podium" in note for note in plan.notes)
        with opener(site, "gtwce-endurance") as archive:
            _, events = season_events(archive, "2026")
            assert [event.start.isoformat() for event in events if event.start] == [
                "2026-05-19",
                "2026-06-24",
                "2026-08-28",
            ]
            with pytest.raises(ArchiveError, match=r"no session of the series has begun"):
                plan_event(archive, "2026", "nürburgring")
            with pytest.raises(NotFoundError, match=r"no season 2025.*2026"):
                season_events(archive, "2025")


@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize("typed", ["eifel trophy", "2026-06-20"])
def test_the_pages_of_the_nordschleife(tmp_path: Path, opener: Opener, linked: bool, typed: str) -> None:
    site = Site()
    nls_pages(site, linked=linked)
    with served(site):
        plan, outcome = fetch(opener(site, "nls"), "2026", typed)
        assert [Path(file.path).name for file in outcome.files] == [NLS_FILE]
        assert Path(outcome.files[0].path).read_bytes() == site.files[f"download/onb/2026-06-20/{NLS_FILE}"]
        assert Path(plan.folder).parts[-3:] == ("vln", "2026", "2026-06-20")
        assert any("usual names are tried" in note for note in plan.notes) is not linked


def test_a_login_page_instead_of_the_selects(opener: Opener) -> None:
    site = Site()
    site.pages[""] = '<html><form><INPUT TYPE="password"></form></html>'
    with served(site), opener(site, "elms") as archive, pytest.raises(ArchiveError, match=r"asks for a login"):
        season_events(archive, "2026")


def test_a_timing_service_that_answers_with_a_page(opener: Opener) -> None:
    site = Site()
    site.pages["SRO_SEASONS_JSON.json"] = "<!doctype html><html>hello</html>"
    with (
        served(site),
        opener(site, "gtwce-endurance") as archive,
        pytest.raises(ArchiveError, match=r"a page for people"),
    ):
        season_events(archive, "2026")


def test_without_the_extra_the_message_names_the_line_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hishel.httpx2", None)
    with pytest.raises(LangstreckeError, match=r"pip install 'langstrecke\[fetch\]'"):
        open_archive("imsa")
