"""The README's moving picture: a simulated 12 Hours of Sebring replayed, and the odds of its DPi class as it goes.

No timing of anybody is in it: the race is one that the simulation played. Writes docs/images/odds-under-way.gif.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image

import langstrecke as ls
from langstrecke.forecast.result import Forecast
from langstrecke.formatting import race_time
from langstrecke.plots import style
from langstrecke.services.imports import import_paths
from langstrecke.services.odds import under_way_result
from langstrecke.services.progress import silent
from langstrecke.services.requests.common import FROM_SHELL
from langstrecke.services.requests.data import ImportPathsAsk
from langstrecke.services.requests.odds import UnderWayAsk
from langstrecke.services.settings import Settings
from langstrecke.simulation import simulate_laps
from langstrecke.timing.session import Session
from langstrecke.timing.write import write_alkamel

OUT = Path(__file__).parents[2] / "docs" / "images" / "odds-under-way.gif"
CARD, CAR_CLASS, RACE = "imsa-2021-sebring", "DPi", 4711
STEPS, RACES, COLOURS = 36, 400, 32
FRAME_MS, LAST_MS = 350, 3500


def main() -> None:
    """Play the race, import it, ask for the odds every 20 minutes, draw."""
    card = ls.load_card(CARD)
    laps = simulate_laps(card, race=RACE)
    ended = Session("", "", "", laps, laps).order
    won = ended.filter(ended["car_class"] == CAR_CLASS)["car"][0]
    frames = []
    with tempfile.TemporaryDirectory() as folder:
        event = Path(folder) / "imsa" / "2021" / "05-sebring-international-raceway"
        event.mkdir(parents=True)
        write_alkamel(laps, event / "202103201010-race-laps.csv")
        settings = Settings(store=Path(folder) / "store.duckdb")
        asked = ImportPathsAsk.model_validate({"paths": [Path(folder) / "imsa"]}, context=FROM_SHELL)
        import_paths(settings, asked, step=silent)
        for n in range(1, STEPS):
            ask = UnderWayAsk.model_validate({"race": CARD, "cutoff": n / STEPS, "races": RACES})
            odds = under_way_result(settings, ask, step=silent)
            frames.append(frame(odds, card.race.duration_s * n / STEPS, ""))
    frames.append(frame(odds, card.race.duration_s, str(won)))
    first, *rest = (image.quantize(COLOURS, dither=Image.Dither.NONE) for image in frames)
    times = [*[FRAME_MS] * len(rest), LAST_MS]
    first.save(OUT, save_all=True, append_images=rest, duration=times, loop=0, optimize=True)


def frame(odds: Forecast, at_s: float, won: str) -> Image.Image:
    """One frame: the chances of the class at a moment, cars in the order of their numbers; at the end the winner."""
    cars = sorted(odds.in_class(CAR_CLASS), key=lambda car: int(car.car))
    canvas = style.canvas(len(cars) + 1, bottom=0.1)
    axes = style.row_axes(canvas, len(cars) + 1, style.LABELS, style.WIDTH - 0.6, bottom=0.1)
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    legend = "A simulated Sebring, replayed: chance of the class win, from the timing until now."
    style.heading(canvas, f"Who wins {CAR_CLASS}?  {race_time(at_s, short=True)} of 12:00", legend)
    marked = {n for n, car in enumerate(cars) if car.car == won}
    style.car_labels(canvas, axes, [(car.car, car.team) for car in cars], marked)
    for row, car in enumerate(cars):
        share = float(car.car == won) if won else car.win
        axes.barh(row, share, height=0.62, color=style.ACTUAL if row in marked else style.ACCENT, linewidth=0)
        text = ("won" if row in marked else "") if won else f"{100 * share:.0f} %"
        style.write(axes, share + 0.01, row, text, fontsize=8.5, weight="bold")
    axes.barh(len(cars), at_s / (12 * 3600), height=0.18, color=style.MUTED, linewidth=0)
    picture = io.BytesIO()
    canvas.done().savefig(picture, format="png", dpi=80, facecolor=style.PAPER)
    return Image.open(picture).convert("RGB")


if __name__ == "__main__":
    main()
