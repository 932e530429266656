"""The pit wall in a real browser: a newcomer's first hour, light and dark, tablets, nothing from outside, no errors.

Skipped, saying so, without the extra web, Playwright or a Chromium on the PATH.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest

pytest.importorskip("nicegui", reason="the extra web is not installed")
playwright_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

ROOT = Path(__file__).parents[2]
LONG = 240_000
"""Milliseconds a job may take on a busy machine; the first one waits for the compiler."""
LEFT_EARLY = "reading 'dispose'"
"""NiceGUI 3.18's chart says so when a page is left before the chart stands (it has nothing to dispose of then)."""
RACE = "imsa-2021-sebring"
PLACE = "05-sebring-international-raceway/202103201010-race"


ROWS = """[...document.querySelectorAll('.timing .ag-pinned-left-cols-container .ag-row')]
    .sort((a, b) => a.getAttribute('row-index') - b.getAttribute('row-index'))
    .map(r => [r.querySelector('[col-id=car]').textContent, Number(r.querySelector('[col-id=pos]').textContent)])"""
"""Number and place of the rows in sight, as they stand below each other."""


def _script() -> ModuleType:
    """scripts/docs/screenshots.py knows how to make a store and to start a server."""
    spec = importlib.util.spec_from_file_location("screenshots", ROOT / "scripts" / "docs" / "screenshots.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


screenshots = _script()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = screenshots.chromium()
    if path is None:
        pytest.skip("no Chromium or Chrome on the PATH")
    with playwright_api.sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pitwall")


@pytest.fixture(scope="module")
def address(browser: Any, folder: Path) -> Iterator[str]:
    """A pit wall whose store holds one race of the project's own making."""
    store = screenshots.raced_store(folder, {RACE: PLACE})
    with screenshots.served(store, folder / "work") as place:
        yield place


class Tab:
    """A browser tab that remembers errors and requests to anywhere but the server."""

    def __init__(self, browser: Any, **how: Any) -> None:
        self.context = browser.new_context(viewport={"width": 1440, "height": 900}, **how)
        self.page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.errors: list[str] = []
        self.outside: list[str] = []
        self.page.on("console", lambda m: self._complained(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self._complained(str(e)))
        self.context.on("request", lambda r: self._asked(r.url))

    def _complained(self, text: str) -> None:
        if LEFT_EARLY not in text:
            self.errors.append(text)

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            self.outside.append(url)

    def go(self, title: str) -> None:
        self.page.click(f".pw-nav >> text={title}")
        self.page.wait_for_selector(f".pw-nav a[aria-current=page]:text-is('{title}')")


@pytest.fixture
def tab(browser: Any, address: str) -> Iterator[Tab]:
    made = Tab(browser)
    yield made
    made.context.close()
    assert made.errors == []
    assert made.outside == []


def clock(page: Any) -> int:
    hours, minutes, seconds = (int(n) for n in page.text_content("[data-live=clock]").split(":"))
    return 3600 * hours + 60 * minutes + seconds


def follow(page: Any, address: str) -> None:
    """See the race run, whoever started it."""
    page.goto(address)
    page.wait_for_selector(".timing .ag-row, button:has-text('Replay ×60')")
    if page.query_selector(".timing .ag-row") is None:
        page.click("button:has-text('Replay ×60') >> nth=0")
        page.wait_for_selector(".timing .ag-row")


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
    page.wait_for_function("Number(document.querySelector('[data-live=clock]').textContent.split(':')[0]) >= 1")
    rows = page.evaluate(ROWS)
    assert car in {number for number, _ in rows}
    assert [place for _, place in rows] == list(range(1, len(rows) + 1))

    tab.go("Odds")
    page.wait_for_selector(".bar", timeout=LONG)
    first = page.text_content(".tbl")
    page.wait_for_function("was => document.querySelector('.tbl').textContent !== was", arg=first, timeout=LONG)

    tab.go("Race")
    page.click("button[aria-label=Pause]")
    page.wait_for_selector("[data-live=status]:text-is('paused')")
    page.wait_for_timeout(1500)  # what was under way is still shown
    stood = clock(page)
    page.wait_for_timeout(1500)
    assert clock(page) == stood

    tab.go("Strategist")
    screenshots.choose(page, "Car", f"#{car} ")
    page.click("text=Ask now")
    page.wait_for_selector("text=If a yellow falls", timeout=LONG)
    assert re.search(r"stops still needed", page.text_content(".reasons"))
    page.click("text=Open the window")
    page.wait_for_selector("text=Cars within 12 s", timeout=LONG)
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


def test_files_are_imported_and_broken_ones_explained(tab: Tab, address: str, folder: Path) -> None:
    page = tab.page
    page.goto(address + "races")
    page.wait_for_selector(".ag-row")
    good = screenshots.raced_file("imsa-2021-long-beach", folder / "sent" / "202109251405-race-laps.csv")
    page.fill("input[aria-label=Event]", "long-beach-street-circuit")
    page.fill("input[aria-label=Season]", "2021")
    page.set_input_files(".q-uploader input[type=file]", good)
    page.wait_for_selector("text=race imsa-2021-long-beach", timeout=LONG)
    page.wait_for_selector(".ag-row:has-text('imsa-2021-long-beach')")

    broken = folder / "sent" / "202109251500-practice-1-laps.csv"
    broken.write_text("NUMBER;LAP_NUMBER\nnobody;<img src=x onerror=alert(1)>\n", encoding="utf-8")
    page.set_input_files(".q-uploader input[type=file]", broken)
    told = page.wait_for_selector(".error", timeout=LONG).text_content()
    assert "202109251500-practice-1-laps.csv" in told
    assert "Traceback" not in told
    assert page.query_selector("img[src=x]") is None


def test_every_page_opens_in_light_and_dark_without_a_scroll_bar_below(browser: Any, address: str) -> None:
    for scheme, width, height in (
        ("light", 1440, 900),
        ("dark", 1024, 768),
        ("light", 820, 1180),
    ):
        tab = Tab(browser, color_scheme=scheme)
        page = tab.page
        page.set_viewport_size({"width": width, "height": height})
        follow(page, address)
        dark = page.evaluate("document.body.classList.contains('body--dark')")
        assert dark == (scheme == "dark")
        for title in ("Race", "Odds", "Strategist", "Team plan", "What-if", "Season", "Paddock", "News", "Races"):
            tab.go(title)
            page.wait_for_selector(".pw-page :is(.panel, .empty, .muted)")
            over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert over <= 0, f"{title} is {over} px wider than {width}"
        page.click("button[aria-label='Light or dark']")
        assert page.evaluate("document.body.classList.contains('body--dark')") != dark
        page.reload()
        page.wait_for_selector(".pw-top")
        page.wait_for_function("d => document.body.classList.contains('body--dark') !== d", arg=dark)
        tab.context.close()
        assert (tab.errors, tab.outside) == ([], [])


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
    page.wait_for_selector(".q-notification", timeout=60_000)
    assert re.search(r"#\w+|yellow|safety car|green again", page.text_content(".q-notification"))


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
