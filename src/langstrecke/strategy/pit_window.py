"""The pit window of a car at a moment: what a stop at the end of each lap to come is worth, costs and meets.

Worth is played: every lap of the stop on the same luck, against staying out as crews do, with a rival watched who
runs his race as his crew would. Where the car rejoins, what an undercut and saving bring in seconds is reckoned.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from langstrecke.display import Shown, shows_itself
from langstrecke.errors import LangstreckeError
from langstrecke.formatting import percent, plural, race_time, signed
from langstrecke.simulation.watch import CLASS_PLACE, Watched, simulate_watched
from langstrecke.strategy.call import SAME_PLACES, SAVINGS
from langstrecke.strategy.candidates import SAVE_COST, SAVE_SCALE
from langstrecke.strategy.counterfactual.moment import Moment, once_it_goes_on, running_car
from langstrecke.strategy.counterfactual.paired import Difference, difference
from langstrecke.strategy.falloff import StintFall, fall_off
from langstrecke.strategy.goals import column, in_class
from langstrecke.strategy.options import Option, past_yellow, staying_out, with_option
from langstrecke.strategy.outlook import outlook
from langstrecke.strategy.reasons import stop_seconds
from langstrecke.strategy.rejoin import Rejoin, rejoin
from langstrecke.strategy.tyres import FUEL_BELIEF
from langstrecke.strategy.yellows import green_chance, yellow_chance

if TYPE_CHECKING:
    import polars as pl

CAR_LAPS = 30_000_000
"""Car-laps played for one window (default: as for a call)."""
LEAST_RACES, MOST_RACES = 64, 1000
PLAYED = 10
"""Laps of the window that are played, spread over it; every lap is reckoned (default)."""
UNDERCUTS = (1, 2, 3, 5)
"""Laps by which a rival is undercut."""


@dataclass(frozen=True)
class Worth:
    """A stop at the end of a lap against staying out: places, class wins, and ahead of the rival at the flag."""

    in_laps: int
    place: Difference
    win: Difference
    rival: Difference | None

    def to_json(self) -> dict[str, Any]:
        """Rounded figures."""
        ahead = None if self.rival is None else self.rival.to_json()
        return {
            "in_laps": self.in_laps,
            "place": self.place.to_json(),
            "win": self.win.to_json(),
            "ahead_of_rival": ahead,
        }


@dataclass(frozen=True)
class Undercut:
    """Seconds gained on the rival by stopping so many laps before him, traffic left out; ends of the belief."""

    laps: int
    gain_s: float
    low_s: float
    high_s: float


@dataclass(frozen=True)
class Saving:
    """A share of the fuel saved: what a lap costs, laps gained on what is on board, how often it then lasts."""

    share: float
    lap_s: float
    laps: float
    lasts: float


@shows_itself
@dataclass(frozen=True)
class PitWindow:
    """The window of one car. Seconds, laps and probabilities; `yellow` and `green` are by the end of each lap."""

    race: str
    car: str
    t: float
    races: int
    lap: int
    neutral: str
    fuel_left: float
    fuel_sd: float
    rival: str | None
    rejoins: tuple[Rejoin, ...]
    """By lap; empty under yellow, where the queue decides where one rejoins."""
    worth: tuple[Worth, ...]
    yellow: tuple[float, ...]
    """Probability that a yellow has fallen; empty under yellow ..."""
    green: tuple[float, ...]
    """... and that the one which is out is over; empty under green. Laps are slow ones then."""
    stop_s: tuple[float, float]
    """What a stop on this lap costs under green, and what it costs now, in seconds of green running."""
    undercut: tuple[Undercut, ...]
    savings: tuple[Saving, ...]
    fall_off: tuple[StintFall, ...]
    standing: str = ""
    """That the race stands still, and what is made of it; empty where it runs."""

    def to_frame(self) -> pl.DataFrame:
        """A row a lap of the window: cost, rejoin, chance of a yellow, and what was played of it."""
        import polars as pl

        worth = {w.in_laps: w for w in self.worth}
        met = {r.in_laps: r for r in self.rejoins}
        chances = self.green or self.yellow
        rows = []
        for n, chance in enumerate(chances, 1):
            r, w = met.get(n), worth.get(n)
            rows.append({
                "lap": self.lap + n, "in_laps": n, "cost_s": r.cost_s if r else None, "place": r.place if r else None,
                "ahead": r.ahead[0] if r and r.ahead else None, "ahead_s": r.ahead[1] if r and r.ahead else None,
                "behind": r.behind[0] if r and r.behind else None,
                "behind_s": r.behind[1] if r and r.behind else None, "traffic": r.traffic if r else None,
                "yellow": None if self.green else chance, "green": chance if self.green else None,
                "places_won": -w.place.change if w else None, "win": w.win.change if w else None,
                "ahead_of_rival": w.rival.change if w and w.rival else None,
            })  # fmt: skip
        whole = ("lap", "in_laps", "place", "traffic")
        text = ("ahead", "behind")
        types = {k: pl.Int32 if k in whole else pl.String if k in text else pl.Float64 for k in COLUMNS}
        return pl.DataFrame(rows, schema=types)

    @property
    def headline(self) -> str:
        """The answer in one sentence."""
        told = self._verdict()
        return once_it_goes_on(told) if self.standing else told

    def _verdict(self) -> str:
        if not self.worth:
            return "No stop in the window was played."
        best = min(self.worth, key=lambda w: w.place.change)
        won = f"{signed(-best.place.change, 2)} ± {(best.place.high - best.place.low) / 2.0:.2f} places"
        lap = f"lap {self.lap + best.in_laps} (in {best.in_laps})"
        if best.place.high < 0.0 and best.place.change <= -SAME_PLACES / 2:
            return f"Stop at the end of {lap}: {won} against staying out."
        if all(w.place.low > 0.0 for w in self.worth):
            return f"Stay out: every stop in the window loses places, {lap} the fewest ({won})."
        worse = [self.lap + w.in_laps for w in self.worth if w.place.low > 0.0]
        on = ", ".join(map(str, worse[:3])) + (f" and {len(worse) - 3} others played" if len(worse) > 3 else "")
        told = f"; clearly worse on lap {on}" if worse else ""
        return f"Stay out: no stop in the window is clearly better, {lap} comes nearest ({won}){told}."

    def to_json(self) -> dict[str, Any]:
        """The data of `langstrecke window --json`."""
        return {
            "race": self.race,
            "car": self.car,
            "at_s": round(self.t, 1),
            "races": self.races,
            "headline": self.headline,
            "neutral": self.neutral,
            "fuel_left": round(self.fuel_left, 1),
            "fuel_left_sd": round(self.fuel_sd, 2),
            "rival": self.rival,
            "laps": [
                {k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()}
                for row in self.to_frame().iter_rows(named=True)
            ],
            "played": [w.to_json() for w in self.worth],
            "stop_s": [round(s, 1) for s in self.stop_s],
            "undercut": [{k: round(v, 2) for k, v in vars(u).items()} for u in self.undercut],
            "saving": [{k: round(v, 4) for k, v in vars(s).items()} for s in self.savings],
            "fall_off": [s.to_json() for s in self.fall_off],
        }

    def _shown(self) -> Shown:
        title = f"{self.race}, car {self.car} at {race_time(self.t)}: fuel for {plural(round(self.fuel_left), 'lap')}"
        rows = [
            (f"in {w.in_laps}", f"{-w.place.change:+.2f}", f"{100 * w.win.change:+.1f}", percent(self._chance(w)))
            for w in self.worth
        ]
        what = "green again" if self.green else "yellow before"
        return Shown(
            title, ("stop", "places won", "class win, points", what), rows, notes=(self.headline, *self.notes())
        )

    def _chance(self, worth: Worth) -> float:
        return (self.green or self.yellow)[worth.in_laps - 1]

    def notes(self) -> list[str]:
        """What the figures do not know, in words."""
        told = [f"places won are against staying out {_until(self.neutral)}, rivals free to stop when they would"]
        if self.standing:
            told.insert(0, self.standing)
        if self.green:
            told.append("under yellow the queue decides where a car rejoins: no place or traffic is reckoned")
        else:
            told.append("rejoin: at the card's usual laps, if nobody else stops meanwhile")
        if self.rival is not None and not self.undercut:
            told.append("undercut: the card knows no fall-off of this class by tyres or fuel, so nothing is told")
        if not self.fall_off:
            told.append("no stint of this car has clean laps enough for a fall-off yet")
        return told


def _until(neutral: str) -> str:
    return "past this yellow until the tank asks" if neutral else "as crews do"


COLUMNS = (
    "lap", "in_laps", "cost_s", "place", "ahead", "ahead_s", "behind", "behind_s", "traffic", "yellow", "green",
    "places_won", "win", "ahead_of_rival",
)  # fmt: skip


def pit_window(
    now: Moment,
    laps: pl.DataFrame,
    car: str,
    *,
    rival: str | None = None,
    races: int | None = None,
    seed: int = 1,
    threads: int | None = None,
) -> PitWindow:
    """The pit window of a car at a moment; `laps` are those of the race, of which only the past is looked at.

    `rival` is the car the undercut is about: the one ahead in class without it, for the leader the one behind.
    LangstreckeError for a car out of the race or in the pits, a rival of another class, a race nobody refuels in.
    """
    index = running_car(now, car)
    if int(now.snapshot.car["in_pit"][index]) == 1:
        raise LangstreckeError(f"car {car} is in the pit lane at {race_time(now.t)}", hint="ask when it is out again")
    if int(now.params.race[0].refuelling) == 0:
        raise LangstreckeError("nobody refuels in this race, so that no tank opens a window", hint="langstrecke call")
    other = _rival(now, index, rival)
    count = _length(now, index)
    watched = [index] if other is None else [index, other]
    played = _played(count)
    runs = races or _races(now, len(played) + 1)
    seen = now.seen_by(index)

    def play(option: Option) -> Watched:
        params = with_option(now.params, index, option)
        return simulate_watched(params, watched, races=runs, seed=seed, snapshot=seen, threads=threads)

    stay = play(staying_out(now, index))
    ahead = outlook(now, index, stay)
    count = max(n for n in range(1, count + 1) if ahead.before_flag(n))
    played = _played(count)
    lap, held = int(now.snapshot.car["lap"][index]), now.state.neutral != ""
    past = past_yellow(now)
    worth = [_worth(n, stay, play(Option(f"in {n}", lap + n, hold_s=past if n > 1 else 0.0))) for n in played]
    lap_s, left = now.lap_s(index), now.fuel_left(index)
    slow = lap_s * now.card.neutralisation.lap_ratio
    figures = now.card.classes[now.card.entries[index].car_class]
    falls = figures.fuel_lap_s != 0.0 or figures.tyre_lap_s != 0.0
    every = range(1, count + 1)
    return PitWindow(
        race=now.card.race.id,
        car=car,
        t=now.t,
        races=runs,
        lap=lap,
        neutral=now.state.neutral,
        fuel_left=left,
        fuel_sd=math.hypot(figures.stint_laps_sd, now.state.cars[index].fuel_laps_sd),
        rival=None if other is None else now.card.entries[other].car,
        rejoins=() if held else tuple(rejoin(now, index, n) for n in every),
        worth=tuple(worth),
        yellow=() if held else tuple(yellow_chance(now, min(n * lap_s, now.to_go_s())) for n in every),
        green=tuple(green_chance(now, n * slow) for n in every) if held else (),
        stop_s=stop_seconds(now, index),
        undercut=()
        if other is None or not falls
        else tuple(_undercut(now, index, other, n) for n in UNDERCUTS if n <= count),
        savings=tuple(
            Saving(s, SAVE_COST * SAVE_SCALE * s * lap_s, left / (1.0 - s) - left, ahead.lasts(s)) for s in SAVINGS
        ),
        fall_off=fall_off(now.card, laps, car, now.t),
        standing=now.standing(),
    )


def _rival(now: Moment, index: int, rival: str | None) -> int | None:
    own = now.state.cars[index]
    if rival is not None:
        other = running_car(now, rival)
        if other == index or now.state.cars[other].car_class != own.car_class:
            hint = f"name another car of {own.car_class}"
            raise LangstreckeError(f"car {rival} is no rival of car {own.car} in its class", hint=hint)
        return other
    wanted = 2 if own.position == 1 else own.position - 1
    mine = [i for i, c in enumerate(now.state.cars) if c.car_class == own.car_class and i != index]
    racing = [i for i in mine if now.state.cars[i].status in ("running", "in the pits") and now.state.cars[i].laps]
    return min(racing, key=lambda i: abs(now.state.cars[i].position - wanted), default=None)


def _length(now: Moment, index: int) -> int:
    """Laps of the window: as far as the fuel lasts, and the race."""
    return max(1, math.floor(min(now.fuel_left(index), now.to_go_s() / now.lap_s(index))))


def _played(count: int) -> list[int]:
    return sorted({round(n) for n in np.linspace(1, count, min(count, PLAYED))})


def _races(now: Moment, runs: int) -> int:
    still = np.asarray(now.snapshot.car["status"]) != 2
    laps = sum(now.to_go_s() / now.lap_s(i) for i in range(len(still)) if still[i])
    return int(min(MOST_RACES, max(LEAST_RACES, CAR_LAPS / max(1.0, laps * runs))))


def _worth(in_laps: int, stay: Watched, played: Watched) -> Worth:
    place, other = [[column(w, k, CLASS_PLACE) for w in (stay, played)] for k in (0, stay.cars.shape[1] - 1)]
    beats = [(mine < his).astype(float) for mine, his in zip(place, other, strict=True)]
    return Worth(
        in_laps=in_laps,
        place=difference(*place),
        win=difference(in_class(stay, 0, 1), in_class(played, 0, 1)),
        rival=difference(*beats) if stay.cars.shape[1] > 1 else None,
    )


def _undercut(now: Moment, index: int, other: int, laps: int) -> Undercut:
    """Fresh tyres against worn ones, less the fuel taken: cold tyres cost both, sooner or later."""
    figures = now.card.classes[now.card.entries[index].car_class]
    worn = float(now.snapshot.car["tyre_age"][other])
    full = min(float(now.params.car["stint_laps"][index]), now.to_go_s() / now.lap_s(index))
    heavier = full - now.fuel_left(other)

    def gain(share: float) -> float:
        fuel = share * figures.fuel_lap_s
        wear = max(0.0, figures.tyre_lap_s + figures.fuel_lap_s * (share - 1.0))
        return laps * (wear * worn - fuel * heavier)

    ends = sorted(gain(share) for share in FUEL_BELIEF)
    return Undercut(laps, gain(1.0), ends[0], ends[1])
