"""A team's plan in sentences, the same wherever it is read."""

from __future__ import annotations

from langstrecke.formatting import percent, plural, race_time
from langstrecke.strategy.plan.team.model import TeamPlan
from langstrecke.strategy.plan.team.odds import PlanOdds


def margins(plan: TeamPlan) -> list[str]:
    """Laps, stops, margins, what saving buys, in sentences."""
    unit = plan.team.car.unit
    stops = len(plan.stints) - 1
    last = plan.stints[-1]
    found = [f"{plan.laps} laps, {plural(stops, 'stop')}; at the flag fuel for {last.spare_laps:.1f} laps more"]
    tight = min(plan.stints, key=lambda s: s.spare_laps)
    number = plan.stints.index(tight) + 1
    if tight is not last:
        found.append(f"the tightest stint is {number}: fuel for {tight.spare_laps:.1f} laps more")
    if stops and last.added:
        found.append(
            f"the last stop brings {last.added:.1f} {unit} for {plural(last.laps, 'lap')}, {last.stop_s:.0f} s"
        )
    if plan.flag_s is not None:
        found.append(f"{plan.flag_s:.0f} s quicker over the race means a lap more")
    if plan.lap_of_fuel_s:
        found.append(f"a lap of fuel takes {plan.lap_of_fuel_s:.1f} s to put in")
    saving = plan.saving
    if saving is not None:
        found.append(
            f"saving {percent(saving.share)} of the fuel ({saving.use:.3f} {unit} a lap) needs "
            f"{plural(saving.stops, 'stop')} instead of {stops} and gains {saving.gain_s:.0f} s: it pays while it "
            f"costs less than {saving.break_even_s:.2f} s a lap"
        )
    elif stops and plan.team.car.refuel and not last.driven and not any(s.driven for s in plan.stints):
        found.append("no saving up to a quarter of the fuel spares a stop")
    return found


def odds_words(odds: PlanOdds) -> list[str]:
    """How likely the plan holds, and what else happens; the premises stand in `odds.premises`."""
    text = f"The plan holds in {percent(odds.holds, odds.races)} of {odds.races} races"
    text += f"; a stop more in {percent(odds.more_stops, odds.races)}"
    found = [text + f", one fewer in {percent(odds.fewer_stops, odds.races)}"]
    for risk in odds.drivers:
        if risk.away:
            found.append(f"{risk.driver} is wanted while away in {percent(risk.away, odds.races)}")
        if risk.rule:
            found.append(f"a rule on {risk.driver} is broken in {percent(risk.rule, odds.races)}")
    spread = odds.starts_s[-1]
    if len(odds.starts_s) > 1 and spread[0] == spread[0]:
        found.append(
            f"the last stint begins between {race_time(spread[0])} and {race_time(spread[2])} in 8 of 10 races"
        )
    return found


def quality(plan: TeamPlan) -> str:
    """How good the rota is, as far as that is proven."""
    if plan.gap_s is None:
        return "a rota, how good is not known (--limit gives more time)"
    if plan.proven:
        return "the best rota for these stops, proven"
    return f"within {plan.gap_s:.1f} s over the race of the best rota for these stops"
