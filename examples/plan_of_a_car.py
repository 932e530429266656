"""
Who drives when, by the rule book?
==================================

A plan for the Corvette at Le Mans 2019: stints, laps, new tyres, hours at the wheel. Every drive-time rule is kept;
the plan is for a race that stays green and has to be made again after a yellow. Needs the extra plan.
"""

import argparse

import langstrecke as ls

ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
ask.add_argument("--car", default="63")
ask.add_argument("--seconds", type=float, default=4.0, help="to look for the best rota")
ask.add_argument("--out", default="plan_of_a_car.png", help="the figure: .png, .svg or .pdf")
asked = ask.parse_args()

plan = ls.plan(ls.load_card("le-mans-2019"), asked.car, limit_s=asked.seconds)
for driver in plan.drivers:
    print(f"{driver}: {plan.driven_s(driver) / 3600:.1f} h")
print("legal" if not plan.violations else plan.violations)
figure = ls.plots.plan_timeline(plan)
ls.plots.save(figure, asked.out)
