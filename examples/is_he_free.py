"""
When was Kevin Magnussen free to race at Le Mans?
=================================================

His Formula 1 weekends of 2019 beside Le Mans and IMSA. Le Mans fell a week from either Grand Prix: he could have
raced (blue). Five of IMSA's rounds clash (red), two of its long ones, Sebring and Petit Le Mans, among them.
"""

import argparse

import langstrecke as ls
from langstrecke.paddock.calendars import meeting_json, report
from langstrecke.paddock.registry import load_registry

ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
ask.add_argument("--driver", default="Kevin Magnussen")
ask.add_argument("--year", type=int, default=2019)
ask.add_argument("--out", default="is_he_free.png", help="the figure: .png, .svg or .pdf")
asked = ask.parse_args()

registry = load_registry()
found = report(registry, asked.year, asked.driver, against=["le-mans", "imsa"])
names = {key: series.short for key, series in registry.series.items()}
own = [meeting_json(m) | {"verdict": "own"} for m in found.busy]
other = [meeting_json(c.meeting) | {"verdict": c.verdict} for c in found.chances]
days = [m | {"series_name": names[m["series"]]} for m in own + other]
print(f"free: {', '.join(m['races'][0] for m in other if m['verdict'] == 'free')}")
figure = ls.plots.days_of_a_year(f"{asked.driver} in {asked.year}", asked.year, days)
ls.plots.save(figure, asked.out)
