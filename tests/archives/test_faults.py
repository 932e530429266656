"""Archives that answer slowly, by halves, wrongly, or from elsewhere."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive_sites import Site, al_kamel_event, listing, served
from langstrecke.archives import Archive, Outcome, carry_out, load_hosts, open_archive, plan_event
from langstrecke.errors import ArchiveError, LangstreckeError

SERIES = "01_IMSA WeatherTech SportsCar Championship"
EVENT = "05_Sebring International Raceway"
LAPS = "23_Time Cards_Race_Hour 2.CSV"
NOW = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)

Fetch = Callable[..., Outcome]


@pytest.fixture
def waits() -> list[float]:
    """Seconds the client chose to wait."""
    return []


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """IMSA's archive with one event."""
    made = Site()
    al_kamel_event(made, tmp_path, season="26_2026", event=EVENT, series=SERIES)
    with served(made):
        yield made


@pytest.fixture
def opener(site: Site, tmp_path: Path, waits: list[float]) -> Callable[..., Archive]:
    """Opens the archive."""

    def open_(**manners: float) -> Archive:
        own = tmp_path / "hosts.toml"
        figures = {"pause_s": 0.0, "timeout_s": 60, **manners}
        rows = "".join(f"{name} = {value}\n" for name, value in figures.items())
        own.write_text(f'[sites.imsa]\nurl = "{site.url}Results/"\n[manners]\n{rows}', "utf-8")
        return open_archive("imsa", hosts=load_hosts(own), root=tmp_path / "kept", sleep=waits.append)

    return open_


@pytest.fixture
def fetch(opener: Callable[..., Archive]) -> Fetch:
    """Fetches Sebring."""

    def fetch_(**manners: float) -> Outcome:
        with opener(**manners) as archive:
            return carry_out(archive, plan_event(archive, "2026", "sebring"), now=lambda: NOW)

    return fetch_


def whole(site: Site, name: str) -> bytes:
    return next(content for path, content in site.files.items() if path.endswith(name))


def place(outcome: Outcome, name: str) -> Path:
    return next(Path(file.path) for file in outcome.files if file.path.endswith(name))


def test_a_cut_off_file_is_continued_within_the_run(site: Site, fetch: Fetch) -> None:
    site.faults[LAPS] = ["cut:5000", "cut:3000"]
    outcome = fetch()
    assert not outcome.faults
    assert place(outcome, LAPS).read_bytes() == whole(site, LAPS)
    ranges = [headers.get("range") for _, path, headers in site.log if path.endswith(LAPS)]
    assert ranges == [None, "bytes=5000-", "bytes=8000-"]


def test_a_file_that_stays_cut_off_is_named_and_continued_by_the_next_run(site: Site, fetch: Fetch) -> None:
    site.faults[LAPS] = ["cut:4000", "cut:10", "cut:10"]
    outcome = fetch()
    (fault,) = outcome.faults
    assert LAPS.replace(" ", "%20") in fault
    assert "broke off after 4,020 of" in fault
    assert not any(file.path.endswith(LAPS) for file in outcome.files)
    assert not list(Path(outcome.files[0].path).parents[1].rglob(LAPS))
    before = len(site.log)
    outcome = fetch()
    assert place(outcome, LAPS).read_bytes() == whole(site, LAPS)
    (asked,) = [headers for _, path, headers in site.log[before:] if path.endswith(LAPS)]
    assert asked["range"] == "bytes=4020-"


def test_an_interrupted_run_is_continued(site: Site, opener: Callable[..., Archive]) -> None:
    def stop(came: int, done: int, name: str) -> None:
        if name == LAPS and came > 20_000:
            raise KeyboardInterrupt

    with opener() as archive:
        plan = plan_event(archive, "2026", "sebring")
        with pytest.raises(KeyboardInterrupt):
            carry_out(archive, plan, now=lambda: NOW, progress=stop)
    with opener() as archive:
        outcome = carry_out(archive, plan_event(archive, "2026", "sebring"), now=lambda: NOW)
    assert place(outcome, LAPS).read_bytes() == whole(site, LAPS)
    assert [file.how for file in outcome.files] == ["kept", "fetched", "fetched", "fetched"]


def test_a_half_of_a_file_that_changed_meanwhile_is_thrown_away(site: Site, fetch: Fetch) -> None:
    site.faults[LAPS] = ["cut:4000", "cut:10", "cut:10"]
    fetch()
    path = next(path for path in site.files if path.endswith(LAPS))
    site.files[path] = site.files[path].replace(b"Ada Lang", b"Eva Berg")
    outcome = fetch()
    assert place(outcome, LAPS).read_bytes() == site.files[path]


def test_a_half_is_not_continued_where_the_site_cannot_tell_that_it_is_the_same(site: Site, fetch: Fetch) -> None:
    site.etags = False
    site.faults[LAPS] = ["cut:4000"]
    outcome = fetch()
    assert place(outcome, LAPS).read_bytes() == whole(site, LAPS)
    assert not [1 for _, _, headers in site.log if "range" in headers]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("html", "is a page for people, not the CSV file it was"),
        ("login", "asks for a login now"),
        ("status:401", "asks for a login"),
        ("status:403", "refuses"),
        ("status:404", "has nothing at"),
        ("status:418", "answers .* with 418"),
        ("status:503", "is in trouble"),
        ("status:429", "has had enough requests"),
        ("status:429:3600", "asks to be left alone for 60 min"),
        ("redirect:https://elsewhere.example/file.CSV", "another host, elsewhere.example"),
        ("redirect://elsewhere.example/file.CSV", "another host, elsewhere.example"),
        ("redirect:file:///etc/passwd", "another host"),
        ("redirect:/Results/x/../" + LAPS.replace(" ", "%20"), "has nothing at|in a circle"),
        ("drop", "cannot be reached"),
        ("larger:900000", "broke off after"),
        ("untold:6000", "ends in the middle of a row"),
    ],
)
def test_what_is_wrong_with_one_file_is_said_and_the_others_come(
    site: Site, fetch: Fetch, fault: str, told: str
) -> None:
    site.faults[LAPS] = [f"!{fault}"]
    outcome = fetch()
    assert len(outcome.files) == 3
    (said,) = outcome.faults
    assert re.search(told, said), said
    kept = Path(outcome.files[0].path).parents[1]
    assert not list(kept.rglob(LAPS))


def test_a_file_larger_than_allowed_is_refused_before_it_comes_and_while_it_comes(site: Site, fetch: Fetch) -> None:
    path = next(path for path in site.files if path.endswith(LAPS))
    site.files[path] = b"NUMBER;LAP\r\n" + b"1;2\r\n" * 60_000
    outcome = fetch(file_mib=0.2)
    assert "a file may have" in outcome.faults[0]
    site.faults[LAPS] = ["untold:300000"]
    outcome = fetch(file_mib=0.2)
    assert "is larger than the" in outcome.faults[0]
    assert not list(Path(outcome.files[0].path).parents[1].rglob("*.part"))


def test_a_packed_bomb_is_stopped_at_the_limit(site: Site, fetch: Fetch) -> None:
    site.faults[LAPS] = ["!bomb:50000000"]
    outcome = fetch(file_mib=1)
    assert "is larger than the 1 MiB" in outcome.faults[0]


def test_an_event_larger_than_allowed_is_refused_in_the_plan(opener: Callable[..., Archive]) -> None:
    with opener(event_mib=0.02) as archive, pytest.raises(ArchiveError, match=r"an event may have"):
        plan_event(archive, "2026", "sebring")


def test_a_busy_site_is_waited_for_as_long_as_it_asks(site: Site, fetch: Fetch, waits: list[float]) -> None:
    site.faults[LAPS] = ["status:429:7", "status:503:11"]
    outcome = fetch()
    assert not outcome.faults
    assert waits == [7.0, 11.0]


def test_a_broken_cache_of_pages_and_a_folder_that_is_none(
    site: Site, opener: Callable[..., Archive], tmp_path: Path
) -> None:
    (tmp_path / "kept" / ".pages").mkdir(parents=True)
    (tmp_path / "kept" / ".pages" / "pages.db").write_bytes(b"no database at all" * 500)
    with pytest.raises(ArchiveError, match=r"pages kept cannot be read.*delete it"):
        opener()
    (tmp_path / "file").write_text("x")
    with pytest.raises(ArchiveError, match=r"pages cannot be kept"):
        open_archive("imsa", root=tmp_path / "file")


def test_a_slow_site_is_given_up_with_a_sentence(site: Site, fetch: Fetch) -> None:
    site.faults["Results/"] = ["!slow:2.5"]
    with pytest.raises(ArchiveError, match=r"has not answered for 1 s"):
        fetch(timeout_s=1)


def test_a_site_that_is_not_there(site: Site, opener: Callable[..., Archive], tmp_path: Path) -> None:
    own = tmp_path / "gone.toml"
    own.write_text('[sites.imsa]\nurl = "http://127.0.0.1:9/"\n[manners]\npause_s = 0.0\n', "utf-8")
    with (
        open_archive("imsa", hosts=load_hosts(own), root=tmp_path / "none", sleep=lambda s: None) as archive,
        pytest.raises(ArchiveError, match=r"127.0.0.1:9 cannot be reached"),
    ):
        plan_event(archive, "2026", "sebring")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("html", "something else than a directory listing"),
        ("login", "asks for a login"),
        ("status:403", "refuses"),
        ("status:404", "may have moved"),
        ("redirect:https://new.example/Results/", "another host, new.example, .*hosts file"),
    ],
)
def test_an_archive_that_has_changed_says_so(site: Site, fetch: Fetch, fault: str, told: str) -> None:
    site.faults["Results/"] = [f"!{fault}"]
    with pytest.raises(ArchiveError, match=told):
        fetch()
    assert not site.file_requests()


@pytest.mark.parametrize("page", ["Results/", "robots.txt"])
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("half", "broke off on the way, 3 times"),
        ("stall:2", "broke off on the way, 3 times"),
        ("unpackable", "packed in a way that cannot be undone"),
        ("redirect:http://[::1", "sends on to an address that is none"),
    ],
)
def test_a_page_that_comes_in_part_or_unreadable(site: Site, fetch: Fetch, page: str, fault: str, told: str) -> None:
    site.faults[page] = [f"!{fault}"]
    with pytest.raises(ArchiveError, match=told):
        fetch(timeout_s=0.8 if fault.startswith("stall") else 60)  # only a stalled page is waited out
    assert not site.file_requests()


def test_a_page_that_broke_off_once_is_asked_for_again(site: Site, fetch: Fetch, waits: list[float]) -> None:
    site.faults["Results/"] = ["half"]
    assert {file.how for file in fetch().files} == {"fetched"}
    assert 2.0 in waits


def test_a_link_that_is_no_address_is_passed_over(site: Site, fetch: Fetch) -> None:
    site.pages["Results/"] = listing(site, "Results/").replace("</", '<a href="http://[::1">broken</a></', 1)
    assert {file.how for file in fetch().files} == {"fetched"}


def test_a_redirect_within_the_site_is_followed(site: Site, fetch: Fetch) -> None:
    path = next(path for path in site.files if path.endswith(LAPS))
    site.files["Results/moved.CSV"] = site.files[path]
    site.faults[LAPS] = [f"!redirect:{site.url}Results/moved.CSV"]
    outcome = fetch()
    assert place(outcome, LAPS).read_bytes() == site.files[path]


def test_after_three_files_in_a_row_the_site_is_left_alone(site: Site, fetch: Fetch) -> None:
    site.faults[".CSV"] = ["!status:404"]
    with pytest.raises(ArchiveError, match=r"has nothing at"):
        fetch()
    assert len(site.file_requests()) == 3


def test_robots_txt_is_kept(site: Site, fetch: Fetch) -> None:
    site.add("robots.txt", "User-agent: *\nDisallow: /Results/\n")
    with pytest.raises(ArchiveError, match=r"asks programs to stay away .*robots.txt"):
        fetch()
    assert site.asked() == ["GET /robots.txt"]


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd.CSV",
        "..%2F..%2F23_Time Cards_evil.CSV",
        "%2e%2e/23_Time Cards_up.CSV",
        "23_Time Cards_..\\..\\up.CSV",
        "https://elsewhere.example/23_Time Cards_Race.CSV",
        "//elsewhere.example/23_Time Cards_Race.CSV",
        "/etc/23_Time Cards_Race.CSV",
        ".23_Time Cards_hidden.CSV",
        "javascript:alert(1)",
    ],
)
def test_a_listed_name_that_leads_elsewhere_is_refused(
    site: Site, opener: Callable[..., Archive], tmp_path: Path, name: str
) -> None:
    folder = f"Results/26_2026/{EVENT}/{SERIES}/202603211010_Race/"
    site.pages[folder] = (
        f'<html><title>Index of /x</title><a href="{name}">{name}</a><a href="26_Weather_Race.CSV">w</a></html>'
    )
    with opener() as archive:
        plan = plan_event(archive, "2026", "sebring", sessions=["race"])
        assert [chosen.remote.name for chosen in plan.chosen] == ["26_Weather_Race.CSV"]
        if not name.startswith("javascript"):
            assert any("leads elsewhere" in note for note in plan.notes)
        outcome = carry_out(archive, plan, now=lambda: NOW)
    assert len(outcome.files) == 1
    for file in outcome.files:
        assert Path(file.path).resolve().is_relative_to((tmp_path / "kept").resolve())


def test_names_with_odd_characters_are_kept_where_a_disk_takes_them(site: Site, fetch: Fetch, tmp_path: Path) -> None:
    event = "05_Sebring  «Öl & Benzin» 100%  #1; a+b?"
    al_kamel_event(site, tmp_path, season="26_2026", event=event, series=SERIES)
    for path in [path for path in site.files if f"/{EVENT}/" in path]:
        del site.files[path]
    outcome = fetch()
    assert len(outcome.files) == 4
    assert not outcome.faults
    parts = Path(outcome.files[0].path).parts
    assert "05_Sebring  «Öl & Benzin» 100%  #1; a+b_" in parts


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[sites.imsa", "is no TOML"),
        ('[sites.imsa]\nurl = "ftp://x/"', "key sites.imsa.url"),
        ("[manners]\npause_s = -1", "key manners.pause_s"),
        ('[series.mine]\nsite = "nowhere"', "names a site that is not in the table"),
        ('[kinds.laps]\nfiles = ["(" ]', "key kinds.laps.files.0"),
        ("[manners]\nspeed = 3", "key manners.speed"),
    ],
)
def test_a_table_of_hosts_that_does_not_hold_together(tmp_path: Path, text: str, told: str) -> None:
    own = tmp_path / "own.toml"
    own.write_text(text, "utf-8")
    with pytest.raises(LangstreckeError) as caught:
        load_hosts(own)
    assert told in caught.value.message()
    assert str(own) in caught.value.message()


def test_a_table_of_hosts_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[sites.imsa]\nurl = "https://new.example/Results/"\n', "utf-8")
    monkeypatch.setenv("LANGSTRECKE_HOSTS", str(own))
    assert load_hosts().sites["imsa"].url == "https://new.example/Results/"
    assert load_hosts().sites["imsa"].kind == "listing"
    monkeypatch.setenv("LANGSTRECKE_HOSTS", str(tmp_path / "none.toml"))
    with pytest.raises(ArchiveError, match=r"cannot be read"):
        load_hosts()
