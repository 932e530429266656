"""
What is Jan Magnussen's record at Le Mans?
==========================================

The place in class of every race since 1999: amber for a class win, red without a place. Four wins, all with Corvette
and all by 2009; the last decade brought podiums and retirements.
"""

import argparse

import langstrecke as ls
from langstrecke.paddock.careers import career
from langstrecke.paddock.registry import load_registry
from langstrecke.plots import Mark

ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
ask.add_argument("--driver", default="Jan Magnussen")
ask.add_argument("--out", default="career_at_le_mans.png", help="the figure: .png, .svg or .pdf")
asked = ask.parse_args()

registry = load_registry()
found = career(registry, asked.driver, series="le-mans")
marks = [
    Mark(r.event.race_day, r.entry.class_position, "Le Mans", r.team, r.entry.class_win, r.entry.started)
    for r in found.rows
]
print(f"{found.driver.name}: started {found.started}, class wins {found.class_wins}")
figure = ls.plots.career_figure(f"{found.driver.name} at Le Mans", marks)
ls.plots.save(figure, asked.out)
