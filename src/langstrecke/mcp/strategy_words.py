"""Plans, calls and what-ifs as an assistant is told them: the verdict first, then why, then what is not known."""

from __future__ import annotations

from langstrecke.formatting import percent, plural, printable, race_time, surname
from langstrecke.mcp.telling import card_source, cut, places, points, told
from langstrecke.services.answers.strategy import (
    CallAnswer,
    CarChange,
    OptionAnswer,
    PlanAnswer,
    WhatIfAnswer,
    WindowAnswer,
)
from langstrecke.services.requests.strategy import CallAsk, PlanAsk, WhatIfAsk, WindowAsk
from langstrecke.services.settings import Settings

OTHERS = 4
"""Cars a change moves that are told beside the one asked about."""


def what_if(settings: Settings, ask: WhatIfAsk, found: WhatIfAnswer) -> str:
    """What a change is worth."""
    lines = [f"{found.race}, what if {'; '.join(map(printable, found.changes))}"]
    focus = [car for car in found.cars if car.car == found.focus]
    others = sorted((car for car in found.cars if car.car != found.focus), key=lambda car: -abs(car.win.change))
    lines += [_change(car) for car in focus]
    lines += [_change(car) for car in others[:OTHERS]]
    for one in found.not_known:
        low, high = one.win_change_at_worst, one.win_change_at_best
        lines.append(
            f"{printable(one.driver)}'s pace is a guess ({one.evidence}): {one.pace_s:+.2f} s a lap, standard "
            f"deviation {one.pace_s_sd:.2f}. At his worst {points(low)} of class win, at his best {points(high)}."
        )
    lines.append(f"{plural(found.races, 'race')} each way on the same luck, seed {found.seed}.")
    return told(lines, found.notes, card_source(settings, ask.card))


def _change(car: CarChange) -> str:
    win = f"class win {percent(car.win.before)} to {percent(car.win.after)}, {points(car.win)}"
    return f"#{car.car} ({car.car_class}): {win}; place in class {places(car.place)}"


def plan(settings: Settings, ask: PlanAsk, found: PlanAnswer) -> str:
    """Stops and rota."""
    drivers = ", ".join(f"{surname(name)} {race_time(s, short=True)} h" for name, s in found.drive_time_s.items())
    if not found.judged:
        verdict = f"no rule was checked: rule book {found.rulebook} does not list {found.car_class}"
    elif found.legal:
        verdict = f"legal by rule book {found.rulebook}"
    else:
        verdict = f"NOT legal by rule book {found.rulebook}: " + "; ".join(found.violations)
    lines = [
        f"{found.race}, #{found.car}: {plural(len(found.stops), 'stop')}; {verdict}.",
        f"At the wheel: {drivers}.",
        f"Rota: {'proven best' if found.proven else 'the best found in the time given, not proven best'}"
        + ("." if found.gap_s is None else f"; at most {found.gap_s:.0f} s from the best there can be."),
    ]
    for stint, stop in zip(found.stints, [None, *found.stops], strict=False):
        begins = "start" if stop is None else f"stop after lap {stop.lap} ({stop.cost_s:.0f} s, tyres {stop.tyres})"
        lines.append(f"  {race_time(stint.start_s)} {begins}: {surname(stint.driver)}, {plural(stint.laps, 'lap')}")
    lines.append("Planned for a race that stays green; after a yellow or a long stop it has to be made again.")
    return told(lines, found.notes, card_source(settings, ask.card))


def call(settings: Settings, ask: CallAsk, found: CallAnswer) -> str:
    """Pit or stay."""
    lines = [f"{found.race}, #{found.car} at {race_time(found.at_s)} of race time: {found.headline}"]
    lines += [f"  {reason}" for reason in found.reasons]
    lines.append(f"Against {found.against}:")
    lines += cut([f"  {_option(option)}" for option in found.options], 6, "option")
    if found.like_staying_out:
        lines.append(f"Like {found.against}: " + "; ".join(found.like_staying_out))
    lines += [f"A yellow in {plural(y.in_laps, 'lap')}: {y.advice}" for y in found.yellow]
    lines.append(f"{plural(found.races, 'race')} for each option on the same luck, seed {ask.seed}.")
    source = f"timing of {found.race} in the store until then; {card_source(settings, ask.card or ask.race)}"
    return told(lines, found.notes, source)


def _option(option: OptionAnswer) -> str:
    return f"{option.option}: class win {points(option.win)}; place in class {places(option.place)}"


def window(settings: Settings, ask: WindowAsk, found: WindowAnswer) -> str:
    """The pit window: verdict, the laps that were played, undercut, saving, fall-off."""
    green, now = found.stop_s
    lines = [
        f"{found.race}, #{found.car} at {race_time(found.at_s)} of race time: {found.headline}",
        f"Fuel for {found.fuel_left:.1f} laps (standard deviation {found.fuel_left_sd:.1f}); a stop now costs "
        + f"{now:.0f} s"
        + (f" of green running, under green {green:.0f}." if found.neutral else "."),
        "Stop at the end of the lap, against staying out:",
    ]
    laps = {lap.in_laps: lap for lap in found.laps}
    for worth in found.played:
        lap = laps[worth.in_laps]
        told_of = f"  in {plural(worth.in_laps, 'lap')}: {places(worth.place)}, class win {points(worth.win)}"
        if lap.cost_s is not None:
            told_of += f"; costs {lap.cost_s:.0f} s, rejoins P{lap.place} in class, {plural(lap.traffic or 0, 'car')}"
            told_of += " within 12 s up the road"
        if lap.yellow is not None:
            told_of += f"; a yellow by then {percent(lap.yellow)}"
        if lap.green is not None:
            told_of += f"; green again by then {percent(lap.green)}"
        lines.append(told_of)
    if found.undercut:
        gains = (
            f"{plural(u.laps, 'lap')} {u.gain_s:+.1f} s ({u.low_s:+.1f} to {u.high_s:+.1f})" for u in found.undercut
        )
        lines.append(f"Undercut of #{found.rival}, traffic left out: " + "; ".join(gains))
    savings = [s for s in found.saving if s.share > 0.0]
    if savings:
        told_of = "; ".join(f"{percent(s.share)}: {s.lap_s:.2f} s a lap, lasts {percent(s.lasts)}" for s in savings)
        lines.append(f"Saving fuel to the flag: {told_of}")
    for s in found.fall_off[-2:]:
        low, high = s.slope_range_s
        lines.append(
            f"Stint {s.stint}, {surname(s.driver)}: {s.slope_s:+.3f} s a lap ({low:+.3f} to {high:+.3f}) over "
            f"{plural(s.clean_laps, 'clean lap')}"
        )
    lines.append(f"{plural(found.races, 'race')} for each lap on the same luck, seed {ask.seed}.")
    source = f"timing of {found.race} in the store until then; {card_source(settings, ask.card or ask.race)}"
    return told(lines, found.notes, source)
