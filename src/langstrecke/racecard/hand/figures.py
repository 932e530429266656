"""Class figures, neutralisations and weather of a card by hand: the priors' means, and what a sheet knows better."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from langstrecke.paddock.climate import rain_against
from langstrecke.racecard.schema import ClassFigures, Neutralisation, Weather
from langstrecke.ratings.race_priors import load_race_priors
from langstrecke.ratings.rate import NIGHT
from langstrecke.ratings.rate_circuit import wet_at_the_start

LAP_SD = 0.006
"""Uncertainty of an estimated lap time, share (the project's own)."""
WIDER_LOG_SD = 0.5
"""Log uncertainty of rates that come from other series."""


def class_figures(table: dict[str, Any], rnd: dict[str, Any]) -> ClassFigures:
    """Figures of one class at one round. `table` names the group of priors, `offset` the class's share behind."""
    priors = load_race_priors("all")
    kind = f"all.{table['group']}"
    figures = {name: prior.mean for name, prior in priors.figures[kind].items()}
    rates = priors.rates[kind]
    lap = rnd["lap_s"] * (1 + table.get("offset", 0.0))
    tau = math.exp(figures["log_tau"])
    given = table.get("figures", {}) | rnd.get("figures", {}) | rnd.get("class_figures", {}).get(table["name"], {})
    return ClassFigures.model_validate(
        {
            "lap_s": round(lap, 3),
            "lap_s_sd": round(lap * rnd.get("lap_sd_share", LAP_SD), 3),
            "noise_s": lap * math.exp(figures["log_sigma"]),
            "noise_tail_s": lap * tau,
            "day_form_s": lap * 0.001,
            "stint_form_s": lap * math.exp(figures["log_stint_sd"]),
            "fuel_lap_s": 0.0,
            "tyre_lap_s": lap * max(figures["slope"], 0.0),
            "cold_lap_s": lap * max(figures["cold"], 0.0),
            "night_s": lap * NIGHT,
            "first_lap_s": lap * 0.02,
            "stint_laps": rnd["stint_s"] / lap,
            "stint_laps_sd": 0.3,
            "lane_s": rnd["lane_s"],
            "refuel_s": figures["refuel"],
            "tyres_s": 16.0,
            "driver_change_s": 20.0,
            "stop_scatter_s": figures["scatter"] * 0.6,
            "stop_trouble": figures["trouble"] * 0.6,
            "stop_trouble_s": figures["trouble_s"],
            "retire_per_h": rates["retire"].per_h,
            "retire_log_sd": WIDER_LOG_SD,
            "repair_per_h": rates["repair"].per_h,
            "repair_log_sd": WIDER_LOG_SD,
            "repair_s": rates["repair_s"].per_h,
            "repair_length_log_sd": rates["repair_s"].events,
            "incident_per_h": rates["incident"].per_h,
            "incident_s": rates["incident_s"].per_h,
            "lapping_s": 0.0,
            "lapped_s": 0.0,
            "caution_stop_share": rates["caution_share"].per_h,
            **given,
        }
    )


def neutralisation(table: dict[str, Any]) -> Neutralisation:
    """Rates as the sheet gives them, with a wide spread of what is not known."""
    return Neutralisation.model_validate({"rate_log_sd": WIDER_LOG_SD, **table})


def weather(table: dict[str, Any], circuit: str, date: dt.date) -> Weather:
    """The sheet's weather; how often showers come, where it does not say, by the circuit's climate in that month."""
    prior = load_race_priors("all").of_series("other", date.year)
    per_h = prior.showers.per_h * rain_against(circuit, date.month, prior.rain_share)
    by_climate = {"rain_per_h": round(per_h, 5), "wet_start": round(wet_at_the_start(per_h), 5)}
    return Weather.model_validate(by_climate | table)
