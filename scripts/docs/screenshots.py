"""Pictures of every page of the pit wall for docs/pitwall.md: python -m scripts.docs.screenshots [FOLDER]

Timing data may not be passed on, so the races are run by the project itself: cards of the package, played once with
a fixed seed, written as timing files, imported into a store of their own, and replayed. Needs the extra `web`,
Playwright and a Chromium on the PATH. Takes some four minutes, most of it the replay that gives odds their history.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
SEED = 2021
RACES = {
    "imsa-2021-sebring": "05-sebring-international-raceway/202103201010-race",
    "imsa-2021-watkins-glen": "12-6h---watkins-glen-international/202106271040-race",
    "imsa-2021-road-atlanta": "22-road-atlanta/202111131210-race",
}
"""Cards that are raced, and the file their timing goes to, in the layout the importer knows."""
SHOWN = "imsa-2021-sebring"
WHEN_S = 7.1 * 3600
"""The moment the pictures show."""
SPEED = 150.0
WIDE = (1440, 900)
TABLET = (820, 1180)
PHONE = (390, 844)
CAR = "01"


def chromium() -> str | None:
    """The system's Chromium or Chrome."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for name in names if (found := shutil.which(name))), None)


def raced_file(card: str, path: Path, seed: int = SEED) -> Path:
    """One race of a card as a timing file."""
    from langstrecke.racecard import load_card
    from langstrecke.simulation.trace import simulate_laps
    from langstrecke.timing.write import write_alkamel

    path.parent.mkdir(parents=True, exist_ok=True)
    write_alkamel(simulate_laps(load_card(card), seed=seed), path)
    return path


def raced_store(folder: Path, cards: dict[str, str]) -> Path:
    """A store of races of the project's own making."""
    from langstrecke.store import open_store
    from langstrecke.store.importing import import_paths

    for card, place in cards.items():
        raced_file(card, folder / "files" / "2021" / f"{place}-laps.csv")
    with open_store(folder / "store.duckdb") as store:
        import_paths(store, [folder / "files"])
    return folder / "store.duckdb"


@contextlib.contextmanager
def served(store: Path, work: Path, *more: str) -> Iterator[str]:
    """`langstrecke serve` on a free port of loopback, as a process of its own; its address."""
    command = [
        sys.executable,
        "-m",
        "langstrecke",
        "serve",
        "--port",
        "0",
        "--store",
        str(store),
        "--work",
        str(work),
        *more,
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    said: list[str] = []
    heard = threading.Event()
    place: list[str] = []

    def listen() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            said.append(line)
            if not place and (found := re.search(r"http://[\d.:]+/", line)):
                place.append(found[0])
                heard.set()
        heard.set()

    threading.Thread(target=listen, daemon=True).start()
    try:
        if not heard.wait(600) or not place:  # it ends the wait also by ending
            raise RuntimeError("the pit wall did not start:\n" + "".join(said))
        _until_it_answers(place[0])
        yield place[0]
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def _until_it_answers(address: str) -> None:
    for _ in range(240):
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(address, timeout=5).status_code == 200:
                return
        time.sleep(0.25)
    raise RuntimeError(f"nothing answers at {address}")


def replayed(address: str, race: str, until_s: float, speed: float) -> None:
    """Replay a race up to a moment and pause there."""
    api = httpx.Client(base_url=f"{address}api/v1", timeout=60)
    api.post("/live", json={"race": race, "speed": speed}).raise_for_status()
    while (now := api.get(f"/live/{race}").json())["race_s"] < until_s - speed:
        time.sleep(1.0)
        print(f"\r{now['race_s'] / 3600:.2f} h, {len(now['odds'])} readings of the odds", end="", file=sys.stderr)
    api.patch(f"/live/{race}", json={"paused": True}).raise_for_status()
    print(file=sys.stderr)
    for _ in range(60):  # the odds of the moment
        newest = api.get(f"/live/{race}").json()
        if newest["odds"] and newest["odds"][-1]["race_s"] >= newest["race_s"] - 240:
            return
        time.sleep(2.0)


def pictures(page: Any, address: str, folder: Path) -> None:
    """Every page, in daylight."""

    def shot(name: str) -> None:
        page.wait_for_timeout(900)
        page.mouse.move(4, page.viewport_size["height"] - 4)
        page.screenshot(path=folder / f"{name}.png")
        _squeezed(folder / f"{name}.png")

    page.goto(address)
    page.wait_for_selector(".timing .ag-row")
    shot("race")
    page.click(".pw-nav >> text=Odds")
    page.wait_for_selector(".moves, .bar")
    shot("odds")
    page.click(".pw-nav >> text=Strategist")
    page.wait_for_selector("text=Ask now")
    choose(page, "Car", f"#{CAR} ")
    page.wait_for_selector("text=At the wheel", timeout=180_000)
    page.click("text=Ask now")
    page.wait_for_selector("text=If a yellow falls", timeout=300_000)
    shot("strategist")
    page.click(".pw-nav >> text=Team plan")
    page.fill("textarea", league_race())
    page.get_by_role("button", name="Plan", exact=True).click()
    page.wait_for_selector("text=The plan holds in", timeout=300_000)
    shot("team-plan")
    page.click(".pw-nav >> text=What-if")
    page.wait_for_selector("text=Swap two drivers")
    choose(page, "Car", f"#{CAR} ")
    page.fill("input[aria-label=In]", "Jan Magnussen")
    page.get_by_role("button", name="Add").click()
    page.click("button:has-text('Weather')")
    page.get_by_role("button", name="Add").click()
    page.wait_for_selector("text=weather: dry")
    page.click("text=Play both races")
    page.wait_for_selector("text=Change, points", timeout=300_000)
    shot("what-if")
    page.click(".pw-nav >> text=Season")
    choose(page, "Known so far", "After round 6")
    page.wait_for_selector("text=seasons played", timeout=300_000)
    page.wait_for_timeout(1500)
    page.wait_for_function("!document.querySelector('.job')?.offsetParent", timeout=300_000)
    shot("season")
    page.click(".pw-nav >> text=Paddock")
    page.wait_for_selector("text=class wins")
    shot("paddock")
    page.click("button:has-text('Kevin Magnussen')")
    page.click("button:has-text('Calendar')")
    page.wait_for_selector("text=Can it be done?")
    shot("calendar")
    page.click(".pw-nav >> text=News")
    page.click("text=An example")
    page.wait_for_selector(".article mark", timeout=180_000)
    page.click(".claim >> nth=2")
    shot("news")
    page.click(".pw-nav >> text=Races")
    page.wait_for_selector(".ag-row")
    shot("races")


def league_race() -> str:
    """The team file of docs/sim-racing.md, by no rules of a league."""
    text = (ROOT / "docs" / "sim-racing.md").read_text(encoding="utf-8")
    found = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1].replace('"league.toml"', '"none"')


def choose(page: Any, label: str, words: str) -> None:
    """Pick an entry of a drop-down whose words begin so."""
    page.click(f".q-select:has([aria-label='{label}'])")
    page.click(f".q-menu .q-item:has-text('{words}') >> nth=0")
    page.wait_for_timeout(300)


def more_pictures(page: Any, address: str, folder: Path, mode: str) -> None:
    """Race and Odds once more: in the dark, on a tablet or a phone."""
    page.goto(address)
    page.wait_for_selector(".timing .ag-row")
    page.wait_for_timeout(1200)
    page.screenshot(path=folder / f"race-{mode}.png")
    _squeezed(folder / f"race-{mode}.png")
    if mode == "dark":
        page.click(".pw-nav >> text=Odds")
        page.wait_for_selector(".bar")
        page.wait_for_timeout(1200)
        page.screenshot(path=folder / "odds-dark.png")
        _squeezed(folder / "odds-dark.png")


def _squeezed(path: Path) -> None:
    """The same picture with a palette of its own, in half the space."""
    from PIL import Image

    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(256, Image.Quantize.MEDIANCUT, kmeans=3, dither=Image.Dither.NONE)
        small.save(path, optimize=True)


def opened(browser: Any, size: tuple[int, int], scheme: str) -> Any:
    """A tab of a browser, patient with a busy machine."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    page.set_default_timeout(300_000)
    return page


def main() -> None:
    """Make all pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument("--speed", type=float, default=SPEED)
    asked = parser.parse_args()
    browser_path = chromium()
    if browser_path is None:
        sys.exit("no Chromium or Chrome on the PATH")
    from playwright.sync_api import sync_playwright

    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        store = raced_store(Path(name), RACES)
        with served(store, Path(name) / "work") as address:
            replayed(address, SHOWN, WHEN_S, asked.speed)
            browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
            pictures(opened(browser, WIDE, "light"), address, asked.folder)
            more_pictures(opened(browser, WIDE, "dark"), address, asked.folder, "dark")
            more_pictures(opened(browser, TABLET, "light"), address, asked.folder, "tablet")
            more_pictures(opened(browser, PHONE, "light"), address, asked.folder, "phone")
            browser.close()


if __name__ == "__main__":
    main()
