"""A race played in variants with the same luck: who wins, and who beats whom."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np

from langstrecke.errors import NotFoundError
from langstrecke.forecast.scenario.question import Ask, difference, margin, sentence, share_told
from langstrecke.forecast.scenario.stops import with_other_stops
from langstrecke.forecast.season.play import BLOCK, play_block, stage
from langstrecke.forecast.season.points import I16
from langstrecke.forecast.season.rounds import plan_card
from langstrecke.formatting import percent, plural, surname
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
    if name not in card.classes:
        raise NotFoundError.nearest(f"class of {card.race.id}", name, list(card.classes))
    asked = ask.variants()
    variants: list[dict[str, Any]] = []
    base: dict[str, np.ndarray[Any, Any]] = {}
    for number, variant in enumerate(asked):
        patch = ask.patch(variant)
        played = apply_patch(card, patch) if patch is not None else card
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
            "crew": _crew([d.name for d in played.entries[i].drivers]),
            "teams": {e.car: e.team for e in played.entries if e.car_class == name},
        }
        hits = {"win": places[:, i] == 1}
        if rival:
            j = cars.index(rival)
            hits["ahead"] = overall[:, i] < overall[:, j]
            row["ahead"] = _share(hits["ahead"])
            both = (overall[:, i] <= FRONT) & (overall[:, j] <= FRONT)
            row["ahead_in_front"] = _share(overall[both, i] < overall[both, j]) if both.any() else 0.0
            row["both_in_front"] = _share(both)
        base = base or hits
        row["by_chance"] = {key: margin(hit, base[key]) for key, hit in hits.items()}
        variants.append(row)
        ask.step(number + 1, len(asked))
    first = variants[0]
    sentences = [_turned(variants, watch, rival)] if rival and len(variants) > 1 else []
    sentences += [_told(row, first, watch, rival, name, ask.races) for row in variants]
    if first["overall_win"] < 0.0005 and len(card.classes) > 1:
        sentences.append(f"Overall #{watch} never wins: it fights for {name}.")
    sentences += _facts(ask)
    sentences += [str(line) for line in ask.data.get("remarks", ())]
    return sentences, {"kind": "race", "class": name, "watch": watch, "against": rival, "variants": variants}


def _share(hits: np.ndarray[Any, Any]) -> float:
    return float(np.mean(hits))


def _crew(names: Sequence[str]) -> str:
    """Surnames, with the first name where two have the same."""
    short = [surname(name) for name in names]
    return ", ".join(name if short.count(last) > 1 else last for name, last in zip(names, short, strict=True))


def _told(row: dict[str, Any], first: dict[str, Any], watch: str, rival: str, name: str, races: int) -> str:
    """A variant: the win and the duel with their intervals, or what it changes of them."""
    chance = row["by_chance"]

    def told(key: str) -> str:
        if row is first:
            return share_told(row[key], races)
        return f"{percent(row[key], races)} ({difference(100 * (row[key] - first[key]), chance[key])})"

    text = f"{sentence(row['name'])}: #{watch} ({row['crew']}) wins {name} in {told('win')}"
    text += f" and is on the podium in {percent(row['podium'], races)}"
    if rival:
        text += f"; it is ahead of #{rival} in {told('ahead')}"
        if row["both_in_front"] > 0:
            ahead, share = (percent(row[key], races) for key in ("ahead_in_front", "both_in_front"))
            text += f", and in {ahead} of the {share} in which both are among the first {FRONT}"
    return text + "."


def _turned(variants: list[dict[str, Any]], watch: str, rival: str) -> str:
    """What the stops come to, as far as the races played can tell."""
    gains = {v["name"]: 100 * (v["ahead"] - variants[0]["ahead"]) for v in variants[1:]}
    real = [v for v in variants[1:] if abs(gains[v["name"]]) > v["by_chance"]["ahead"]]
    before = 100 * variants[0]["ahead"]
    duel = f"#{watch} beats #{rival} in {before:.0f} races of a hundred"
    if not real:
        return f"None of these changes moves the duel by more than chance: {duel} whatever they do."
    best = max(real, key=lambda v: gains[v["name"]])
    gain, half = gains[best["name"]], best["by_chance"]["ahead"]
    if gain <= 0:
        return f"None of these changes helps #{watch}: {duel} as it is, and fewer otherwise."
    return (
        f"'{sentence(best['name'])}' helps #{watch} most: {duel}, and in {before + gain:.0f} with it "
        f"({difference(gain, half)}). What is not known of the pace of the two cars weighs more than that."
    )


def _facts(ask: Ask) -> list[str]:
    """What the registry knows for certain."""
    registry = load_registry()
    out = []
    if asked := ask.table("career", {"driver": str, "series": str, "until": int}):
        found = careers.career(registry, asked["driver"], series=asked["series"], until=asked["until"])
        wins = ", ".join(map(str, found.class_wins)) or "none"
        what = registry.series_named(asked["series"]).name
        out.append(
            f"{found.driver.name} until {asked['until']} in {what}: entered {plural(found.entered, 'time')}, "
            f"started {found.started}, class wins {wins}."
        )
    if asked := ask.table("free", {"driver": str, "against": str, "season": int}):
        busy = calendars.commitments(registry, asked["driver"], asked["season"])
        wanted = calendars.year_meetings(registry, [asked["against"]], asked["season"])
        for chance in calendars.chances(busy, wanted, 1):
            state = VERDICTS[chance.verdict]
            days = f"{chance.meeting.start} to {chance.meeting.end}"
            who, race = registry.driver(asked["driver"]).name, calendars.title(registry, chance.meeting)
            out.append(f"{who} {state} from {days} ({race}).")
    return out
