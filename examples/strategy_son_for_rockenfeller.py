"""What would Kevin Magnussen have been worth in his father's Corvette at Le Mans 2019?

    python examples/strategy_son_for_rockenfeller.py

Prints the change in class wins with what is not known about him, and writes the gap chart.
"""

from __future__ import annotations

from langstrecke.plots import save
from langstrecke.plots.strategy import GapLine, gap_chart
from langstrecke.racecard import apply_patch, load_card
from langstrecke.strategy import make_plan, what_if

PATCH = """
[[replace]]
car = "63"
out = "Mike Rockenfeller"
in = { name = "Kevin Magnussen", licence = "platinum" }
"""

card = load_card("le-mans-2019")
result = what_if(card, PATCH, car="63", races=2000, gaps=True)
win = result.of("63").win
print(f"class win {100 * win.before:.1f} -> {100 * win.after:.1f} %: {100 * win.change:+.1f} points")
for him in result.ignorance:
    print(f"{him.driver}, {him.evidence}: {100 * him.worst.change:+.1f} to {100 * him.best.change:+.1f} points")

plan = make_plan(apply_patch(card, PATCH), "63")
print("rota legal:", not plan.violations, {d: round(plan.driven_s(d) / 3600, 1) for d in plan.drivers})

if result.before is not None and result.after is not None:
    lines = [
        GapLine(label, gaps.hours, gaps.low, gaps.middle, gaps.high)
        for label, gaps in (("Rockenfeller", result.before), ("K. Magnussen", result.after))
    ]
    legend = "Median and middle half of the races it finished."
    save(gap_chart(lines, "Le Mans 2019: the 63 Corvette", legend), "gap.png")
