"""Figures from forecasts, as matplotlib `Figure`s in one house style."""

from langstrecke.plots.bars import overall_bars, win_bars
from langstrecke.plots.change import win_changes
from langstrecke.plots.export import save, to_svg
from langstrecke.plots.heatmap import position_heatmap
from langstrecke.plots.laps import laps_and_retirement

__all__ = ["laps_and_retirement", "overall_bars", "position_heatmap", "save", "to_svg", "win_bars", "win_changes"]
