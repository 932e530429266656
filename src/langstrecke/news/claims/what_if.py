"""From news to card: the what-if that the claims imply for one race.

A what-if lists, car by car, the crew the claims give it. Each change names the claims behind it and how sure the
least sure of them is, as a weight between 0 and 1: the share of the races a forecast plays it in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from langstrecke.news.lexicon.gazetteer import gazetteer
from langstrecke.news.lexicon.morphology import slug
from langstrecke.news.lexicon.weights import read_weights
from langstrecke.news.model import BY_EXAMPLE, Claim

_ENTRY = ("enters", "drives_for", "drives", "shares_car", "enters_only", "driven_since")


@dataclass(frozen=True)
class Car:
    """A car of a card, as far as the news is concerned."""

    number: str
    car_class: str
    team: str
    vehicle: str
    make: str
    drivers: tuple[str, ...]


@dataclass(frozen=True)
class Race:
    """The race a card is for."""

    card: str
    series: str
    season: int
    circuit: str
    cars: tuple[Car, ...]


@dataclass(frozen=True)
class Change:
    """A car whose crew the claims change, or only bear out."""

    car: Car
    drivers: tuple[str, ...]
    claims: tuple[Claim, ...]
    weight: float
    note: str
    together: str = ""
    """Changes with the same word here are one story (a driver leaves one car for another) and play together."""

    @property
    def new(self) -> bool:
        """Whether the crew is another one than the card's."""
        return set(self.drivers) != set(self.car.drivers)


@dataclass(frozen=True)
class Unmoved:
    """A claim about line-ups that changes nothing on the card, and why."""

    claim: Claim
    why: str


@dataclass(frozen=True)
class LineUpPatch:
    """A what-if: the changes, and how sure it is as a whole."""

    race: Race
    changes: tuple[Change, ...]
    unmoved: tuple[Unmoved, ...]
    """Claims about line-ups that moved nobody."""

    @property
    def weight(self) -> float:
        """The weight of the least sure change; 0 where there is none."""
        new = [c.weight for c in self.changes if c.new]
        return min(new) if new else 0.0

    def as_toml(self, *, sure: bool = False) -> str:
        """The what-if in the format of docs/cards.md; with `sure` every change as if it were certain."""
        out = [f"title = {_quoted(f'News: {self.race.card}')}", ""]
        for change in self.changes:
            told = "; ".join(f"claim {c.id}: {c.words()}" for c in change.claims)
            if not change.new:
                out += [f"# car {change.car.number} has this crew already. {told}", ""]
                continue
            crew = ", ".join(_quoted(name) for name in change.drivers)
            out += ["[[change]]", f"car = {_quoted(change.car.number)}", f"drivers = [{crew}]"]
            if not sure:
                out.append(f"probability = {change.weight:g}")
                out += [f"claim = {_quoted(change.together)}"] if change.together else []
            out += [f"reason = {_quoted(f'{change.note}; {told}')}", ""]
        out += [f"# not moved, {u.why}: claim {u.claim.id}: {u.claim.words()}" for u in self.unmoved]
        if not any(c.new for c in self.changes):
            out.append("# no claim changes a line-up of this race")
        return "\n".join(out).rstrip() + "\n"

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "card": self.race.card,
            "weight": self.weight,
            "changes": [
                {
                    "car": c.car.number,
                    "drivers": list(c.drivers),
                    "new": c.new,
                    "weight": c.weight,
                    "together": c.together or None,
                    "note": c.note,
                    "claims": [k.to_json() for k in c.claims],
                }
                for c in self.changes
            ],
            "unmoved": [{"claim": u.claim.to_json(), "why": u.why} for u in self.unmoved],
            "toml": self.as_toml(),
        }


def what_if(claims: Sequence[Claim], race: Race, weights: Mapping[str, float] | None = None) -> LineUpPatch:
    """The what-if that claims imply for a race; `weights` as `read_weights` gives them."""
    weights = read_weights() if weights is None else weights
    told = [c for c in claims if c.relation in _ENTRY]
    here = {c.subject for c in told if c.relation == "enters_only" and not _not_of(c, race)}
    away = {c.subject for c in told if c.relation == "enters_only"} - here
    whys = {c.id: _why_not(c, race, weights, away) for c in told}
    yes = [c for c in told if not whys[c.id]]
    seats = _seats(yes, race)
    changes = []
    for number, newcomers in seats.items():
        car = next(c for c in race.cars if c.number == number)
        changes.append(_change(car, newcomers, yes, weights))
    changes = _without_movers(changes, race)
    used = {c.id for change in changes for c in change.claims}
    unmoved = [Unmoved(c, whys[c.id] or _no_car(c, race)) for c in told if c.id not in used]
    return LineUpPatch(race, tuple(changes), tuple(unmoved))


def _why_not(claim: Claim, race: Race, weights: Mapping[str, float], away: set[str]) -> str:
    """Why a claim seats nobody in this race, before any car is looked for; empty where it may."""
    people = [claim.subject, *([claim.object] if claim.relation == "shares_car" else [])]
    strangers = [p for p in people if not is_person(p)]
    if strangers:
        return f"{strangers[0]} is no driver"
    if claim.rule == BY_EXAMPLE:
        return "no rule read it, only examples speak for it"
    if why := _not_of(claim, race):
        return why
    if weights[claim.certainty] <= 0:
        return f"what is {claim.certainty.replace('_', ' ')} has no weight"
    return "told to drive other rounds only" if set(people) & away else ""


def is_person(name: str) -> bool:
    """Whether a claim's name is somebody who can sit in a car: a team, make, race or class is not."""
    known = gazetteer().names.get(name)
    return known is None or known.is_a("person")


def _not_of(claim: Claim, race: Race) -> str:
    """Why a claim is not about the card's series, season or round; empty where it is."""
    year = int(claim.date[:4]) if claim.date else race.season
    if claim.seasons and race.season not in claim.seasons:
        return f"it is about {'-'.join(map(str, claim.seasons))}, not {race.season}"
    if not claim.seasons and not (race.season - 1 <= year <= race.season):
        return f"it names no season and was written in {year}"
    if claim.tense == "past":
        return "it is told of the past"
    if claim.relation == "enters_only" and not _is_round(claim.object, race):
        return "it is about another round"
    series = {race.series, race.circuit, "petit-le-mans" if race.circuit == "road-atlanta" else race.circuit}
    if claim.series and claim.series not in series and claim.relation != "enters_only":
        return f"it is about {claim.series}"
    return ""


def _no_car(claim: Claim, race: Race) -> str:
    """Why a claim about this race found no seat."""
    if claim.relation == "enters":
        return "it names no car"
    if claim.relation in ("drives_for", "drives", "driven_since"):
        cars = [c for c in race.cars if _fits(claim.object, c)]
        if not cars:
            return f"no car on the card is {claim.object_name or claim.object}"
        return f"{len(cars)} cars on the card are {claim.object_name or claim.object} and it does not say which"
    return "neither of them is placed in a car of the card"


def _is_round(name: str, race: Race) -> bool:
    if name == "endurance-rounds":
        return race.circuit in ("daytona", "sebring", "watkins-glen", "road-atlanta")
    return name in (race.circuit, race.series) or (name == "petit-le-mans" and race.circuit == "road-atlanta")


def _seats(claims: list[Claim], race: Race) -> dict[str, list[tuple[str, str, Claim]]]:
    """Who gets into which car, by which claim: first whoever is told a team or car, then who shares with them."""
    seats: dict[str, list[tuple[str, str, Claim]]] = {}
    home: dict[str, str] = {slug(d): car.number for car in race.cars for d in car.drivers}
    named = {c.subject for c in claims} | {c.object for c in claims if c.relation == "shares_car"}
    for claim in claims:
        if claim.relation in ("drives_for", "drives", "driven_since"):
            cars = [c for c in race.cars if _fits(claim.object, c)]
            if claim.relation != "drives_for" and len(cars) > 1:
                continue
            if cars:
                car = next((c for c in cars if any(slug(d) in named for d in c.drivers)), cars[0])
                if home.get(claim.subject) not in {c.number for c in cars}:
                    home[claim.subject] = car.number
                seats.setdefault(home[claim.subject], []).append((claim.subject, claim.subject_name, claim))
    settled = {who for told in seats.values() for who, _, _ in told}
    for claim in claims:
        if claim.relation != "shares_car":
            continue
        pair = ((claim.subject, claim.subject_name), (claim.object, claim.object_name))
        anchor = next((w for w, _ in pair if w in settled and w in home), None) or next(
            (w for w, _ in pair if w in home), None
        )
        if anchor is None:
            continue
        for who, name in pair:
            if who != anchor:
                home[who] = home[anchor]
                seats.setdefault(home[anchor], []).append((who, name, claim))
    for claim in claims:
        if claim.relation == "enters_only" and claim.subject in home:
            seats.setdefault(home[claim.subject], []).append((claim.subject, claim.subject_name, claim))
    return seats


def _fits(thing: str, car: Car) -> bool:
    told = set(slug(f"{car.team} {car.vehicle} {car.make}").split("-"))
    words = [w for w in thing.split("-") if w not in ("racing", "team", "motorsport")]
    return bool(words) and all(w in told for w in words)


def _without_movers(changes: list[Change], race: Race) -> list[Change]:
    """Whoever gets into another car of the card leaves the one he had; both are one story."""
    by_car = {change.car.number: change for change in changes}
    for change in changes:
        for mover in (d for d in change.drivers if d not in change.car.drivers):
            old = next((car for car in race.cars if mover in car.drivers), None)
            if old is None:
                continue
            other = by_car.get(old.number) or Change(old, old.drivers, change.claims, change.weight, "")
            crew = tuple(d for d in other.drivers if d != mover)
            if not crew:  # a car without drivers cannot be played: the card says so
                continue
            here = by_car[change.car.number]
            word = here.together or other.together or change.claims[0].id
            weight = min(here.weight, other.weight)
            note = "; ".join(t for t in (other.note, f"out: {mover}, to car {change.car.number}") if t)
            by_car[old.number] = replace(other, drivers=crew, weight=weight, note=note, together=word)
            by_car[change.car.number] = replace(here, weight=weight, together=word)
    weakest = {
        c.together: min(o.weight for o in by_car.values() if o.together == c.together) for c in by_car.values()
    }
    return [replace(c, weight=weakest[c.together]) if c.together else c for c in by_car.values()]


def _change(
    car: Car, told: list[tuple[str, str, Claim]], claims: Iterable[Claim], weights: Mapping[str, float]
) -> Change:
    """The crew with the newcomers in. Who is told of stays; of the others the last make room."""
    wanted: dict[str, str] = {}
    for who, name, _ in told:
        wanted.setdefault(who, next((d for d in car.drivers if slug(d) == who), name))
    only = {c.subject for c in claims if c.relation == "enters_only"}
    room = max(len(car.drivers), len(wanted), 3 if only & set(wanted) else 0)
    others = [d for d in car.drivers if slug(d) not in wanted]
    crew = [d for d in car.drivers if slug(d) in wanted]
    crew += [name for who, name in wanted.items() if who not in {slug(d) for d in crew}]
    kept = others[: max(0, room - len(crew))]
    order = [*[d for d in car.drivers if d in crew or d in kept], *[d for d in crew if d not in car.drivers]]
    out = [d for d in others if d not in kept]
    new = [who for who in wanted if who not in {slug(d) for d in car.drivers}]
    unique = tuple(dict.fromkeys(c for _, _, c in told))
    moved = [c for who, _, c in told if who in new] or list(unique)
    best = {who: max(weights[c.certainty] for w, _, c in told if w == who) for who in wanted}
    weight = min(best[who] for who in new) if new else max(weights[c.certainty] for c in moved)
    note = f"in: {', '.join(wanted[w] for w in new)}" if new else "nobody new"
    note += f"; out: {', '.join(out)}" if out else ""
    return Change(car, tuple(order), unique, weight, note)


def _quoted(text: str) -> str:
    """A TOML string on one line."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False)
