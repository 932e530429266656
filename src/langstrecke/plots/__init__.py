"""Figures from results, as matplotlib `Figure`s in one house style.

    ls.plots.win_bars(odds, "GTD")            # a figure of its own; a notebook shows it
    ls.plots.win_bars(odds, "GTD", ax=axes)   # the same in axes of yours, written as small as they need
    ls.plots.save(figure, "gtd.png")

Every function that draws takes `ax`. Times are seconds or hours, as the axis says, probabilities per cent.
NotFoundError for a class or car that the result does not have.
"""

from langstrecke.plots.bars import overall_bars, win_bars
from langstrecke.plots.career import Mark, career_figure
from langstrecke.plots.change import win_changes
from langstrecke.plots.export import save, to_svg
from langstrecke.plots.heatmap import position_heatmap
from langstrecke.plots.laps import laps_and_retirement
from langstrecke.plots.race import CarGaps, car_gaps, race_gaps
from langstrecke.plots.ratings import rating_intervals
from langstrecke.plots.results import plan_timeline, what_if_bars
from langstrecke.plots.season import days_of_a_year, final_points, title_odds, variants_bars
from langstrecke.plots.session import gaps, lap_times, stints
from langstrecke.plots.strategy import Bar, GapLine, Step, difference_bars, gap_chart, stint_timeline
from langstrecke.plots.window import fall_off_chart, window_chart

__all__ = [
    "Bar",
    "CarGaps",
    "GapLine",
    "Mark",
    "Step",
    "car_gaps",
    "career_figure",
    "days_of_a_year",
    "difference_bars",
    "fall_off_chart",
    "final_points",
    "gap_chart",
    "gaps",
    "lap_times",
    "laps_and_retirement",
    "overall_bars",
    "plan_timeline",
    "position_heatmap",
    "race_gaps",
    "rating_intervals",
    "save",
    "stint_timeline",
    "stints",
    "title_odds",
    "to_svg",
    "variants_bars",
    "what_if_bars",
    "win_bars",
    "win_changes",
    "window_chart",
]
