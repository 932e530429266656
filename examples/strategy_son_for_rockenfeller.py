"""What would Kevin Magnussen have been worth in his father's Corvette at Le Mans 2019?

    python examples/strategy_son_for_rockenfeller.py

Prints the change in class wins with what is not known about him, and draws it and a plan for the car.
"""

from __future__ import annotations

import langstrecke as ls

KEVIN = {"name": "Kevin Magnussen", "licence": "platinum"}
CHANGE = {"replace": [{"car": "63", "out": "Mike Rockenfeller", "in": KEVIN}]}

card = ls.load_card("le-mans-2019")
result = ls.what_if(card, CHANGE, car="63", races=2000)
win = result.of("63").win
print(f"class win {100 * win.before:.1f} -> {100 * win.after:.1f} %: {100 * win.change:+.1f} points")
for him in result.ignorance:
    print(f"{him.driver}, {him.evidence}: {100 * him.worst.change:+.1f} to {100 * him.best.change:+.1f} points")

plan = ls.plan(ls.changed(card, CHANGE), "63")
print("rota legal:", not plan.violations, {d: round(plan.driven_s(d) / 3600, 1) for d in plan.drivers})
ls.plots.save(ls.plots.what_if_bars(result), "change.png")
ls.plots.save(ls.plots.plan_timeline(plan), "plan.png")
