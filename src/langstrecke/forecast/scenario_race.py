"""A race played in variants with the same luck: who wins, and who beats whom."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np

from langstrecke.errors import NotFoundError
from langstrecke.forecast.names import surname
from langstrecke.forecast.scenario_ask import Ask, signed
from langstrecke.forecast.scenario_stops import with_other_stops
from langstrecke.forecast.season_cards import plan_card
from langstrecke.forecast.season_play import BLOCK, play_block, stage
from langstrecke.forecast.season_points import I16
from langstrecke.paddock import calendars, careers
from langstrecke.paddock.registry import load_registry
from langstrecke.racecard import RaceCard, apply_patch, load_card

VERDICTS = {"free": "was free", "tight": "had too little time to travel", "clash": "raced elsewhere"}
FRONT = 10
"""A duel is told again for races in which both cars are among the first so many."""


def play_card(card: RaceCard, ask: Ask, stops: Sequence[dict[str, Any]] = ()) -> tuple[I16, I16]:
    """Places in class and overall of every race, [races, cars]; draws are by name, so variants share their luck."""
    races, seed, threads = ask.races, ask.seed, ask.threads
    st = stage(plan_card(card), load_registry(), {})
    st = replace(st, params=with_other_stops(st.params, card, stops, ask.name))
    blocks = [(b, min(BLOCK, races - b * BLOCK)) for b in range(-(-races // BLOCK))]
    with ThreadPoolExecutor(max(1, threads or os.cpu_count() or 1)) as pool:
        found = [part[0][0] for part in pool.map(lambda b: play_block([st], seed, *b), blocks)]
    return np.concatenate([f.in_class for f in found]), np.concatenate([f.overall for f in found])


def race_answer(ask: Ask) -> tuple[list[str], dict[str, Any]]:
    """Sentences and figures of a scenario of kind `race`."""
    card = load_card(ask.need("card"))
    watch, rival, name = ask.need("watch"), ask.data.get("against", ""), ask.need("class")
    asked = ask.variants()
    variants: list[dict[str, Any]] = []
    sentences = _facts(ask.data)
    for number, variant in enumerate(asked):
        played = apply_patch(card, variant["patch"]) if variant.get("patch") else card
        cars = [e.car for e in played.entries]
        for car in (watch, rival):
            if car and car not in cars:
                raise NotFoundError.nearest("car", car, cars)
        places, overall = play_card(played, ask, variant.get("stops", ()))
        i = cars.index(watch)
        row: dict[str, Any] = {
            "name": variant["name"],
            "win": _share(places[:, i] == 1),
            "podium": _share(places[:, i] <= 3),
            "overall_win": _share(overall[:, i] == 1),
            "mean_place": float(places[:, i].mean()),
            "cars": {e.car: _share(places[:, k] == 1) for k, e in enumerate(played.entries) if e.car_class == name},
            "teams": {e.car: e.team for e in played.entries if e.car_class == name},
            "crew": ", ".join(surname(d.name) for d in played.entries[i].drivers),
        }
        if rival:
            j = cars.index(rival)
            row["ahead"] = _share(overall[:, i] < overall[:, j])
            both = (overall[:, i] <= FRONT) & (overall[:, j] <= FRONT)
            row["ahead_in_front"] = _share(overall[both, i] < overall[both, j]) if both.any() else 0.0
            row["both_in_front"] = _share(both)
        variants.append(row)
        sentences.append(_told(row, variants[0], watch, rival, name, ask.races))
        ask.step(number + 1, len(asked))
    first = variants[0]
    if first["overall_win"] < 0.0005 and len(card.classes) > 1:
        sentences.append(f"Overall #{watch} never wins: it fights for {name}, as the question had it.")
    if rival and len(variants) > 1:
        sentences.append(_turned(variants, watch, rival))
    return sentences, {"kind": "race", "class": name, "watch": watch, "against": rival, "variants": variants}


def _share(hits: np.ndarray[Any, Any]) -> float:
    return float(np.mean(hits))


def _told(row: dict[str, Any], first: dict[str, Any], watch: str, rival: str, name: str, races: int) -> str:
    error = 196 * math.sqrt(max(row["win"] * (1 - row["win"]), 1e-6) / races)
    who = f"{row['name']}: #{watch} ({row['crew']})"
    text = f"{who} wins {name} in {100 * row['win']:.1f} % (± {error:.1f}) of the races"
    text += f" and is on the podium in {100 * row['podium']:.0f} %"
    if rival:
        text += f"; it is ahead of #{rival} in {100 * row['ahead']:.1f} %"
        if row["both_in_front"] > 0:
            share, ahead = 100 * row["both_in_front"], 100 * row["ahead_in_front"]
            text += f" (of the {share:.0f} % with both in the first {FRONT}: {ahead:.0f} %)"
    if row is not first:
        text += f"; that is {signed(100 * (row['win'] - first['win']))} points for the victory"
        if rival:
            text += f" and {signed(100 * (row['ahead'] - first['ahead']))} for the duel"
    return text + "."


def _turned(variants: list[dict[str, Any]], watch: str, rival: str) -> str:
    best = max(variants[1:], key=lambda v: v["ahead"])
    gain = 100 * (best["ahead"] - variants[0]["ahead"])
    level = "little" if gain < 3 else "something" if gain < 10 else "much"
    return (
        f"Of the variants '{best['name']}' moves the duel most, by {gain:.1f} points: before the race, stops of that "
        f"size are worth {level} beside what is not known of the pace of #{watch} and #{rival}; between two cars "
        "that are ten seconds apart in the last hour, they decide it."
    )


def _facts(data: dict[str, Any]) -> list[str]:
    """What the registry knows for certain."""
    registry = load_registry()
    out = []
    if asked := data.get("career"):
        found = careers.career(registry, asked["driver"], series=asked["series"], until=asked["until"])
        wins = ", ".join(map(str, found.class_wins)) or "none"
        what = registry.series[asked["series"]].name
        out.append(
            f"{found.driver.name} until {asked['until']} in {what}: entered {found.entered} times, "
            f"started {found.started}, class wins {wins}."
        )
    if asked := data.get("free"):
        busy = calendars.commitments(registry, asked["driver"], asked["season"])
        wanted = calendars.year_meetings(registry, [asked["against"]], asked["season"])
        for chance in calendars.chances(busy, wanted, 1):
            state = VERDICTS[chance.verdict]
            days = f"{chance.meeting.start} to {chance.meeting.end}"
            who, race = registry.driver(asked["driver"]).name, calendars.title(registry, chance.meeting)
            out.append(f"{who} {state} from {days} ({race}).")
    return out
