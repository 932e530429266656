"""A scoreboard of advice: what the strategist says in real races, from what was known then, against what came.

Usage: python -m scripts.validate.advice STORE [--keep FILE.jsonl] [--every 1] [--races 120] [--out docs/advice.md]

IMSA 2021-24 and WEC 2024-25 with Le Mans, `before` cards; no figure was fitted on the race's season. Each race
is one line of `--keep`: a run that was broken off goes on where it stood. `--every` takes each so-manieth race only.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from scripts.validate.advice_cases import LOOKS, record

from langstrecke.errors import LangstreckeError
from langstrecke.racecard.build import build_card
from langstrecke.ratings.archive import Archive, open_archive
from langstrecke.store import Store, open_store

SEASONS = {"imsa": (2021, 2024), "wec": (2024, 2025), "le-mans": (2024, 2025)}
CHOSE = ("imsa-2021", "imsa-2022")
"""Races of these seasons were looked at while the code was mended; the others judge."""
ASKED = {0.15: 5, 0.5: 4, 0.75: 3}

READING = """\
How to read it. All classes of a race share its yellows and red flags, so the error of how often a range held is
reckoned by races. "Truly better" (worse) is better by 0.05 places and surely, in 1,000 races on fresh luck,
against being held out on the track with the same driver getting in then: the plain stop, or the kind of stop that the
call prefers. Asked is `call` as anybody asks it. A split is two cars of a class on the same lap within a minute of
each other of which one came in under a yellow and the other did not; it agrees if the one that did as advised
gained more places by the flag. Below it stands how often it would agree were real races drawn as the simulation
draws them: what is still to come decides most splits, and no adviser that knows no more than the simulation can
be expected to do better. The same holds of stops needed: below the share that was exact stands the one that the
told odds expect. A visit within six laps of the one before (the lane opens, a splash before the wave-by, something is
broken) is no stop that was needed, nor is standing in the lane under a red flag; the row below counts all visits.
Without the two judging races that stood or crept for long (Le Mans 2024, four and a half hours behind the safety
car; Watkins Glen 2024, 46 minutes of red flag) the row of stops reads {stops}, the 80 % ranges held in
{ranges}. Red flags are played as often as they come (3.7 expected in these 51 races, 4 came), the yellows of IMSA
2021 and 2022 were as many and as long as drawn: no ground to widen the ranges.

None of the rows is a first look. Earlier versions were looked at on samples of all seasons, and misses in both groups
prompted changes: the baseline by driver, the baseline that is free again under later yellows, the tank by class and
season, the reading of visits, the second look of a call with four times the races, minimum drive times in the audit.
No figure was fitted on the races that judge. Where the interval of the splits holds 50 % they do not show that the
advice is better than chance."""
LONG_HALTS = ("le-mans-2024", "imsa-2024-watkins-glen")

Record = dict[str, Any]


def to_look_at(store: Store, every: int) -> list[str]:
    """The races that are wanted and have laps. A season's races lie far apart, so that a part of the run looks at all
    seasons.
    """
    wanted = []
    for row in store.races().iter_rows(named=True):
        first, last = SEASONS.get(str(row["series"]), (9999, 0))
        if first <= int(row["season"]) <= last and not store.laps(str(row["race_id"])).is_empty():
            wanted.append(str(row["race_id"]))
    wanted = wanted[::every]
    return list(chain.from_iterable(wanted[k::5] for k in range(5)))


def missing(store: Store, archive: Archive, wanted: Sequence[str], races: int) -> Iterator[Record]:
    """The records of the races that have a card."""
    for race_id in wanted:
        laps = store.laps(race_id)
        try:
            card = build_card(race_id, store, archive=archive)
        except LangstreckeError as error:
            print(f"{race_id}: {error.message()}", file=sys.stderr)
            continue
        yield record(card, laps, races)


def rows_of(records: Sequence[Record], key: str) -> list[Any]:
    """What all records hold under one key."""
    return [row for one in records for row in one[key]]


def figures(records: Sequence[Record]) -> list[str]:
    """The table of the scoreboard for these races."""
    lines = ["| | cases | figure | asked |", "|---|---|---|---|"]
    for share in LOOKS:
        rows = [r for r in rows_of(records, "laps") if r["look"] == share]
        if not rows:
            continue
        off = np.array([r["told"] - r["came"] for r in rows])
        held = float(np.mean([r["low"] <= r["came"] <= r["high"] for r in rows]))
        lines.append(
            f"| laps to go of class leaders at {100 * share:.0f} %: mean error (mean absolute); in the 80 % range |"
            f" {len(rows)} | {off.mean():+.1f} ({np.abs(off).mean():.1f}); {_range(records, share, held)} |"
            f" within {ASKED[share]}; 80 % |"
        )
    if stops := rows_of(records, "stops"):
        by = np.array([abs(r["told"] - r["came"]) for r in stops])
        lines.append(
            f"| stops still needed at half distance: exact / within one | {len(by)} |"
            f" {100 * np.mean(by == 0):.0f} / {100 * np.mean(by <= 1):.0f} % | 65 / 95 % |"
        )
        every = np.array([abs(r["told"] - r["visits"]) for r in stops])
        lines.append(
            f"| ... every visit counted, unplanned ones too | |"
            f" {100 * np.mean(every == 0):.0f} / {100 * np.mean(every <= 1):.0f} % | |"
        )
        sure = float(np.mean([r["sure"] for r in stops]))
        lines.append(f"| ... exact by the odds that were told | | {100 * sure:.0f} % | |")
    yellow = rows_of(records, "yellow")
    for words, asked, belongs in (
        ("truly better", "90 %", lambda r: r["better"]),
        ("neither", "", lambda r: not r["better"] and not r["worse"]),
        ("truly worse", "", lambda r: r["worse"]),
    ):
        said = [r["says_stop"] for r in yellow if belongs(r)]
        lines.append(
            f"| stopping under yellow is {words}: `call` says stop | {len(said)} | {_share(said)} | {asked} |"
        )
    splits = [r["agrees"] for r in rows_of(records, "splits")]
    lines.append(
        f"| splits under yellow where the outcome agrees with the advice | {len(splits)} | {_share(splits)} | 62 % |"
    )
    if splits:
        expected = float(np.mean([r["expected"] for r in rows_of(records, "splits")]))
        lines.append(f"| ... were races as they are played | | {100 * expected:.0f} % | |")
    audits = [one["audit"] for one in records if one["audit"]]
    if audits:
        stops_in_all = sum(a["stops"] for a in audits)
        mean = sum(a["stops"] * a["mean"] for a in audits) / stops_in_all
        error = sum((a["stops"] * a["error"]) ** 2 for a in audits) ** 0.5 / stops_in_all
        lines.append(
            f"| mean audit score under green, races with hardly a yellow | {stops_in_all} stops |"
            f" {mean:+.2f} (± {error:.2f}) places | within 0.05 |"
        )
    for one in records:
        if audit := one["audit"]:
            lines.append(
                f"| ... {one['race']} | {audit['stops']} stops |"
                f" {audit['mean']:+.2f} (± {audit['error']:.2f}) places | |"
            )
    return lines


def tanks(records: Sequence[Record]) -> list[str]:
    """Card and in-race tank by class, against how far the cars went in the end."""
    lines = ["| tank against the 95th percentile reached | classes of races | card | at half distance |"]
    lines.append("|---|---|---|---|")
    rows = rows_of(records, "tanks")
    for name in sorted({r["car_class"] for r in rows}):
        card, live = (np.array([r[k] for r in rows if r["car_class"] == name]) for k in ("card", "half"))
        lines.append(f"| {name} | {len(card)} | {_spread(card)} | {_spread(live)} |")
    return lines


def page(records: Sequence[Record], races: int) -> str:
    """The whole scoreboard."""
    parts: list[tuple[str, Callable[[str], bool]]] = [
        ("Races that judge", lambda race: not race.startswith(CHOSE)),
        ("Races looked at while the code was mended (IMSA 2021 and 2022)", lambda race: race.startswith(CHOSE)),
    ]
    lines = [
        "# Advice",
        "",
        f"Rebuilt by `python -m scripts.validate.advice STORE`: {len(records)} races of IMSA 2021-24, WEC 2024-25",
        "and Le Mans 2024, `before` cards; no fitted figure had part in a race's season.",
        f"{races} races were played for each answer.",
        "",
        *_reading(records).splitlines(),
    ]
    if splits := rows_of(records, "splits"):
        expected = 100 * np.mean([r["expected"] for r in splits])
        lines += [
            "",
            f"All {len(splits)} splits together: {_share([r['agrees'] for r in splits])} agree with the advice. Were",
            f"the races drawn by the simulation that gives it, {expected:.0f} % would: what is still to come decides",
            "the rest, so that the 62 % asked are out of reach for whoever knows no more than it does.",
        ]
    for title, belongs in parts:
        mine = [r for r in records if belongs(r["race"])]
        if mine:
            lines += ["", f"## {title}: {len(mine)}", "", *figures(mine), "", *tanks(mine)]
    return "\n".join(lines) + "\n"


def _reading(records: Sequence[Record]) -> str:
    """How to read it, with the figures of the judging races less those that were interrupted for long."""
    rest = [r for r in records if not r["race"].startswith(CHOSE) and r["race"] not in LONG_HALTS]
    by = [abs(r["told"] - r["came"]) for r in rows_of(rest, "stops")]
    stops = "no case" if not by else f"{100 * np.mean(np.equal(by, 0)):.0f} / {100 * np.mean(np.less(by, 2)):.0f} %"
    held = []
    for share in LOOKS:
        rows = [r["low"] <= r["came"] <= r["high"] for r in rows_of(rest, "laps") if r["look"] == share]
        held += [f"{100 * np.mean(rows):.0f}"] if rows else []
    return READING.format(stops=stops, ranges=" / ".join(held) + " %")


def _spread(values: np.ndarray[Any, np.dtype[np.float64]]) -> str:
    """Median and middle half: one wet race, in which no stint was long, must not decide."""
    low, middle, high = np.quantile(100 * values, [0.25, 0.5, 0.75])
    return f"{middle:+.1f} % ({low:+.1f} to {high:+.1f})"


def _range(records: Sequence[Record], share: float, held: float) -> str:
    """How often the range held; the classes of a race share its yellows, so its error goes by races."""
    by_race = []
    for one in records:
        mine = [r["low"] <= r["came"] <= r["high"] for r in one["laps"] if r["look"] == share]
        by_race += [float(np.mean(mine))] if mine else []
    error = float(np.std(by_race) / np.sqrt(len(by_race)))
    return f"{100 * held:.0f} % (± {100 * error:.0f}, {len(by_race)} races)"


def _share(rows: list[bool]) -> str:
    """A share with Wilson's 95 % interval."""
    n = len(rows)
    if not n:
        return "no case"
    p, z2 = float(np.mean(rows)), 1.96**2
    middle, half = p + z2 / (2 * n), 1.96 * float(np.sqrt(p * (1 - p) / n + z2 / (4 * n * n)))
    low, high = (middle - half) / (1 + z2 / n), (middle + half) / (1 + z2 / n)
    return f"{100 * p:.0f} % ({100 * max(low, 0.0):.0f} to {100 * high:.0f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--keep", type=Path, default=Path("advice.jsonl"))
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--races", type=int, default=120)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    records = [json.loads(line) for line in args.keep.read_text("utf-8").splitlines()] if args.keep.exists() else []
    with open_store(args.store, read_only=True) as store, args.keep.open("a", encoding="utf-8") as keep:
        done = {r["race"] for r in records}
        wanted = to_look_at(store, args.every)
        for one in missing(store, open_archive(store), [r for r in wanted if r not in done], args.races):
            records.append(one)
            keep.write(json.dumps(one) + "\n")
            keep.flush()
            splits = sum(len(r["splits"]) for r in records)
            told = f"{len(records)} of {len(wanted)}, {one['race']}: {splits} splits so far"
            print(told, file=sys.stderr, flush=True)
    text = page(records, args.races)
    if args.out is not None:
        args.out.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
