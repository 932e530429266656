"""Applying a what-if to a card."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from statistics import fmean, pvariance
from typing import Any

from langstrecke.errors import CardError
from langstrecke.racecard.layout import Path
from langstrecke.racecard.patch import Edit, Patch, patch_from_data, read_patch
from langstrecke.racecard.problems import check_data, default_at, describe_path, keys_at, near
from langstrecke.racecard.schema import RaceCard
from langstrecke.racecard.text import SECTIONS, plain, round_figure

Data = dict[str, Any]

MIN_PEERS = 2
"""Drivers of one licence a class must have to say what a newcomer with that licence is worth."""


def apply_patch(card: RaceCard, patch: Patch | Mapping[str, Any] | str | FilePath) -> RaceCard:
    """The card as the what-if wants it; the card given stays as it is.

    `patch` is a `Patch`, a file, TOML text or its data. CardError names the line and key of the patch that does not
    fit the card, or that holds in a share of the races only: one card cannot say that.
    """
    if isinstance(patch, Mapping):
        patch = patch_from_data(patch)
    elif not isinstance(patch, Patch):
        patch = read_patch(patch)
    data = plain(card, all_keys=False)
    work = _Work(data, {d["name"].casefold(): dict(d) for e in data["entries"] for d in e["drivers"]})
    touched: list[tuple[Path, Edit]] = []
    for edit in patch.edits:
        if edit.probability < 1:
            what = (
                f"is to be played in {100 * edit.probability:.4g} % of the races, and here there is one line-up only"
            )
            hint = "langstrecke forecast --what-if mixes them; elsewhere leave its probability out"
            raise CardError(what, file=patch.file, line=edit.line, key=f"{edit.key}.probability", hint=hint)
        try:
            touched += [(path, edit) for path in _HOW[edit.kind](work, edit)]
        except _MisfitError as error:
            key = ".".join(p for p in (edit.key, error.key) if p)
            raise CardError(error.what, file=patch.file, line=edit.line, key=key, hint=error.hint) from None
    changed, problems = check_data(data, None, None)
    if changed is None:
        raise _blamed(problems[0], touched, data, patch)
    _check_one_seat_each(data, touched, patch)
    return changed


@dataclass(frozen=True)
class _Work:
    """The card being changed, and the drivers it had at first: whoever loses a seat keeps the rating."""

    data: Data
    people: Mapping[str, Data]


class _MisfitError(Exception):
    """An edit that does not fit the card; `apply_patch` adds where it stands."""

    def __init__(self, what: str, hint: str | None = None, key: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.key = key


def _blamed(problem: CardError, touched: list[tuple[Path, Edit]], data: Data, patch: Patch) -> CardError:
    """The problem of the changed card as the problem of the edit that made it."""
    key = problem.key or ""
    places = [(describe_path(path, data), edit) for path, edit in touched]
    # The edit that set the key, or that set something inside the entry that no longer holds together.
    guilty = [(len(place), edit) for place, edit in places if key.startswith(place)]
    guilty = guilty or [(0, edit) for place, edit in places if key and place.startswith(key)][-1:]
    if not guilty:
        return CardError(problem.what, file=patch.file, key=problem.key, hint=problem.hint)
    edit = max(guilty, key=lambda pair: pair[0])[1]
    key = edit.key if edit.kind == "set" else f"{edit.key}: {problem.key}"
    return CardError(problem.what, file=patch.file, line=edit.line, key=key, hint=problem.hint)


def _check_one_seat_each(data: Data, touched: list[tuple[Path, Edit]], patch: Patch) -> None:
    """Nobody the patch puts into a car may sit in another one as well."""
    for path, edit in touched:
        if path[0] != "entries" or not isinstance(path[1], int) or "drivers" not in (*path, *edit.values):
            continue
        entry = data["entries"][path[1]]
        names = {d["name"] for d in entry["drivers"]}
        for other in data["entries"]:
            twice = names & {d["name"] for d in other["drivers"]} if other is not entry else set()
            if twice:
                raise CardError(
                    f"{min(twice)} would drive both car {entry['car']} and car {other['car']}",
                    file=patch.file,
                    line=edit.line,
                    key=edit.key,
                    hint="a [[swap]] exchanges two drivers",
                )


# ---- where things are


def _car_index(data: Data, car: str) -> int:
    for number, entry in enumerate(data["entries"]):
        if entry["car"] == car:
            return number
    raise _MisfitError(f"the card has no car {car!r}", near(car, [e["car"] for e in data["entries"]]))


def _driver_index(entry: Data, who: str) -> int:
    """A driver by name or by number, the first being 1."""
    names = [d["name"] for d in entry["drivers"]]
    for number, name in enumerate(names):
        if name.casefold() == who.casefold():
            return number
    if who.isdecimal() and 1 <= int(who) <= len(names):
        return int(who) - 1
    crew = ", ".join(f"{n} {name}" for n, name in enumerate(names, start=1))
    raise _MisfitError(f"car {entry['car']} has no driver {who!r}", f"its drivers: {crew}")


def _seats(data: Data, name: str) -> Iterator[tuple[int, int]]:
    for e, entry in enumerate(data["entries"]):
        for d, driver in enumerate(entry["drivers"]):
            if driver["name"].casefold() == name.casefold():
                yield e, d


def _targets(data: Data, parts: tuple[str, ...], path: Path = ()) -> Iterator[Path]:
    """Every place a dotted key of `[set]` means; `*` stands for every class, car or driver."""
    if not parts:
        yield path
        return
    head, rest = parts[0], parts[1:]
    node: Any = data
    for part in path:
        node = node[part]
    known = keys_at(path)
    if path == ("classes",):
        if head != "*" and head not in node:
            raise _MisfitError(f"the card has no class {head!r}", f"its classes: {', '.join(node)}")
        steps: list[str | int] = list(node) if head == "*" else [head]
    elif path == ("entries",):
        steps = list(range(len(node))) if head == "*" else [_car_index(data, head)]
    elif len(path) == 3 and path[2] == "drivers":
        entry = data["entries"][path[1]]
        steps = list(range(len(node))) if head == "*" else [_driver_index(entry, head)]
    elif head not in known:
        raise _MisfitError(f"{head!r} is no key of a race card here", near(head, known))
    else:
        steps = [head]
        if rest and head in SECTIONS:
            node.setdefault(head, {})
    for step in steps:
        yield from _targets(data, rest, (*path, step))


# ---- the kinds of edits; each changes `data` and yields the places it changed


def _set(work: _Work, edit: Edit) -> Iterator[Path]:
    data = work.data
    paths = list(_targets(data, edit.parts))
    if len(edit.parts) < 2:
        raise _MisfitError("is a whole section", f"set one of its keys: {', '.join(keys_at(paths[0])[:6])}, ...")
    for path in paths:
        node: Any = data
        for part in path[:-1]:
            node = node[part]
        if path[-1] == "car" and isinstance(edit.values.get("value"), str):
            _renumber(data, str(node["car"]), edit.values["value"])
        node[path[-1]] = _new_value(edit, path, node)
        yield path


def _new_value(edit: Edit, path: Path, node: Any) -> Any:
    if "value" in edit.values:
        return edit.values["value"]
    old = node.get(path[-1]) if isinstance(node, Mapping) else None
    if old is None:
        old = default_at(path)
    if isinstance(old, bool) or not isinstance(old, int | float):
        raise _MisfitError("is no number that could be changed by plus or times")
    whole = isinstance(old, int) and isinstance(edit.values.get("plus", edit.values.get("times")), int)
    new = old + edit.values["plus"] if "plus" in edit.values else old * edit.values["times"]
    return new if whole else round_figure(float(new))


def _renumber(data: Data, old: str, new: str) -> None:
    for row in data.get("result", []):
        if row["car"] == old:
            row["car"] = new


def _drop(work: _Work, edit: Edit) -> Iterator[Path]:
    data = work.data
    car = edit.values["car"]
    del data["entries"][_car_index(data, car)]
    data["result"] = [row for row in data.get("result", []) if row["car"] != car]
    yield from ()


def _add(work: _Work, edit: Edit) -> Iterator[Path]:
    data = work.data
    values = {key: value for key, value in edit.values.items() if key != "like"}
    known = keys_at(("entries", 0))
    for key in values:
        if key not in known:
            raise _MisfitError("is no key of an entry", near(key, known), key=key)
    if "like" in edit.values:
        model = data["entries"][_car_index(data, edit.values["like"])]
        values = {k: v for k, v in model.items() if k not in ("grid", "drivers")} | values
    if isinstance(values.get("drivers"), list):
        car_class = str(values.get("class", ""))
        values["drivers"] = [_driver(work, d, car_class) for d in values["drivers"]]
    data["entries"].append(values)
    yield ("entries", len(data["entries"]) - 1)


def _change(work: _Work, edit: Edit) -> Iterator[Path]:
    data = work.data
    number = _car_index(data, edit.values["car"])
    known = keys_at(("entries", 0))
    for key, value in edit.values.items():
        if key == "car":
            continue
        if key not in known:
            raise _MisfitError("is no key of an entry", near(key, known), key=key)
        entry = data["entries"][number]
        if key == "drivers" and isinstance(value, list):
            value = [_driver(work, d, entry["class"]) for d in value]
        entry[key] = value
        yield ("entries", number, key)


def _replace(work: _Work, edit: Edit) -> Iterator[Path]:
    data = work.data
    number = _car_index(data, edit.values["car"])
    entry = data["entries"][number]
    seat = _driver_index(entry, edit.values["out"])
    entry["drivers"][seat] = _driver(work, edit.values["in"], entry["class"])
    yield ("entries", number, "drivers", seat)


def _swap(work: _Work, edit: Edit) -> Iterator[Path]:
    data = work.data
    places = []
    for name in edit.values["drivers"]:
        seats = list(_seats(data, name))
        if len(seats) != 1:
            names = [d["name"] for e in data["entries"] for d in e["drivers"]]
            what = f"{name!r} drives no car" if not seats else f"{name!r} drives more than one car"
            raise _MisfitError(f"{what} of the card", near(name, names))
        places.append(seats[0])
    (e1, d1), (e2, d2) = places
    first, second = data["entries"][e1]["drivers"], data["entries"][e2]["drivers"]
    first[d1], second[d2] = second[d2], first[d1]
    yield ("entries", e1, "drivers", d1)
    yield ("entries", e2, "drivers", d2)


def _driver(work: _Work, given: Any, car_class: str) -> Any:
    """A driver for a seat: with the figures given, else those of this card, else what the class makes likely."""
    if isinstance(given, str):
        given = {"name": given}
    if not isinstance(given, Mapping) or not isinstance(given.get("name"), str):
        return given  # the check of the whole card says what is wrong with it
    known = work.people.get(given["name"].casefold())
    if known is not None:
        return {**known, **given}
    if "pace_s" in given:
        return dict(given)
    crew = [d for e in work.data["entries"] if e["class"] == car_class for d in e["drivers"]]
    peers = [d for d in crew if d.get("licence") == given.get("licence")]
    peers = peers if len(peers) >= MIN_PEERS else crew
    if not peers:
        return dict(given)
    paces = [float(d.get("pace_s", 0.0)) for d in peers]
    unknown = fmean(float(d.get("pace_s_sd", 0.0)) ** 2 for d in peers)
    prior = {
        "pace_s": round_figure(fmean(paces)),
        "pace_s_sd": round_figure(math.sqrt(pvariance(paces) + unknown)),
        "evidence": "prior",
    }
    return {**prior, **given}


_HOW: dict[str, Callable[[_Work, Edit], Iterator[Path]]] = {
    "drop": _drop,
    "add": _add,
    "change": _change,
    "replace": _replace,
    "swap": _swap,
    "set": _set,
}
