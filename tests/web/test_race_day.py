"""A race day in a real browser: a race at its live service, from the first laps to the source's loss and return.

The race is a shipped card's, raced by the project, told by a local Griiip service that shows what the test lets it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from browsing import LONG, Tab, chromium, screenshots
from griiip_server import GriiipRace, griiip_service
from langstrecke.racecard import load_card
from langstrecke.simulation.trace import simulate_laps

pytest.importorskip("httpx2")

CARD = "wec-2025-spa"
SEED = 4
"""A race with a safety car from 3163 s to 3994 s."""
YELLOW_S = (3_163.0, 3_994.0)
PHONE = {"width": 390, "height": 844, "has_touch": True}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as made:
        yield made


def until_clock(page: Any, at_s: float) -> None:
    page.wait_for_function(
        """at => { const t = document.querySelector('[data-live=clock]')?.textContent.split(':').map(Number);
        return t && 3600 * t[0] + 60 * t[1] + t[2] >= at }""",
        arg=at_s,
        timeout=LONG,
    )


def wider(page: Any) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.mark.slow
def test_a_race_day(browser: Any, tmp_path: Path) -> None:
    laps = simulate_laps(load_card(CARD), seed=SEED)
    stopped = laps.filter(pl.col("in_pit") & pl.col("elapsed_s").is_between(YELLOW_S[0] + 300, YELLOW_S[1] - 100))
    car, stop_s = stopped.sort("elapsed_s").select("car", "elapsed_s").row(0)
    race = GriiipRace(laps, upto_s=600.0, every_s=1.0)
    with griiip_service(race, tmp_path, poll_s=1.0, timeout_s=60) as table:
        with table.open("a") as file:  # nobody outside is asked what runs
            file.write('[services.swiss]\nurl = "http://127.0.0.1:9/"\npause_s = 0.0\n')
        more = ("--services", str(table))
        with screenshots.served(tmp_path / "none", tmp_path / "work", *more) as address:
            tab, phone = Tab(browser), Tab(browser, color_scheme="dark", **PHONE)
            desk(tab, address, race, car, stop_s)
            on_the_phone(phone, address, race, car)
            phone.close()
            tab.close()


def desk(tab: Tab, address: str, race: GriiipRace, car: str, stop_s: float) -> None:
    page = tab.page
    # the race is chosen among the live services
    page.goto(address + "races")
    page.wait_for_selector("text=What runs now")
    page.click("text=What runs now")
    tab.says("Made Race")
    page.fill("input[aria-label=Series]", "wec")
    page.click(".q-menu .q-item:has-text('wec') >> nth=0")
    page.fill("input[aria-label='Race card']", CARD)
    page.click(f".q-menu .q-item:has-text('{CARD}')")
    page.get_by_role("button", name="Follow").first.click()
    page.wait_for_selector(".timing .ag-row", timeout=LONG)
    until_clock(page, 600)
    tab.says("live", "[data-live=status]")

    # a car is picked: pinned in the table
    of_class = load_card(CARD).entry(car).car_class
    page.click(f"button.chip:has-text('{of_class}')")
    row = f".timing .ag-pinned-left-cols-container .ag-row[row-id='{car}']"
    page.dblclick(f"{row} [col-id=car]")
    page.wait_for_selector(f"{row}.r-pin")

    # odds are watched
    tab.go("Odds")
    page.wait_for_selector(".bar", timeout=LONG)
    first = page.text_content(".tbl")
    race.upto_s = 2_400.0
    page.wait_for_function("was => document.querySelector('.tbl').textContent !== was", arg=first, timeout=LONG)
    until_clock(page, 2_400)  # all of it is told

    # a plan before the yellow
    tab.go("Strategist")
    screenshots.choose(page, "Car", f"#{car} ")
    tab.says(r"Worked out at 0:(39|40):")
    # a yellow falls: a band, a plan made again, a call
    race.upto_s = YELLOW_S[0] + 100.0
    page.wait_for_selector(".pw-strip.band-safety_car", timeout=LONG)
    tab.says(r"Worked out at 0:5[34]:\d\d")
    page.get_by_role("button", name="Ask now").click()
    page.wait_for_selector(".verdict", timeout=LONG)
    assert page.text_content(".reasons").strip()
    called = page.text_content(".verdict")

    # the car stops: planned again, what is driven stands
    race.upto_s = stop_s + 250.0
    tab.says(r"Worked out at 1:0\d:\d\d|Worked out at 0:5[7-9]:\d\d")
    tab.says("OLD: worked out at 0:5")
    assert page.text_content(".verdict") == called

    # a driver is swapped; the page is left while it is played
    tab.go("What-if")
    entry = load_card(CARD).entry(car)
    other = next(e for e in load_card(CARD).entries if e.car_class == entry.car_class and e.car != car)
    page.click("button:has-text('Swap two drivers')")
    for label, number in (("Driver", car), ("swaps with", other.car)):
        page.fill(f"input[aria-label='{label}']", f"(#{number})")
        page.click(f".q-menu .q-item:has-text('(#{number})') >> nth=0")
    page.get_by_role("button", name="Add").click()
    page.wait_for_selector("text=swap cars")
    page.click("text=Play both races")
    tab.go("Race")
    page.wait_for_selector(f"{row}.r-pin")
    tab.go("What-if")
    page.wait_for_selector("text=swap cars")  # what was typed is there, and the answer comes
    tab.says("Change, points")

    # leave and come back: a call goes on, and is old when the race has moved on
    tab.go("Strategist")
    tab.says("OLD: worked out at 0:5")
    page.get_by_role("button", name="Ask now").click()
    page.wait_for_selector(".job >> visible=true")
    tab.go("Paddock")
    tab.go("Strategist")
    page.wait_for_selector("text=/^OLD: worked out/", state="detached", timeout=LONG)
    page.wait_for_selector(".verdict", timeout=LONG)
    race.upto_s = 5_400.0
    tab.says(r"OLD: worked out at \d:\d\d:\d\d, the race is at 1:30")

    # the source is lost and comes back
    tab.go("Race")
    race.fail = 1_000_000
    tab.says(r"in trouble", "[data-live=note]")
    tab.says("waiting for the source", "[data-live=status]")
    assert page.query_selector_all(".timing .ag-row")
    race.fail, race.upto_s = 0, 6_000.0
    until_clock(page, 6_000)
    tab.says("live", "[data-live=status]")
    page.wait_for_selector("[data-live=note] >> text=in trouble", state="detached", timeout=LONG)


def on_the_phone(tab: Tab, address: str, race: GriiipRace, car: str) -> None:
    """All of it read again at 390 pixels."""
    page = tab.page
    page.goto(address)
    page.wait_for_selector(".timing .ag-row")
    for name in ("pos", "car", "state", "ogap", "int", "last"):
        page.wait_for_function(
            """name => { const cell = document.querySelector(`.timing .ag-cell[col-id=${name}]`);
            if (!cell) return false; const box = cell.getBoundingClientRect();
            return box.left >= 0 && box.right <= window.innerWidth }""",
            arg=name,
        )
    links = page.evaluate(
        "[...document.querySelectorAll('.pw-nav a')].map(a => a.getBoundingClientRect()).map(b => [b.left, b.right])"
    )
    assert len(links) == 9
    assert all(left >= 0 and right <= 390 for left, right in links)
    told = {
        "Odds": ".bar",
        "Strategist": "text=/Worked out at/",
        "What-if": "text=Play both races",
        "Races": "text=Followed now",
    }
    for title, words in told.items():
        tab.go(title)
        page.wait_for_selector(words, timeout=LONG)
        if title == "Strategist":
            screenshots.choose(page, "Car", f"#{car} ")
            page.wait_for_selector(".verdict", timeout=LONG)  # what was asked at the desk
        assert wider(page) <= 0, title
