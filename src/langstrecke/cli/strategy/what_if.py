"""The verbs `what-if` and `optimise`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rich.text import Text

from langstrecke.cli.asking import asks, option, request, settings_of
from langstrecke.cli.figures import check_figure
from langstrecke.cli.options import Figure, Json, Store
from langstrecke.cli.progress import progress
from langstrecke.cli.strategy.differences import MEANS, either_way, points, verdict
from langstrecke.cli.strategy.what_if_past import what_if_at
from langstrecke.cli.terminal import grid, noted, print_json, screen
from langstrecke.errors import LangstreckeError
from langstrecke.formatting import plural, printable
from langstrecke.services.requests.strategy import OptimiseAsk, WhatIfAsk, WhatIfThenAsk

if TYPE_CHECKING:
    from langstrecke.strategy.counterfactual.before_race import CarChange, WhatIf
    from langstrecke.strategy.search import Found

SHOWN_CARS = 8
CARD_WAY = "as the card has it"
"""A plan that changes nothing, in its own words."""


@asks(WhatIfAsk, "card", leave=("gaps",))
def what_if_verb(
    ask: WhatIfAsk,
    at: Annotated[str | None, option(WhatIfThenAsk, "at")] = None,
    store: Store = None,
    other_card: Annotated[str | None, option(WhatIfThenAsk, "card")] = None,
    figure: Figure = None,
    as_json: Json = False,
) -> None:
    """Say what a change is worth: the difference in odds, with its interval, on the same luck.

    With --at the race is replayed up to a moment and one decision of a car changed: --set stop=now (or stay, or
    'lap 286'), fuel=full (or laps), tyres=new (or keep), driver=NAME, penalty=SECONDS, repair=SECONDS.
    """
    from langstrecke.racecard import grounds
    from langstrecke.services.answers.strategy import AS_PLAYED
    from langstrecke.services.racecards import card_of
    from langstrecke.services.strategy import what_if_answer, what_if_result
    from langstrecke.strategy.counterfactual.decision import KEYS

    check_figure(figure)
    if at is not None:
        if ask.car is None:
            raise LangstreckeError("whose decision is to be changed?", hint="--car NUMBER")
        values = ask.model_dump(exclude={"card", "gaps"}) | {"race": ask.card, "at": at, "card": other_card}
        what_if_at(settings_of(store), request(WhatIfThenAsk, values), figure, as_json=as_json)
        return
    if other_card is not None:
        raise LangstreckeError("--card goes with --at", hint="--at 10:08:00 names the moment")
    for text in ask.settings:
        if text.partition("=")[0].strip() in KEYS:
            raise LangstreckeError(f"{text} is a decision of a race that was driven", hint="--at TIME --car NUMBER")
    with progress("what if") as step:
        result = what_if_result(settings_of(store), ask.model_copy(update={"gaps": figure is not None}), step=step)
    card = card_of(settings_of(store), ask.card)
    race = card.race.name
    if figure is not None:
        _gap_figure(result, race, figure)
    if as_json:
        print_json(what_if_answer(result, list(grounds(card))))
        return
    _print_what_if(result, race)
    noted((AS_PLAYED, *grounds(card)))


def _gap_figure(result: WhatIf, race: str, path: Path) -> None:
    from langstrecke.cli.figures import save_figure
    from langstrecke.plots.strategy import GapLine, gap_chart

    lines = [
        GapLine(label, gaps.hours, gaps.low, gaps.middle, gaps.high)
        for label, gaps in (("as it is", result.before), ("what if", result.after))
        if gaps is not None
    ]
    what = result.changes[0] if result.changes else "changed"
    legend = f"What if: {what}. Median and middle half of the simulated races the car finished."
    save_figure(gap_chart(lines, f"{race}: car {result.focus}", legend), path)


def _print_what_if(result: WhatIf, race: str) -> None:
    out = screen()
    out.print(Text(printable(race), "bold"))
    for change in result.changes:
        out.print(Text.assemble(("what if  ", "yellow"), printable(change)))
    columns = ("class win", "change in points", "podium", "change in points", "place in class")
    table = grid("car", "class", right=columns)
    focus = result.of(result.focus) if result.focus in {c.car for c in result.cars} else None
    if focus is not None:
        out.print(Text(verdict(f"Car {focus.car} wins {focus.car_class}", focus.win), "bold"))
    moved = (c for c in result.cars if c is not focus and (c.win.change or c.podium.change or c.place.change))
    rest = sorted(moved, key=lambda c: -abs(c.win.change))
    for c in ([focus] if focus else []) + rest[: SHOWN_CARS - 1]:
        table.add_row(
            c.car,
            c.car_class,
            f"{100 * c.win.before:.1f} → {100 * c.win.after:.1f} %",
            points(c.win),
            f"{100 * c.podium.before:.1f} → {100 * c.podium.after:.1f} %",
            points(c.podium),
            f"{c.place.before:.2f} → {c.place.after:.2f}",
        )
    out.print(table)
    if focus is not None:
        o = focus.overall_win
        out.print(f"overall win of car {focus.car}: {100 * o.before:.2f} → {100 * o.after:.2f} %", highlight=False)
    out.print(Text(f"{_luck(result.races, focus)}\n{MEANS}", "dim"))
    for g in result.ignorance:
        low, high = (f"{g.pace_s + s * 1.96 * g.sd_s:+.2f}" for s in (-1, 1))
        what = f"{printable(g.driver)} is rated {g.pace_s:+.2f} s a lap (95 %: {low} to {high}; {g.evidence}). "
        what += f"At his possible best {points(g.best)} points of class win, at his possible worst {points(g.worst)}"
        out.print(Text(what))


def _luck(races: int, car: CarChange | None) -> str:
    """How many races were played, and how many without shared luck would tell as much."""
    text = f"{plural(races, 'race')} each way on the same luck"
    if car is None or not car.win.gain or not car.place.gain:
        return text
    win, place = car.win.gain, car.place.gain
    return f"{text}, as good as {win:.1f} times as many independent ones for the win, {place:.1f} for the place"


@asks(OptimiseAsk, "card")
def optimise_verb(ask: OptimiseAsk, store: Store = None, figure: Figure = None, as_json: Json = False) -> None:
    """Search for the best plan of a car: stints, yellows, tyres, fuel, drivers; and what the second best costs."""
    from langstrecke.racecard import grounds
    from langstrecke.services.answers.strategy import OptimiseAnswer
    from langstrecke.services.racecards import card_of
    from langstrecke.services.strategy import optimise_result

    check_figure(figure)
    with progress("races") as step:
        found = optimise_result(settings_of(store), ask, step=step)
    card = card_of(settings_of(store), ask.card)
    race = card.race.name
    if figure is not None:
        _search_figure(found, race, figure)
    if as_json:
        print_json(OptimiseAnswer.of(found, notes=grounds(card)))
        return
    _print_found(found, race)
    noted(grounds(card))


def _scale(found: Found) -> tuple[float, str]:
    return (100.0, "%") if found.goal.unit == "share" else (1.0, found.goal.unit)


def _search_figure(found: Found, race: str, path: Path) -> None:
    from langstrecke.cli.figures import save_figure
    from langstrecke.plots.strategy import Step, difference_bars

    k, _ = _scale(found)
    rows = [
        Step(j.words, k * j.against_card.change, k * j.against_card.low, k * j.against_card.high)
        for j in found.best
        if j.words != CARD_WAY
    ]
    unit = "points" if k > 1 else found.goal.unit
    title = f"{race}: car {found.car}, {found.goal.title} against the card's own way"
    legend = f"Difference in {found.goal.title} with its 95 % interval, {found.fresh:,} fresh races on the same luck."
    save_figure(difference_bars(rows, title, legend, unit), path)


def _found_verdict(found: Found) -> str:
    """The answer in one sentence: two searches may name another of several plans that come to the same."""
    k, _ = _scale(found)
    first, unit = found.best[0], "points" if k > 1 else found.goal.unit
    gain = f"{either_way(k * first.against_card.change, k * 1.96 * first.against_card.se)} {unit}"
    if first.against_card.low > 0.0:
        return f"{first.words[0].upper()}{first.words[1:]}: {gain} against the card's own way."
    near = "" if first.words == CARD_WAY else f"; {first.words} comes nearest ({gain})"
    return f"No plan tried is clearly better than the card's own way{near}."


def _print_found(found: Found, race: str) -> None:
    out = screen()
    k, unit = _scale(found)
    title = Text.assemble((printable(race), "bold"), f"  car {found.car}: {found.goal.title}")
    columns = (f"{found.goal.title}, {unit}", "± (95 %)", "against the best", "against the card")
    out.print(title)
    out.print(Text(_found_verdict(found), "bold"))
    table = grid("plan", right=columns)
    for j in found.best:
        score = abs(j.score) if found.goal.name == "overall" else j.score
        table.add_row(
            Text(j.words),
            f"{k * score:.1f}",
            f"{k * 1.96 * j.se:.1f}",
            "" if j is found.best[0] else either_way(k * j.against_best.change, k * 1.96 * j.against_best.se),
            either_way(k * j.against_card.change, k * 1.96 * j.against_card.se),
        )
    out.print(table)
    equal = [j.words for j in found.best[1:] if j.as_good]
    if equal:
        out.print(Text("as good, as far as these races can tell: " + "; ".join(equal)))
    if found.drivers:
        j = found.drivers[0]
        change = either_way(k * j.against_best.change, k * 1.96 * j.against_best.se)
        out.print(Text(f"of other drivers' orders: {j.words}, {change}"))
    price = found.price
    tried = f"{plural(found.tried, 'plan')}, {plural(found.played, 'race')} in {found.seconds:.0f} s"
    out.print(
        f"price of the second best: {abs(k * price.change):.2f} ± {k * 1.96 * price.se:.2f}; {tried}, "
        f"{found.fresh:,} fresh ones for each finalist",
        highlight=False,
        style="dim",
    )
    out.print(found.tyres.describe(), highlight=False, style="dim")
    if found.at_ends is not None:
        few, many = (either_way(k * d.change, k * 1.96 * d.se) for d in found.at_ends)
        text = f"the best plan against the card's own: {few} if tyres wear as little as may be, {many} if as much"
        out.print(text, highlight=False, style="dim")
