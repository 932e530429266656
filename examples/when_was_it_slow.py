"""
When was a race slowed?
=======================

The speed of the whole field over time, neutralised stretches shaded. Without a file a simulated race is shown; any
lap file that the workbench reads will do: when_was_it_slow.py LAPS.csv. Yellows come in clusters.
"""

import argparse

import matplotlib.pyplot as plt

import langstrecke as ls
from langstrecke.plots.style import ACCENT, ACTUAL, INK, LINE, MUTED
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
axes.plot([n * BIN_S / 3600 for n in range(len(speed))], speed.clip(0, 1.2), color=ACCENT, linewidth=0.8)
for start_s, end_s in periods.select("start_s", "end_s").rows():
    axes.axvspan(start_s / 3600, end_s / 3600, color=ACTUAL, alpha=0.15, linewidth=0)
axes.set_title(
    "The field's speed, 1 being its green pace; shaded: neutralised", loc="left", color=INK, weight="bold", size=9
)
axes.set(xlabel="hours", ylim=(0, 1.25), frame_on=False)
axes.grid(color=LINE, linewidth=0.7)
axes.tick_params(length=0, labelsize=8, labelcolor=MUTED)
print(f"{periods.height} neutralisations, {(periods['end_s'] - periods['start_s']).sum() / 60:.0f} min")
ls.plots.save(figure, asked.out)
