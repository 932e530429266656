"""The pit wall in a real browser: a newcomer's first hour, light and dark, tablets, nothing from outside, no errors.

Skipped, saying so, without the extra web, Playwright or a Chromium on the PATH.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import page_checks
from browsing import LONG, Tab, chromium, screenshots
from conftest import PATIENCE_S

RACE = "imsa-2021-sebring"
PLACE = "05-sebring-international-raceway/202103201010-race"
PAGES = ("Race", "Odds", "Strategist", "Team plan", "What-if", "Season", "Paddock", "News", "Races")

ROWS = """[...document.querySelectorAll('.timing .ag-pinned-left-cols-container .ag-row')]
    .sort((a, b) => a.getAttribute('row-index') - b.getAttribute('row-index'))
    .map(r => [r.querySelector('[col-id=car]').textContent, Number(r.querySelector('[col-id=pos]').textContent)])"""
"""Number and place of the rows in sight, as they stand below each other."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as made:
        yield made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pitwall")


@pytest.fixture(scope="module")
def address(browser: Any, folder: Path) -> Iterator[str]:
    """A pit wall whose store holds one race of the project's own making."""
    store = screenshots.raced_store(folder, {RACE: PLACE})
    with screenshots.served(store, folder / "work") as place:
        yield place


@pytest.fixture
def tab(browser: Any, address: str) -> Iterator[Tab]:
    made = Tab(browser)
    yield made
    made.close()


CLOCK = "document.querySelector('[data-live=clock]').textContent.split(':').reduce((s, n) => 60 * s + Number(n), 0)"
"""Seconds of the race."""


def clock(page: Any) -> int:
    return int(page.evaluate(CLOCK))


def follow(page: Any, address: str) -> None:
    """See the race run, whoever started it."""
    page.goto(address)
    page.wait_for_selector(".timing .ag-row, button:has-text('Replay ×60')")
    if page.query_selector(".timing .ag-row") is None:
        page.click("button:has-text('Replay ×60') >> nth=0")
        page.wait_for_selector(".timing .ag-row")


def server_clock(address: str) -> int:
    (race,) = httpx.get(f"{address}api/v1/live", timeout=PATIENCE_S).json()
    return round(race["race_s"])


def pause(page: Any, address: str) -> None:
    """Pause the replay: what is under way is still shown, then its clock stands, on the server and on the page."""
    page.click("button[aria-label=Pause]")
    page.wait_for_selector("[data-live=status]:text-is('paused')")
    end = time.monotonic() + PATIENCE_S
    stood = -1
    while not stood == clock(page) == server_clock(address):
        assert time.monotonic() < end
        stood = server_clock(address)
        page.wait_for_timeout(1500)


def speed(page: Any, words: str) -> None:
    page.click(".pw-controls .q-select")
    page.get_by_role("option", name=words, exact=True).click()


def test_a_newcomer_replays_a_race_asks_for_a_call_and_swaps_a_driver(tab: Tab, address: str) -> None:
    newcomer(tab, address, "01")


def newcomer(tab: Tab, address: str, car: str) -> None:
    """The story: replay at high speed, watch odds move, ask for a pit call, swap a driver."""
    page = tab.page
    page.goto(address)
    page.wait_for_selector("text=No race is followed yet")
    page.click("button:has-text('Replay ×60') >> nth=0")
    page.wait_for_selector(".timing .ag-row")
    speed(page, "×300")
    page.wait_for_function(f"{CLOCK} >= 3600")
    pause(page, address)  # however long the first odds take, the race is not over by then
    rows = page.evaluate(ROWS)
    assert car in {number for number, _ in rows}
    assert [place for _, place in rows] == list(range(1, len(rows) + 1))

    tab.go("Odds")
    page.wait_for_selector(".bar", timeout=LONG)
    first = page.text_content(".tbl")
    speed(page, "×60")
    page.click("button[aria-label=Play]")
    page.wait_for_function("was => document.querySelector('.tbl').textContent !== was", arg=first, timeout=LONG)

    tab.go("Race")
    pause(page, address)

    tab.go("Strategist")
    screenshots.choose(page, "Car", f"#{car} ")
    page.click("text=Ask now")
    page.wait_for_selector("text=If a yellow falls", timeout=LONG)
    assert re.search(r"stops still needed", page.text_content(".reasons"))
    page.click("text=Open the window")
    page.wait_for_selector("text=/Cars within 12 s|Green again by then/", timeout=LONG)
    page.wait_for_selector("text=/every rule of .+ is kept/", timeout=LONG)

    tab.go("What-if")
    page.click("button:has-text('Swap two drivers')")
    screenshots.choose(page, "Driver", f"(#{car})")
    screenshots.choose(page, "swaps with", "(#48)")
    page.get_by_role("button", name="Add").click()
    page.wait_for_selector("text=swap cars")
    page.click("text=Play both races")
    page.wait_for_selector("text=Change, points", timeout=LONG)
    assert f"#{car}" in page.text_content(".tbl")


def test_a_folder_is_imported_and_its_broken_file_explained(tab: Tab, address: str, folder: Path) -> None:
    page = tab.page
    page.goto(address + "races")
    page.wait_for_selector(".ag-row")
    sent = folder / "sent" / "2021"
    good = screenshots.raced_file("imsa-2021-long-beach", sent / "18-long-beach" / "202109251405-race-laps.csv")
    broken = good.with_name("202109251500-practice-1-laps.csv")
    broken.write_text("NUMBER;LAP_NUMBER\nnobody;<img src=x onerror=alert(1)>\n", encoding="utf-8")
    good.with_name("all.zip").write_bytes(b"PK\x03\x04 and so on")
    page.wait_for_selector(".pw-drop[data-ready]")
    page.set_input_files(".pw-drop input[data-kind=folder]", sent)
    page.wait_for_selector("text=race imsa-2021-long-beach", timeout=LONG)
    told = page.text_content(".panel:has(.pw-drop)")
    assert "2021/18-long-beach/all.zip" in told
    assert "archive" in told
    assert "2021/18-long-beach/202109251500-practice-1-laps.csv: line 1: is no timing file" in told
    assert "Traceback" not in told
    page.wait_for_selector(".ag-row:has-text('imsa-2021-long-beach')")

    page.set_input_files(".pw-drop input[data-kind=files]", broken)
    told = page.wait_for_selector(f".error:has-text('{broken.name}')", timeout=LONG).text_content()
    assert "Traceback" not in told
    assert page.query_selector("img[src=x]") is None
    tab.errors = [text for text in tab.errors if "422" not in text]  # the browser's own word for a refused file


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scheme", "width", "height"),
    [(scheme, *size) for size in ((1440, 900), (1024, 768), (390, 844)) for scheme in ("light", "dark")],
)
def test_every_page_in_every_width(browser: Any, address: str, scheme: str, width: int, height: int) -> None:
    tab = Tab(browser, width=width, height=height, color_scheme=scheme)
    page = tab.page
    follow(page, address)
    assert page.evaluate("document.body.classList.contains('body--dark')") == (scheme == "dark")
    faults: dict[str, dict[str, Any]] = {"frame": {"navigation": page_checks.navigation_cut(page)}}
    for title in PAGES:
        tab.go(title)
        page.wait_for_selector(".pw-page :is(.panel, .empty, .muted)")
        page.wait_for_timeout(500)
        over = page_checks.too_wide(page)
        faults[title] = {"too wide": over if over > 0 else 0, "words": page_checks.poor_words(page)}
        if (scheme, width) in (("light", 1440), ("dark", 390)):
            faults[title]["focus"] = page_checks.unseen_focus(page)
    told = [f"{title}: {what}: {one}" for title, of in faults.items() for what, one in of.items() if one]
    assert not told, "\n".join(told)
    tab.close()


def test_light_and_dark_are_kept(tab: Tab, address: str) -> None:
    page = tab.page
    follow(page, address)
    dark = page.evaluate("document.body.classList.contains('body--dark')")
    page.click("button[aria-label='Light or dark']")
    assert page.evaluate("document.body.classList.contains('body--dark')") != dark
    page.reload()
    page.wait_for_selector(".pw-top")
    page.wait_for_function("d => document.body.classList.contains('body--dark') !== d", arg=dark)


def tabbed(page: Any, selector: str, most: int = 150) -> None:
    """Press Tab until the focus is there."""
    for _ in range(most):
        if page.evaluate("s => !!document.activeElement?.closest(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by the Tab key")


def test_the_story_with_the_keyboard_alone(tab: Tab, address: str) -> None:
    page, press = tab.page, tab.page.keyboard.press
    page.goto(address + "races")
    page.wait_for_selector(f".ag-row:has-text('{RACE}')")
    tabbed(page, ".ag-header-cell")
    press("ArrowDown")
    press("Enter")  # the race is replayed
    page.wait_for_selector(".timing .ag-row")
    press("Alt+1")
    page.wait_for_selector(".timing .ag-row")
    tabbed(page, ".timing .ag-header-cell")
    press("ArrowDown")
    page.wait_for_selector(".timing .ag-cell:focus")
    car = page.evaluate("document.activeElement.closest('.ag-row').getAttribute('row-id')")
    press("p")
    page.wait_for_selector(f".timing .ag-row.r-pin[row-id='{car}']")
    page.wait_for_function(f"{CLOCK} >= 300")  # before its first lap no car can be advised
    press("Alt+3")
    page.wait_for_selector("text=Ask now")
    tabbed(page, "input[aria-label=Car]")
    page.keyboard.type(f"#{car} ")
    page.wait_for_selector(f".q-menu .q-item:has-text('#{car} ')")
    press("ArrowDown")
    press("Enter")
    page.wait_for_function(
        "words => document.querySelector('input[aria-label=Car]').value.startsWith(words)", arg=f"#{car} "
    )
    tabbed(page, "button:has-text('Ask now')".replace(":has-text('Ask now')", ".q-btn.bg-primary"))
    press("Enter")
    answer = page.wait_for_selector(".verdict, .panel:has-text('Pit or stay') .error", timeout=LONG)
    assert "verdict" in answer.get_attribute("class"), answer.text_content()


def test_markup_from_outside_runs_nothing(browser: Any, address: str) -> None:
    tab = Tab(browser)
    page = tab.page
    page.goto(address)
    page.wait_for_selector(".pw-top")
    refused = page.evaluate(
        """() => new Promise((told) => {
        document.addEventListener("securitypolicyviolation", (e) => told(e.violatedDirective), { once: true });
        document.body.insertAdjacentHTML("beforeend", '<img src=x onerror="document.title=1">');
        setTimeout(() => told("nothing refused"), 60000); })"""
    )
    assert refused == "script-src-attr"
    assert page.title() == "Langstrecke"
    tab.context.close()


def test_classes_are_filtered_and_cars_chosen_with_the_keyboard(tab: Tab, address: str) -> None:
    page = tab.page
    follow(page, address)
    page.focus("button.chip:has-text('GTD')")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.timing .ag-cell[col-id=gap]').length > 0")
    first = ".timing .ag-row[row-index='0'] .ag-cell[col-id=pic]"
    page.wait_for_function("cell => document.querySelector(cell)?.textContent === '1'", arg=first)
    page.keyboard.press("Alt+2")
    page.wait_for_selector(".pw-nav a[aria-current=page]:text-is('Odds')")


def test_hostile_articles_do_nothing(tab: Tab, address: str) -> None:
    page = tab.page
    page.goto(address + "news")
    page.fill(
        "textarea",
        "Kevin Magnussen fährt 2021 in der IMSA-Serie für Chip Ganassi Racing. "
        "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>",
    )
    page.click("button:text-is('Read'), button:has-text('Read')")
    page.wait_for_selector(".article mark", timeout=LONG)
    assert "<img src=x" in page.text_content(".article")
    assert page.query_selector(".article img, .article script") is None
    assert page.title() != "owned"
    page.click(".claim >> nth=0")
    assert page.query_selector(".article mark.on") is not None


def test_alerts_of_chosen_cars_are_told(tab: Tab, address: str) -> None:
    page = tab.page
    follow(page, address)
    page.click("button[aria-label=Alerts]")
    page.wait_for_selector("text=Told of")
    for chip in page.query_selector_all(".q-menu button.chip"):
        chip.click()
    page.keyboard.press("Escape")
    if page.query_selector("button[aria-label=Play]") is not None:
        page.click("button[aria-label=Play]")
    speed(page, "×120")
    told = page.wait_for_selector(".q-notification", timeout=LONG)
    assert re.search(r"#\w+|yellow|safety car|green again", told.text_content())


def test_what_cannot_be_asked_is_said_before(tab: Tab, address: str) -> None:
    page = tab.page
    follow(page, address)

    def stand(race_s: float) -> None:
        steered = httpx.patch(
            f"{address}api/v1/live/{RACE}", json={"race_s": race_s, "paused": True}, timeout=PATIENCE_S
        )
        assert steered.status_code == 200

    stand(5.0)
    tab.go("Strategist")
    screenshots.choose(page, "Car", "#19 ")
    page.wait_for_selector("text=No lap of #19 is timed yet")
    asked = page.get_by_role("button", name="Ask now")
    assert asked.is_disabled()
    stand(4_000.0)
    page.wait_for_selector("text=/#19 is (overdue|probably out of the race), last seen on lap 5/")
    assert asked.is_disabled()
    screenshots.choose(page, "Car", "#01 ")
    page.wait_for_selector("text=every option open at this moment")
    assert asked.is_enabled()
    page.wait_for_function("document.querySelector('[data-live=seek]').value === '4000'")

    tab.go("Race")  # the class chosen is shown also by whoever comes back
    page.click("button.chip:has-text('GTD')")
    tab.go("Strategist")
    tab.go("Race")
    page.wait_for_selector("button.chip[aria-pressed=true]:has-text('GTD')")
    page.wait_for_function(
        """() => { const cells = [...document.querySelectorAll('.timing .ag-cell[col-id=car_class]')];
        return cells.length && cells.every(cell => cell.textContent === 'GTD') }"""
    )


@pytest.mark.slow
@pytest.mark.data
def test_the_newcomer_and_the_twelve_hours_of_sebring_of_2021(browser: Any, data: Path, tmp_path: Path) -> None:
    from langstrecke.store import open_store
    from langstrecke.store.importing import import_paths

    season = next((data / "imsa" / "2021").glob("*sebring*"))
    with open_store(tmp_path / "store.duckdb") as store:
        import_paths(store, [season])
    with screenshots.served(tmp_path / "store.duckdb", tmp_path / "work") as place:
        tab = Tab(browser)
        newcomer(tab, place, "01")
        assert (tab.errors, tab.outside) == ([], [])
