"""Which of a session's files is taken, and what becomes of listed names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langstrecke.archives import Remote, load_hosts
from langstrecke.archives.choose import choose, hour_of, kind_of, revision_of, status_of, unsure
from langstrecke.archives.markup import listing, read
from langstrecke.archives.names import LONGEST, below, decoded, is_plain, on_disk
from langstrecke.errors import ArchiveError

KINDS = load_hosts().kinds
SESSION = "202501251340_Race"


def offered(*names: str, session: str = SESSION) -> list[Remote]:
    """Files of one session; a name may have folders."""
    made = []
    for name in names:
        kind = kind_of(name.split("/")[-1], KINDS)
        assert kind is not None, name
        made.append(Remote("x", ("02_Daytona", "01_IMSA", session, *name.split("/")), kind, session))
    return made


@pytest.mark.parametrize(
    ("best", "others"),
    [
        ("03_Results_Race_Official.CSV", ["03_Results_Race.CSV", "03_Results_Race_Provisional.CSV"]),
        ("03_Results_Race.CSV", ["03_Results_Race_Provisional.CSV", "03_Results_Race_Unofficial.CSV"]),
        ("03_Results_Race_Provisional.CSV", ["03_Results_Race_Unofficial.CSV"]),
        ("03_Results_Race_Official.CSV", ["03_Results_Race_Official.JSON"]),
        ("03_Results_Race_Official.JSON", ["03_Results_Race_Provisional.CSV"]),
        (
            "03_Results_Race_Official_Revised 2.CSV",
            ["03_Results_Race_Official.CSV", "03_Results_Race_Official_Revised.CSV"],
        ),
        ("03_Results_Race_Official_Amended.CSV", ["03_Results_Race_Official.CSV"]),
        (
            "24_Hour 24/03_Results_Race_Official.JSON",
            ["24_Hour 24/03_Results_Race_Provisional.CSV", "23_Hour 23/03_Results_Race_Official.CSV"],
        ),
        ("Hour 6/03_Classification_Race_Hour 6.CSV", ["Hour 5/03_Classification_Race_Hour 5_Official.CSV"]),
        ("Hour 10/23_Analysis_Race_Hour 10.CSV", [f"Hour {n}/23_Analysis_Race_Hour {n}.CSV" for n in range(1, 10)]),
        ("03_Classification_Race.CSV", ["06_Hour 6/03_Classification_Race_Hour 6.CSV"]),
        ("23_Time Cards_Race.CSV", ["23_Time Cards_Race.JSON", "23_AnalysisEnduranceWithSections_Race.CSV"]),
        ("23_Analysis_Race.CSV", ["23_AnalysisEnduranceWithSections_Race.CSV", "23_Time_Cards_Race.JSON"]),
        ("23_AnalysisEnduranceWithSections_Race.CSV", []),
    ],
)
def test_the_best_file_of_a_session(best: str, others: list[str]) -> None:
    for names in ([best, *others], [*others, best]):
        (chosen,) = choose(offered(*names), KINDS)
        assert "/".join(chosen.remote.path[3:]) == best
        assert sorted(chosen.before) == sorted(others)


def test_the_last_hour_counts_for_each_kind_by_itself() -> None:
    files = offered(
        "23_Hour 23/23_Time Cards_Race_Hour 23.CSV",
        "22_Hour 22/23_Time Cards_Race_Hour 22.CSV",
        "24_Hour 24/03_Results_Race_Official.CSV",
    )
    chosen = {c.remote.kind: c.remote.name for c in choose(files, KINDS)}
    assert chosen == {"laps": "23_Time Cards_Race_Hour 23.CSV", "results": "03_Results_Race_Official.CSV"}


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["23_Time Cards_Race.CSV", "03_Results_Race_Official.CSV"], []),
        (["23_Time Cards_Race.CSV", "03_Classification_Race.CSV"], []),
        (["23_Time Cards_Race.CSV", "03_Results_Race_Provisional.CSV"], ["the result of Race is provisional"]),
        (["04_Hour 4/23_Time Cards_Race_Hour 4.CSV"], ["Race has no result yet as CSV or JSON"]),
        (["26_Weather_Race.CSV"], []),
    ],
)
def test_what_is_not_final_is_said(names: list[str], told: list[str]) -> None:
    notes = unsure(choose(offered(*names), KINDS))
    assert [note for note, said in zip(notes, told, strict=True) if note.startswith(said)] == notes
    assert not unsure(choose(offered("23_Time Cards_Practice 1.CSV", session="202501231005_Practice 1"), KINDS))


def test_each_session_has_its_own() -> None:
    files = offered("23_Time Cards_Race 1.CSV", session="202505031205_Race 1")
    files += offered("23_Time Cards_Race 2.CSV", session="202505041205_Race 2")
    assert [c.remote.name for c in choose(files, KINDS)] == ["23_Time Cards_Race 1.CSV", "23_Time Cards_Race 2.CSV"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("23_Time Cards_Race.CSV", "laps"),
        ("23_Time_Cards_Race.json", "laps"),
        ("23_AnalysisEnduranceWithSections_Race_Hour 6.CSV", "laps"),
        ("03_Results_Practice 1_Official.JSON", "results"),
        ("03_Classification_Race_Hour 24.csv", "results"),
        ("05_Classification_Race_Hour 6.CSV", "results"),
        ("26_Weather_Race.CSV", "weather"),
        ("23_Time Cards_Race.PDF", None),
        ("03_Results_Race_Official.pdf", None),
        ("05_Results by Class_Race.CSV", None),
        ("05_ClassificationByCategory_Race.CSV", None),
        ("25_FlagsAnalysis_Race.JSON", None),
        ("23_Time Cards_Race.CSV.exe", None),
        ("123_Time Cards.CSV", None),
        ("", None),
    ],
)
def test_which_names_are_files_to_fetch(name: str, kind: str | None) -> None:
    assert kind_of(name, KINDS) == kind


def test_what_a_name_says_of_hour_standing_and_revision() -> None:
    assert hour_of(("x", "06_Hour 6", "23_Analysis_Race_Hour 6.CSV")) == 6
    assert hour_of(("6 HOURS OF SPA", "23_Analysis_Race.CSV")) is None
    assert status_of("03_Results_Race_Unofficial.CSV") == "unofficial"
    assert status_of("03_Results_Race_OFFICIAL.CSV") == "official"
    assert status_of("03_Results_Race.CSV") == ""
    assert revision_of("03_Results_Race_Revised 3.CSV") == 3
    assert revision_of("03_Results_Race.CSV") == 0


NAMES = st.text(st.characters(codec="utf-8"), max_size=300)


@given(NAMES)
def test_no_listed_name_leads_out_of_its_folder(name: str) -> None:
    root = Path("/some/root")
    plain = decoded(name)
    try:
        place = below(root, (plain, plain))
    except ArchiveError:
        return
    assert place.parts[:3] == root.parts
    assert len(place.parts) == 5
    assert all(len(part.encode()) <= LONGEST and not part.startswith(".") for part in place.parts[3:])
    assert not re.search(r'[<>:"|?*\x00-\x1f\\]', "".join(place.parts[3:]))


@given(NAMES)
def test_a_name_stays_as_it_is_when_made_fit_twice(name: str) -> None:
    if is_plain(name):
        try:
            once = on_disk(name)
        except ArchiveError:
            return
        if is_plain(once):
            assert on_disk(once) == once


@given(st.text(st.sampled_from(list("<>/=\"' aAhHrReEfF?%2.&;#!-optinslc")), max_size=400))
def test_markup_however_broken_is_read_without_a_fault(text: str) -> None:
    read(text)
    found = listing(text, "http://x.example/Results/a/")
    assert found is None or all(is_plain(entry.name) for entry in found.entries)


def test_the_preformatted_index_and_the_one_of_another_server() -> None:
    pre = (
        '<html><title>Index of /Results/a</title><pre><img src="/i/b.gif" alt="Icon "> <a href="?C=N;O=D">Name</a>  '
        '<a href="?C=M;O=A">Last modified</a><hr><a href="/Results/">Parent Directory</a>                -   \n'
        '<img src="f.gif" alt="[DIR]"> <a href="05_Sebring%20Raceway/">05_Sebring Raceway/</a> 2026-03-22 18:03  - \n'
        '<img src="f.gif" alt="[   ]"> <a href="26_Weather.CSV">26_Weather.CSV</a>   2026-03-21 22:15  1.2M  \n</pre>'
    )
    found = listing(pre, "http://x.example/Results/a/")
    assert found is not None
    assert not found.refused
    folder, file = found.entries
    assert (folder.name, folder.folder, folder.size) == ("05_Sebring Raceway", True, None)
    assert (file.name, file.size, file.rounded) == ("26_Weather.CSV", round(1.2 * 1024**2), True)
    assert file.modified is not None
    assert file.modified.isoformat() == "2026-03-21T22:15:00"
    other = (
        '<html><title>Index of /a/</title><a href="../">../</a><a href="b.CSV">b.CSV</a>   21-Mar-2026 22:15   1234\n'
    )
    found = listing(other, "http://x.example/a/")
    assert found is not None
    (file,) = found.entries
    assert (file.name, file.size, file.rounded) == ("b.CSV", 1234, False)


def test_selects_with_attributes_in_odd_case() -> None:
    page = (
        '<SELECT NAME=season><option Value="12_2023">2023<OPTION value="13_2024" SELECTED>2024</SELECT>'
        "<select id='evvent'><option>04_LE MANS</option></select>"
    )
    selects = read(page).selects
    assert [(o.value, o.label, o.selected) for o in selects["season"]] == [
        ("12_2023", "2023", False),
        ("13_2024", "2024", True),
    ]
    assert [o.value for o in selects["evvent"]] == ["04_LE MANS"]
