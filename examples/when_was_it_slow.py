"""
When was a race slowed?
=======================

The speed of the whole field over time, neutralised stretches shaded. Without a file a simulated race is shown; any
lap file that the workbench reads will do: when_was_it_slow.py LAPS.csv. Yellows come in clusters.
"""

import argparse

import matplotlib.pyplot as plt

import langstrecke as ls
from langstrecke.simulation import simulate_laps
from langstrecke.timing.derive.pace import BIN_S, field_speed

ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
ask.add_argument("file", nargs="?", help="a lap file of any known provider")
ask.add_argument("--out", default="when_was_it_slow.png", help="the figure: .png, .svg or .pdf")
asked = ask.parse_args()

card = ls.load_card("imsa-2021-sebring")
laps = ls.load(asked.file).laps if asked.file else simulate_laps(card, race=4711)
periods = ls.Session("race", "", "laps", laps, laps).periods
speed = field_speed(laps).speed
figure, axes = plt.subplots(figsize=(9.6, 3.2), layout="constrained")
axes.plot([n * BIN_S / 3600 for n in range(len(speed))], speed, linewidth=0.8)
for start_s, end_s in periods.select("start_s", "end_s").rows():
    axes.axvspan(start_s / 3600, end_s / 3600, color="gold", alpha=0.4, linewidth=0)
axes.set(xlabel="hours", ylabel="speed of the field\n(1: its green pace)", ylim=(0, 1.3))
print(f"{periods.height} neutralisations, {(periods['end_s'] - periods['start_s']).sum() / 60:.0f} min")
ls.plots.save(figure, asked.out)
