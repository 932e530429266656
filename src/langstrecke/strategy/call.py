"""Pit or stay: what the options open at a moment are worth, and why, in numbers.

Every option is played from the same snapshot on the same luck and compared with staying out until the tank asks for
a stop: under a yellow the car that stays out is held there, whatever its crew's habit. An option that names a driver
is compared with staying out and him getting in then: else it would tell what he is worth, not what the stop is. The
one that looks best is played again on fresh luck, and more of it, before it is told. Contingencies do the same with
a yellow set at a given lap.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from langstrecke.formatting import signed
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.stops import LAST_LAPS_FUEL
from langstrecke.simulation.watch import CLASS_PLACE, Watched, simulate_watched
from langstrecke.strategy.counterfactual.moment import Moment, once_it_goes_on, running_car
from langstrecke.strategy.counterfactual.paired import difference
from langstrecke.strategy.goals import column, in_class
from langstrecke.strategy.options import (
    LATEST,
    Answer,
    Option,
    answer,
    home_chance,
    options,
    staying_out,
    who_drives,
    with_option,
)
from langstrecke.strategy.outlook import Outlook, outlook
from langstrecke.strategy.reasons import reasons, stop_seconds

CAR_LAPS = 30_000_000
"""Car-laps played for one call, about three seconds of processor time (default). Counted, not timed: the same
question has the same answer on any machine."""
LEAST_RACES, MOST_RACES = 64, 2000
FRESH = 4
"""So many times the races of the others for the option that is told, on fresh luck: a tenth of a place in a long race
is beyond the noise of the first look (default)."""
YELLOW_IN = (1, 5, 10)
SAME_PLACES, SAME_WIN = 0.05, 0.01
"""Options this near to each other, their difference within the noise, come to the same; half of it is the least that
is told as an answer (default)."""
SAVINGS = (0.0, 0.02, 0.04, 0.06, 0.08, 0.1)
"""Shares of fuel a crew may save to get home without a stop (default; a tenth is about what lifting brings)."""
ENOUGH = 0.8
"""The least saving with which the fuel lasts with this probability is what is tried ..."""
THINKABLE = 0.05
"""... and with less than this at the most there is no such option (defaults)."""

Play = Callable[..., Watched]


@dataclass(frozen=True)
class Contingency:
    """A yellow so many laps from now: stop under it or stay out."""

    laps: int
    stop: Answer
    advice: str


@dataclass(frozen=True)
class Call:
    """What to do in one sentence, then options at a moment, the best first, the reasons, and what to do if a yellow
    falls. `like_staying` names options that come to the same as staying out; `best` is the option told, played on
    fresh luck, None where staying out is the answer.
    """

    race: str
    car: str
    t: float
    races: int
    headline: str
    best: Answer | None
    answers: tuple[Answer, ...]
    like_staying: tuple[str, ...]
    ahead: Outlook
    reasons: tuple[str, ...]
    contingencies: tuple[Contingency, ...]
    in_pit: bool = False
    """The car is making a stop: it is against that stop as usual that the options are compared."""
    tank_asks: bool = False
    """Staying out until the tank asks is to stop now."""

    @property
    def against(self) -> str:
        """What the options are compared with, in words."""
        return "the stop as usual" if self.in_pit else "staying out"

    @property
    def stops_now(self) -> bool:
        """The answer is to come in at the end of this lap (or to make the stop under way)."""
        told = self.best is not None and self.best.option.title.startswith(("stop now", "the stop under way"))
        return told or self.tank_asks

    def to_json(self) -> dict[str, Any]:
        """The data of `langstrecke call --json`."""
        return {
            "race": self.race,
            "car": self.car,
            "at_s": round(self.t, 1),
            "races": self.races,
            "headline": self.headline,
            "against": self.against,
            "best": None if self.best is None else self.best.to_json(),
            "options": [a.to_json() for a in self.answers],
            "like_staying_out": list(self.like_staying),
            "outlook": self.ahead.to_json(),
            "reasons": list(self.reasons),
            "yellow": [
                {"in_laps": c.laps, "advice": c.advice, "stop_against_stay": c.stop.to_json()}
                for c in self.contingencies
            ],
        }


def call(now: Moment, car: str, *, races: int | None = None, seed: int = 1, threads: int | None = None) -> Call:
    """Pit or stay for a car at a moment. LangstreckeError for a car that is out of the race."""
    index = running_car(now, car)
    choices = options(now, index)
    yellows = _yellows(now, index)
    seen = now.seen_by(index)
    named = sorted({o.driver for o in choices if o.driver >= 0})
    count = races or _races(now, len(choices) + len(named) + 3 + 2 * FRESH + 2 * len(yellows))

    def play(params: Params, first: int = 0, times: int = 1) -> Watched:
        return simulate_watched(
            params, [index], races=times * count, seed=seed, first_race=first, snapshot=seen, threads=threads
        )

    free = play(now.params)
    baselines = {driver: staying_out(now, index, driver) for driver in (-1, *named)}
    stays = {d: play(with_option(now.params, index, o)) if o.lap or o.hold_s else free for d, o in baselines.items()}
    ahead = outlook(now, index, free)
    choices = [o for o in choices if ahead.before_flag(o.lap - int(now.snapshot.car["lap"][index]))]
    choices += _home(now, index, ahead)
    made = int(now.snapshot.car["stops"][index])
    ways = [(option, play(with_option(now.params, index, option))) for option in choices]
    ways = [(o, played) for o, played in ways if (home_chance(o, played, made) or 0.0) >= THINKABLE or not o.last]
    groups, like = _groups(ways, stays)
    answers = [
        replace(answer(o, stays[o.driver], played, made), also=tuple(same.title for same, _ in others))
        for (o, played), *others in groups
    ]
    answers.sort(key=lambda a: (a.place.change, -a.win.change))

    def fresh(option: Option) -> Answer:
        both = (baselines[option.driver], option)
        pair = [play(with_option(now.params, index, o), count, FRESH) for o in both]
        return answer(option, pair[0], pair[1], made)

    best = _told(now, answers, dict(ways), fresh)
    tank_asks = best is None and _tank_asks(now, index, ahead)
    if tank_asks:
        told = f"Stop now: the fuel on board is believed to last {now.fuel_left(index):.1f} laps."
    else:
        told = _headline(now, index, best, answers, ahead)
    return Call(
        race=now.card.race.id,
        car=car,
        t=now.t,
        races=count,
        headline=once_it_goes_on(told) if now.standing() else told,
        best=best,
        answers=tuple(answers),
        like_staying=tuple(like),
        ahead=ahead,
        reasons=(*reasons(now, index, ahead), *who_drives(now, index)[1]),
        contingencies=tuple(_contingency(now, index, laps, play) for laps in yellows),
        in_pit=int(now.snapshot.car["in_pit"][index]) == 1,
        tank_asks=tank_asks,
    )


def _tank_asks(now: Moment, index: int, ahead: Outlook) -> bool:
    """Whether the car has to come in at the end of this lap, as the kernel plays it; not with the flag that near."""
    if int(now.params.race[0].refuelling) == 0 or int(now.snapshot.car["in_pit"][index]) == 1:
        return False
    return now.fuel_left(index) < LAST_LAPS_FUEL and ahead.needed > 0 and ahead.lasts() < 1.0 - ENOUGH


def _home(now: Moment, index: int, ahead: Outlook) -> list[Option]:
    """Ways home with no further stop, or with the one now as the last, each with the least saving that is likely
    enough; none where fuel cannot last.
    """
    if int(now.params.race[0].refuelling) == 0:
        return []
    own = now.snapshot.car[index]
    lap, found = int(own["lap"]), []
    in_pit = int(own["in_pit"]) == 1
    save = None if in_pit else _saving(ahead.lasts)
    if save is not None:
        beyond = lap + math.ceil(ahead.high) + round(float(now.params.car["stint_laps"][index]))
        found.append(Option("no further stop" + _saved(save), beyond, hold_s=math.inf, save=save, last=True))
    save = _saving(lambda share: ahead.full_tank_from(1, share))
    if save:  # without any it is the plain stop
        when, this = ("the stop under way", lap) if in_pit else ("stop now", lap + 1)
        found.append(Option(f"{when} as the last" + _saved(save), this, save=save, last=True))
    return found


def _saving(lasts: Callable[[float], float]) -> float | None:
    """The least saving with which the fuel lasts in most races; None where even the most is not worth a thought."""
    if lasts(SAVINGS[-1]) < THINKABLE:
        return None
    return next((s for s in SAVINGS if lasts(s) >= ENOUGH), SAVINGS[-1])


def _saved(save: float) -> str:
    return f", saving {100 * save:.0f} % of the fuel" if save else ""


def _groups(
    ways: Sequence[tuple[Option, Watched]], stays: Mapping[int, Watched]
) -> tuple[list[list[tuple[Option, Watched]]], list[str]]:
    """Options that come to the same, the plainest of each first; the titles of those like staying out."""
    groups: list[list[tuple[Option, Watched]]] = []
    like: list[str] = []
    for option, played in ways:
        if not option.last and _same(stays[option.driver], played):
            like.append(option.title)
            continue
        for group in groups:
            first, way = group[0]
            alike = _same(stays[first.driver], stays[option.driver]) and _same(way, played)
            if not option.last and alike:
                group.append((option, played))
                break
        else:
            groups.append([(option, played)])
    return groups, like


def _same(one: Watched, other: Watched) -> bool:
    place = difference(column(one, 0, CLASS_PLACE), column(other, 0, CLASS_PLACE))
    win = difference(in_class(one, 0, 1), in_class(other, 0, 1))
    near = abs(place.change) <= SAME_PLACES and abs(win.change) <= SAME_WIN
    return near and place.low <= 0.0 <= place.high and win.low <= 0.0 <= win.high


def _told(
    now: Moment,
    answers: Sequence[Answer],
    played: dict[Option, Watched],
    fresh: Callable[[Option], Answer],
) -> Answer | None:
    """The option to tell: of those better than staying out the one that comes in first, clearly so on fresh luck too.

    It need not be the one that gains most: against staying out with a slow driver to come every stop gains. Under a
    yellow the stop on this lap is told unless something else is clearly better than it: the yellow may end.
    """
    if not answers:
        return None
    by_place = sorted(answers, key=lambda a: (a.place.after, -a.win.after))
    best = next((a for a in by_place if a.place.change < 0.0), answers[0])
    if now.state.neutral:
        now_as_good = (a for a in by_place if a.option.title.startswith("stop now") and a.place.change <= 0.0)
        best = next((a for a in now_as_good if _noise(played[a.option], played[best.option])), best)
    again = replace(fresh(best.option), also=best.also)
    agree = best.place.change <= 0.0 and again.place.change <= 0.0
    return again if agree and (better(best) or better(again)) else None


def _noise(one: Watched, other: Watched) -> bool:
    """Whether one is not clearly worse than the other."""
    return difference(column(one, 0, CLASS_PLACE), column(other, 0, CLASS_PLACE)).high >= 0.0


def better(a: Answer) -> bool:
    """Clearly better than staying out, and by what is worth telling: in places, or in class wins without clearly
    losing places.
    """
    places = a.place.high < 0.0 and a.place.change <= -SAME_PLACES / 2
    return places or (a.win.low > 0.0 and a.win.change >= SAME_WIN / 2 and a.place.low <= 0.0)


def _headline(now: Moment, index: int, best: Answer | None, answers: Sequence[Answer], ahead: Outlook) -> str:
    """The answer in one sentence."""
    if best is None:
        usual = "The stop under way as usual" if int(now.snapshot.car["in_pit"][index]) == 1 else "Stay out"
        rest = list(answers)
        if ahead.stops and ahead.needed == 0:  # then staying out is to make no further stop
            usual += f", no further stop is needed in {100 * ahead.stops[0][1]:.0f} % of races"
            rest = [a for a in answers if not (a.option.last and math.isinf(a.option.hold_s))]
        if not rest:
            return f"{usual}: nothing that is open now comes to anything else."
        first = rest[0]
        if all(a.place.low > 0.0 for a in rest):
            return f"{usual}: every way that differs loses, {first.option.title} the least ({_worth(first)})."
        return f"{usual}: nothing is clearly better (the nearest, {first.option.title}: {_worth(first)})."
    text = best.describe()
    if text.endswith(LATEST):
        text = f"stay out {LATEST}, {text.removesuffix(LATEST).rstrip(', ')}"
    told = f"{text[0].upper()}{text[1:]}{';' if best.chance is not None else ':'} {_worth(best)}"
    green, under = stop_seconds(now, index)
    this_lap = best.option.lap <= int(now.snapshot.car["lap"][index]) + 1
    if now.state.neutral and this_lap and not best.option.last:
        told += f"; the yellow makes it {under:.0f} s instead of {green:.0f}"
    return told + "."


def _worth(a: Answer) -> str:
    points, places = round(100.0 * a.win.change), -a.place.change
    word = "point" if abs(points) == 1 else "points"
    digits = 1 if abs(places) >= SAME_PLACES or round(places, 2) == 0.0 else 2
    return f"{signed(points, 0)} {word} of a class win, {signed(places, digits)} places"


def _races(now: Moment, runs: int) -> int:
    still = np.asarray(now.snapshot.car["status"]) != 2
    laps = sum(now.to_go_s() / now.lap_s(i) for i in range(len(still)) if still[i])
    return int(min(MOST_RACES, max(LEAST_RACES, CAR_LAPS / max(1.0, laps * runs))))


def _yellows(now: Moment, index: int) -> list[int]:
    """In how many laps a yellow is worth thinking through: the fuel lasts until then, and the race."""
    if now.state.neutral or int(now.params.race[0].refuelling) == 0:
        return []
    lap_s = now.lap_s(index)
    return [n for n in YELLOW_IN if n + 2 < now.fuel_left(index) and (n + 3) * lap_s < now.to_go_s()]


def _contingency(now: Moment, index: int, laps: int, play: Play) -> Contingency:
    """The yellow falls in the middle of the lap that is so many laps from now."""
    race = now.params.race.copy()
    falls = now.t + (laps - 0.5) * now.lap_s(index)
    race["forced_caution_s"] = falls
    forced = now.params._replace(race=race.view(np.recarray))
    lap = int(now.snapshot.car["lap"][index])
    out = Option("stay out", 0, hold_s=falls)
    under = Option("stop under it", lap + laps + 1)
    found = answer(under, play(with_option(forced, index, out), 0), play(with_option(forced, index, under), 0))
    sure = found.place.low > 0 or found.place.high < 0
    advice = ("stop under it" if found.place.change < 0 else "stay out") if sure else "no clear difference"
    return Contingency(laps, found, advice)
