"""Forecasts for people: terminal tables and the one-file HTML report."""

from __future__ import annotations

from pathlib import Path

from langstrecke.forecast import Forecast
from langstrecke.report.terminal import forecast_view

__all__ = ["forecast_view", "write_report"]


def write_report(forecast: Forecast, path: str | Path, *, before: Forecast | None = None, again: str = "") -> None:
    """Write the report: one HTML file that needs nothing else.

    `before` is the forecast without the what-if, `again` the command line that makes the same once more.
    """
    # Here, not above: the terminal does not need matplotlib, which takes half a second to load.
    from langstrecke.report.page import write_page

    write_page(forecast, path, before, again)
