"""From a race card and its rule book to the kernel's flat arrays."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from langstrecke.errors import CardError
from langstrecke.formatting import plural
from langstrecke.racecard.schema import ClassFigures, Entry, RaceCard
from langstrecke.rulebooks.load import load_rulebook
from langstrecke.rulebooks.schema import Groups, RuleBook
from langstrecke.simulation.drive_time import drive_times
from langstrecke.simulation.kernel import rng
from langstrecke.simulation.kernel.params import (
    BUNCH_NONE,
    BUNCH_ONE,
    BUNCH_THREE,
    CAR,
    CLASS,
    MAX_DRIVERS,
    PLAN,
    RACE,
    WAVE_AHEAD_OF_LEADER,
    WAVE_LAPPED,
    WAVE_NONE,
    Params,
    Records,
    records,
)
from langstrecke.simulation.kernel.state import MAX_CARS

HOUR_S = 3600.0
GRID_GAP_S = 0.55
"""Seconds between two places of the grid as they cross the line at the green (default: two-by-two rolling start)."""
FOLLOW_S = 0.45
"""Gap at which a car is held up behind an equal one (default)."""
TURN_S = 5400.0
"""A driver stays in for as many stints as fit into about this long in races of six hours and more (default)."""
MOST_TURN_STINTS = 3
MISTAKES = {"platinum": 0.81, "gold": 1.01, "silver": 1.08, "bronze": 1.60}
"""Incidents by licence over those of the average driver of the same class and race (`scripts/fit/mistakes.py`: 35
races of 2015-22; 14 later ones say 0.87, 0.81, 1.00, 1.81)."""
DUSK_DAWN = (dt.time(21), dt.time(6))
"""Between these it is dark where the card does not say (default)."""
DAY_S = 86400.0


def compile_race(card: RaceCard, book: RuleBook | None = None) -> Params:
    """The kernel's view of a card.

    `book` defaults to the rule book the card names, fitted to this event. Raises CardError for what cannot be played
    (too many cars or drivers) and NotFoundError for an unknown rule book.
    """
    if book is None:
        book = load_rulebook(card.race.rulebook)
    entries, names = card.entries, list(card.classes)
    if len(entries) > MAX_CARS:
        raise CardError(f"{plural(len(entries), 'car')}; the simulation takes up to {MAX_CARS}", key="entries")
    for number, entry in enumerate(entries):
        if len(entry.drivers) > MAX_DRIVERS:
            raise CardError(
                f"car {entry.car} names {plural(len(entry.drivers), 'driver')}; up to {MAX_DRIVERS} can be played",
                key=f"entries[{number}].drivers",
            )
    n = len(entries)
    index = {name: c for c, name in enumerate(names)}
    car_class = np.array([index[e.car_class] for e in entries], np.int32)
    figures = list(card.classes.values())

    def by_class(get: Callable[[ClassFigures], float]) -> NDArray[np.float64]:
        return np.array([get(f) for f in figures], np.float64)

    def by_car(get: Callable[[Entry], float]) -> NDArray[np.float64]:
        return np.array([get(e) for e in entries], np.float64)

    neutral, weather, race = card.neutralisation, card.weather, card.race
    time = drive_times(card, book)
    own_stint = [e.stint_laps or card.classes[e.car_class].stint_laps for e in entries]
    if not book.pit.refuelling:
        own_stint = [race.duration_s / card.classes[e.car_class].lap_s * 2 + 10 for e in entries]
    dusk, dawn = _night(card)
    pit = book.pit
    windowed = pit.mandatory_stops > 0 and (pit.mandatory_from_s > 0.0 or pit.mandatory_to_s > 0.0)
    window_close = (pit.mandatory_to_s or race.duration_s) if windowed else 0.0
    bunching, pits_closed, wave, class_split = _procedure(book)
    scenario = weather.scenario or ()
    one = _filled(
        1,
        RACE,
        n=n,
        n_classes=len(names),
        duration_s=float(race.duration_s),
        max_laps=_distance(card, book),
        overtaking_s=float(card.circuit.overtaking_s),
        follow_s=FOLLOW_S,
        lap_sd=float(card.circuit.lap_sd),
        track_sd=float(card.circuit.track_sd),
        track_s=float(card.circuit.track_s),
        night_from_s=dusk,
        night_until_s=dawn,
        caution_rate=neutral.rate_per_h / HOUR_S,
        caution_log_sd=float(neutral.rate_log_sd),
        caution_start_share=float(neutral.start_share),
        forced_caution_s=0.0,
        caution_s=float(neutral.length_s),
        caution_length_log_sd=float(neutral.length_log_sd),
        lap_ratio=float(neutral.lap_ratio),
        catch_up_ratio=float(min(neutral.catch_up_ratio, neutral.lap_ratio)),
        bunching=bunching,
        pits_closed=pits_closed,
        pit_open_lap=max(1, book.neutralisation.pits_closed_laps),
        wave_by=wave if race.duration_s >= book.neutralisation.wave_by_min_race_s else WAVE_NONE,
        class_split=class_split,
        pit_exit_held=1 if book.neutralisation.pit_exit_held else 0,
        fcy_pits_closed=1 if book.neutralisation.fcy_pits_closed else 0,
        split_until_s=float(book.neutralisation.class_split_not_last_s),
        short_yellow_s=float(book.neutralisation.short_yellow_last_s),
        wave_until_s=float(book.neutralisation.wave_by_not_last_s),
        slow_zone_rate=neutral.slow_zone_per_h / HOUR_S,
        slow_zone_s=float(neutral.slow_zone_length_s),
        slow_zone_ratio=float(neutral.slow_zone_ratio),
        fcy_rate=neutral.fcy_per_h / HOUR_S,
        fcy_s=float(neutral.fcy_length_s),
        fcy_log_sd=float(neutral.fcy_length_log_sd),
        red_share=float(neutral.red_share),
        red_s=float(neutral.red_length_s),
        red_stops_clock=1 if book.race.red_flag_clock == "stops" else 0,
        red_laps_back=int(book.race.red_end_laps_back),
        mandatory_stops=0 if windowed else int(pit.mandatory_stops),
        tyres_with_fuel=1 if pit.fuel_and_tyres == "together" else 0,
        refuelling=1 if pit.refuelling else 0,
        min_pit_s=float(pit.min_pit_time_s),
        fcy_then_sc=1 if book.neutralisation.fcy_then_sc else 0,
        min_refuel_s=float(pit.min_refuel_s),
        short_stop_s=float(pit.short_stop_max_s),
        joker_stops=int(pit.joker_stops),
        joker_every_s=float(pit.joker_every_s),
        window_open_s=float(pit.mandatory_from_s) if windowed else 0.0,
        window_close_s=float(window_close),
        window_change=1 if windowed and pit.mandatory_driver_change else 0,
        technical_stop_s=float(pit.technical_stop_s),
        technical_green=1 if pit.technical_stop_green_only else 0,
        technical_until_s=float(pit.technical_stop_to_s or race.duration_s - 2 * HOUR_S),
        max_stint_s=float(pit.max_stint_s),
        min_share=float(book.classification.min_share_of_winner),
        share_of_class=1 if book.classification.winner == "class" else 0,
        must_cross_line=1 if book.classification.must_cross_line else 0,
        wet_start=float(weather.wet_start),
        rain_rate=weather.rain_per_h / HOUR_S,
        rain_s=float(weather.rain_length_s),
        intensity=float(weather.intensity),
        wet_ratio=float(weather.wet_ratio),
        slick_ratio=float(weather.slick_ratio),
        drying_s=float(weather.drying_s),
    )
    cls = _filled(
        len(names),
        CLASS,
        lap=by_class(lambda f: f.lap_s),
        lap_sd=by_class(lambda f: f.lap_s_sd),
        day_form=by_class(lambda f: f.day_form_s),
        driver_form=by_class(lambda f: f.driver_form_s),
        stint_form=by_class(lambda f: f.stint_form_s),
        fuel_lap=by_class(lambda f: f.fuel_lap_s),
        tyre_lap=by_class(lambda f: f.tyre_lap_s),
        cold_lap=by_class(lambda f: f.cold_lap_s),
        double_stint=by_class(lambda f: f.double_stint_s),
        night=by_class(lambda f: f.night_s),
        first_lap=by_class(lambda f: f.first_lap_s),
        stint_sd=by_class(lambda f: f.stint_laps_sd if book.pit.refuelling else 0.0),
        lane=by_class(lambda f: f.lane_s),
        refuel=by_class(lambda f: f.refuel_s),
        tyres=by_class(lambda f: f.tyres_s),
        driver_change=by_class(lambda f: f.driver_change_s),
        stop_scatter=by_class(lambda f: f.stop_scatter_s),
        stop_trouble=by_class(lambda f: f.stop_trouble),
        stop_trouble_s=by_class(lambda f: f.stop_trouble_s),
        retire_rate=by_class(lambda f: f.retire_per_h / HOUR_S),
        retire_log_sd=by_class(lambda f: f.retire_log_sd),
        repair_rate=by_class(lambda f: f.repair_per_h / HOUR_S),
        repair_log_sd=by_class(lambda f: f.repair_log_sd),
        repair_s=by_class(lambda f: f.repair_s),
        repair_length_log_sd=by_class(lambda f: f.repair_length_log_sd),
        incident_rate=by_class(lambda f: f.incident_per_h / HOUR_S),
        incident_s=by_class(lambda f: f.incident_s),
        penalty_rate=by_class(lambda f: f.penalty_per_h / HOUR_S),
        lapping=by_class(lambda f: f.lapping_s),
        lapped=by_class(lambda f: f.lapped_s),
        set_stints=np.array([f.tyres_every for f in figures], np.int32),
        pit_group=_groups(book.neutralisation.pit_opening, names, book),
        split_group=_groups(book.neutralisation.class_split, names, book),
    )
    car = _filled(
        n,
        CAR,
        car_class=car_class,
        grid_s=_grid(card),
        n_drivers=np.array([len(e.drivers) for e in entries], np.int32),
        first_driver=np.zeros(n, np.int32),
        pace=by_car(lambda e: e.pace_s),
        pace_sd=by_car(lambda e: e.pace_s_sd),
        driver_pace=_per_driver(entries, lambda e, d: e.drivers[d].pace_s),
        driver_pace_sd=_per_driver(entries, lambda e, d: e.drivers[d].pace_s_sd),
        stop_offset=by_car(lambda e: e.stop_s),
        stop_offset_sd=by_car(lambda e: e.stop_s_sd),
        stint_laps=np.array(own_stint, np.float64),
        reliability=by_car(lambda e: e.reliability),
        penalty_s=by_car(lambda e: e.penalty_s),
        tyres_every=np.array([card.classes[e.car_class].tyres_every for e in entries], np.int32),
        caution_stop=by_car(lambda e: card.classes[e.car_class].caution_stop_share),
        hold_s=0.0,
        early_laps=0.0,
        fuel_save=0.0,
        fuel_save_s=0.0,
        mistakes=_mistakes(entries),
        min_drive=time["min_drive"],
        max_drive=time["max_drive"],
        max_continuous=time["max_continuous"],
        min_rest=time["min_rest"],
        window=time["window"],
        window_max=time["window_max"],
        all_start=time["all_start"].astype(np.int32),
        stints_per_turn=_turns(card, own_stint),
    )
    return Params(
        race=one,
        cls=cls,
        car=car,
        noise=np.array([_noise(f.noise_s, f.noise_tail_s) for f in figures]),
        normal=rng.normal_table(),
        plan=records(n * 0, PLAN).reshape(n, 0),
        scenario=np.array(scenario, np.float64).reshape(len(scenario), 2),
    )


@lru_cache(maxsize=256)
def _noise(sd_s: float, tail_s: float) -> NDArray[np.float64]:
    """`rng.noise_table`, worked out once for every pair: it takes longer than the rest of a class, and what-ifs and
    seasons compile the same classes again and again. Only ever copied.
    """
    table = rng.noise_table(sd_s, tail_s)
    table.setflags(write=False)
    return table


def _filled(count: int, dtype: np.dtype[np.void], **fields: object) -> Records:
    """Records with every field of the dtype set; a field left out is a programming error."""
    missing = set(dtype.names or ()) ^ set(fields)
    if missing:
        raise TypeError(f"fields do not fit the contract: {sorted(missing)}")
    table = records(count, dtype)
    for name, values in fields.items():
        table[name] = values
    return table


def _per_driver(entries: Sequence[Entry], get: Callable[[Entry, int], float]) -> NDArray[np.float64]:
    table = np.zeros((len(entries), MAX_DRIVERS), np.float64)
    for i, entry in enumerate(entries):
        for d in range(len(entry.drivers)):
            table[i, d] = get(entry, d)
    return table


def _mistakes(entries: Sequence[Entry]) -> NDArray[np.float64]:
    """Factor on the class's rate of incidents by licence; a class's drivers have its rate on the average."""
    by_class: dict[str, list[float]] = {}
    for entry in entries:
        known = [MISTAKES[d.licence] for d in entry.drivers if d.licence is not None]
        by_class.setdefault(entry.car_class, []).extend(known)
    means = {name: sum(known) / len(known) if known else 1.0 for name, known in by_class.items()}

    def factor(entry: Entry, d: int) -> float:
        licence = entry.drivers[d].licence
        return 1.0 if licence is None else MISTAKES[licence] / means[entry.car_class]

    return _per_driver(entries, factor)


def _grid(card: RaceCard) -> NDArray[np.float64]:
    """When each car crosses the start line: by its place; cars without one behind, by class and pace."""

    def key(i: int) -> tuple[int, int, float, str]:
        entry = card.entries[i]
        lap = card.classes[entry.car_class].lap_s + entry.pace_s
        return (0 if entry.grid else 1, entry.grid or 0, lap, entry.car)

    order = sorted(range(len(card.entries)), key=key)
    grid = np.zeros(len(order), np.float64)
    for place, i in enumerate(order):
        grid[i] = place * GRID_GAP_S + card.entries[i].start_s
    return grid


def _turns(card: RaceCard, stint_laps: Sequence[float]) -> NDArray[np.int32]:
    turns = np.ones(len(card.entries), np.int32)
    if card.race.duration_s < 6 * HOUR_S:
        return turns
    for i, entry in enumerate(card.entries):
        stint_s = stint_laps[i] * card.classes[entry.car_class].lap_s
        turns[i] = min(MOST_TURN_STINTS, max(1, round(TURN_S / stint_s)))
    return turns


def _groups(groups: Groups, names: Sequence[str], book: RuleBook) -> NDArray[np.int32]:
    """The group each class of the card belongs to; classes named in no group join the last."""
    out = np.full(len(names), max(0, len(groups) - 1), np.int32)
    for c, name in enumerate(names):
        try:
            known = book.class_named(name)
        except KeyError:
            continue
        for number, group in enumerate(groups):
            if known.name in group or known.subclass_of in group:
                out[c] = number
    return out


def _procedure(book: RuleBook) -> tuple[int, int, int, int]:
    """Bunching, closed pits, wave-by and class split as the kernel codes them."""
    rules = book.neutralisation
    bunching = BUNCH_ONE
    if rules.regime == "le_mans_three_sc" or (rules.safety_cars >= 3 and not rules.drop_back):
        bunching = BUNCH_THREE
    elif rules.safety_cars == 0:
        bunching = BUNCH_NONE
    wave = {
        "none": WAVE_NONE,
        "lapped_only": WAVE_LAPPED,
        "ahead_of_class_leader": WAVE_AHEAD_OF_LEADER,
    }[rules.wave_by]
    split = 1 if rules.class_split or rules.drop_back else 0
    return bunching, 1 if rules.sc_pits_closed else 0, wave, split


def _distance(card: RaceCard, book: RuleBook) -> int:
    """Laps that end the race before its time: the card's, else the rule book's distance; 0: none."""
    if card.race.max_laps or book.race.limit == "time":
        return int(card.race.max_laps or 0)
    if book.race.laps:
        return int(book.race.laps)
    if book.race.distance_km and card.circuit.length_km:
        return math.ceil(book.race.distance_km / card.circuit.length_km)
    return 0


def _night(card: RaceCard) -> tuple[float, float]:
    """Dusk and dawn in race time, a daily window that may wrap."""
    began = _seconds(card.race.start_time)
    dusk, dawn = (
        _seconds(at or default) for at, default in zip((card.circuit.dusk, card.circuit.dawn), DUSK_DAWN, strict=True)
    )
    return (dusk - began) % DAY_S, (dawn - began) % DAY_S


def _seconds(clock: dt.time) -> float:
    return float(clock.hour * HOUR_S + clock.minute * 60 + clock.second)


def expected_laps(card: RaceCard) -> int:
    """Rows a trace of one race of this card can need: laps of the fastest class, all cars, and slack."""
    fastest = min(f.lap_s for f in card.classes.values())
    return math.ceil((card.race.duration_s / fastest * 1.6 + 20) * len(card.entries))
