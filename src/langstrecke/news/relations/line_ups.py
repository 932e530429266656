"""Crews told car by car: who shares a car has its team, its model and its series in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from langstrecke.news.coreference.clause_roles import Scene
from langstrecke.news.coreference.possessives import is_car
from langstrecke.news.lexicon.known_names import Name
from langstrecke.news.mentions.clauses import Clause
from langstrecke.news.relations.extract import Draft
from langstrecke.news.relations.seats import (
    JOINS,
    SEATED,
    SISTER,
    Sure,
    agents,
    at_the_wheel,
    beside,
    crew_in,
    driving,
    follows,
    in_one_car,
    of_the_team,
    raced_for,
    result_of,
    signed_together,
    third,
)

_GOODS = ("drives_for", "drives", "enters")
"""What those who share a car have in common."""
_SEAT = frozenset(
    {"steuer", "lenkrad", "volant", "cockpit", "startnummer", "nummer", "besatzung", "auto", "wagen", "fahrzeug",
     "bolide", "fahrerpaarung", "paarung", "fahrertrio", "fahrerduo", "fahrerwechsel", "stint", *SISTER}
)  # fmt: skip
"""With these somebody sits in a car that need not be named again."""
_OUTFITS = frozenset(
    {"besatzung", "crew", "mannschaft", "piloten", "duo", "trio", "lager", "box", "fraktion", "quartett"}
)
"""The second half of "Toyota-Besatzung"."""
_THEN = frozenset(
    {"damals", "früher", "einst", "ehemals", "zuvor", "vorjahr", "seinerzeit", "bisheriger", "bisherige", "jahren"}
)
"""With these a text tells of another time."""
_UNTIL_NOW = frozenset({"bisher", "bislang", "zuletzt", "zuvor", "vormals", "früher", "ehemals"})
"""With these somebody drove for a team that need not be the crew's."""
_ELSEWHERE = _THEN | {"sonst", "ansonsten", "parallel", "nebenbei", "daneben", "zusätzlich"}
"""With these of another time or another car."""
_NEAR = 1
"""Sentences after which a team nobody names again is no longer the one a crew belongs to."""


@dataclass
class Garage:
    """Whose cars a stretch of text is about, which they are, where they race, and who was told to sit in them."""

    preview: bool = False
    """The text tells of a season to come: what the team does its crews do."""
    team: Name | None = None
    vehicle: Name | None = None
    series: Name | None = None
    about: Name | None = None
    """The series named first: another team's series is not this one's."""
    crew: tuple[Name, ...] = ()
    headline: Name | None = None
    """The team a section is headed with."""
    home: Name | None = None
    """The team a release is about."""
    named: frozenset[Name] = frozenset()
    """Teams named in this sentence."""
    leaving: bool = False
    """This sentence tells of a farewell."""
    acted: bool = False
    """The team was what a sentence was about, not only named in it."""
    results: tuple[str, ...] = ()
    """Places the team was told to have come in at; 1 for a win."""
    mates: tuple[dict[str, dict[str, Name]], ...] = field(default_factory=lambda: ({}, {}))
    """Who shares a car with whom: at the time of the text, and in times to come."""
    goods: tuple[dict[str, dict[str, tuple[Name, str]]], ...] = field(default_factory=lambda: ({}, {}))
    """Team and car of everybody told of so far, and how sure; now, and in times to come."""
    told: set[tuple[str, str, str]] = field(default_factory=set)
    """What the text has told so far: nothing need be concluded twice."""
    age: int = 0
    """Sentences since the team was named."""

    def next_sentence(self) -> None:
        """The team named before is a sentence further away."""
        self.age += 1
        self.leaving = False

    def next_paragraph(self) -> None:
        """Only the team that tells the whole text outlives a paragraph."""
        self.team, self.crew, self.age, self.headline = self.home, (), 0, None
        if self.home is None:
            self.vehicle = self.series = None
            self.mates, self.goods = ({}, {}), ({}, {})

    def headed(self, clauses: list[Clause]) -> None:
        """Reads "BMW: ..." at the beginning: a section about that team or make."""
        if len(clauses) > 1 and clauses[1].mark == ":" and len(clauses[0].items) == 1 and self.age < 2:
            name = clauses[0].items[0].name
            if name is not None and name.is_a("team", "make"):
                self.team, self.age, self.headline = name, 0, name

    def spoken_of(self) -> Name | None:
        """The team that "the team" and a seat nobody names are of."""
        if self.headline is not None and self.age > _NEAR:
            return self.headline
        return self.team if self.home is not None or self.age <= _NEAR + 1 else None

    # --- what follows from a crew -----------------------------------------------------------------------------------

    def complete(
        self,
        scene: Scene,
        told: list[Sure],
        how_sure: Callable[[str], str],
        leads: dict[str, Name],
        *,
        then: bool = False,
        apart: bool = False,
    ) -> list[Sure]:
        """What a clause says of one of a crew, said of all; then what was said of their team before.

        `how_sure` tells the certainty of the clause for a relation, `leads` who heads which team; `then`: it tells of
        a year before that of the text; `apart`: it is one of an interview, whose turns may be about other teams.
        """
        self._turn_to_a_series(scene)
        found: list[Sure] = []
        crew, sure = crew_in(told)
        together = bool(crew)
        if not crew:
            crew, sure = driving(told, self.home if self.preview else None)
        if not crew and (crew := agents(scene)):
            sure = how_sure("drives_for")
            shared = [(a, b) for k, a in enumerate(crew) for b in crew[k + 1 :]]
            found += [(Draft(a, "shares_car", b, "driven by"), sure) for a, b in shared]
        if not crew and len(crew := in_one_car(scene)) > 1:
            sure = how_sure("shares_car")
            pairs = [(a, b) for k, a in enumerate(crew) for b in crew[k + 1 :]] if sure in SEATED else []
            found += [(Draft(a, "shares_car", b, "in the car of one number"), sure) for a, b in pairs]
        if not crew and (crew := beside(scene)):
            sure = how_sure("drives_for")
            pairs = [(a, b) for k, a in enumerate(crew) for b in crew[k + 1 :]] if sure in SEATED else []
            found += [(Draft(a, "shares_car", b, "seats beside a free one"), sure) for a, b in pairs]
        if not crew and (crew := at_the_wheel(scene)):
            sure = how_sure("drives_for")
        known = {(t.subject.id, t.relation, t.object.id) for t, _ in [*told, *found]} | self.told

        def add(one: Name, relation: str, other: Name, sure: str, rule: str, *, implied: bool = True) -> None:
            key = (one.id, relation, other.id)
            if key not in known and (other.id, relation, one.id) not in known and one.id != other.id:
                known.add(key)
                found.append((Draft(one, relation, other, rule, implied=implied), sure))

        for t, s in [*told]:
            if t.relation == "shares_car" and s in SEATED:
                for other in crew:
                    add(t.object, "shares_car", other, sure, "in one crew")
        for t, s in [*told]:
            before = t.relation == "drives_for" and scene.clause.lows & _UNTIL_NOW
            if together and t.relation in _GOODS and t.subject in crew and s in SEATED and not (t.fallback or before):
                for other in crew:
                    add(other, t.relation, t.object, s, "the crew's, too")
        for one, other, s in signed_together(scene, told):
            add(one, "shares_car", other, s, "signed together")
        for person, relation, thing, s in follows(scene, told):
            add(person, relation, thing, s, "follows from it")
        for person, relation, thing, s in raced_for(scene, told):
            add(person, relation, thing, s, "raced for the team", implied=thing.is_a("make"))
        for one, other in self._joined(scene, crew):
            add(one, "shares_car", other, how_sure("shares_car") if sure not in SEATED else sure, "joins the crew")
        if crew and sure in SEATED and not apart:
            for person, relation, thing in self._of_the_garage(scene, [*told, *found], crew):
                add(person, relation, thing, sure, "the team's, too")
        for person, team in self._in_the_race(scene, told):
            add(person, "drives_for", team, "confirmed", "one of the team's drivers in the race")
        for person, relation, thing, s in of_the_team(scene, told, how_sure, leads):
            add(person, relation, thing, s, "named with the team")
        for person, relation, thing, s in self._mates_have(scene, [*told, *found]) if not then else ():
            add(person, relation, thing, s, "a crew mate's, too")
        self._remember(scene, [*told, *found], crew)
        self.told |= {(t.subject.id, t.relation, t.object.id) for t, s in [*told, *found] if s in SEATED}
        return found

    def _turn_to_a_series(self, scene: Scene) -> None:
        """Reads "In der DTM ...", at the beginning: what follows is about the DTM."""
        first = scene.clause.groups[0] if scene.clause.groups else None
        if first is not None and first.first <= 2 and first.prep == "in":
            name = scene.clause.items[first.first].name
            if name is not None and name.is_a("series", "class"):
                if self.series is not None and self.series != name:
                    self.vehicle = None  # with another series comes another car
                self.series = name

    def _mates_have(self, scene: Scene, told: list[Sure]) -> Iterator[tuple[Name, str, Name, str]]:
        """What was told of one of a crew in another sentence: their team, their car.

        Only of the time the text is about: who shared a car "damals" has it no longer.
        """
        if scene.clause.lows & _ELSEWHERE or any(re.fullmatch(r"(?:19|20)\d\d", i.text) for i in scene.clause.items):
            return
        ahead = self.preview or any(s == "announced" for _, s in told)
        mates, goods = (self.mates[ahead], self.goods[ahead])
        for t, s in told:
            if s in SEATED and t.relation == "shares_car":
                mates.setdefault(t.subject.id, {})[t.object.id] = t.object
                mates.setdefault(t.object.id, {})[t.subject.id] = t.subject
            if (
                s in ("confirmed", "announced")
                and t.relation in ("drives", "drives_for")
                and t.subject.is_a("person")
            ):
                have = goods.setdefault(t.subject.id, {})
                if t.relation not in have or not (t.object.is_a("make") and not have[t.relation][0].is_a("make")):
                    have[t.relation] = (t.object, s)  # the latest; a team rather than a make
        for id in dict.fromkeys(n.id for t, _ in told for n in (t.subject, t.object) if n.id in mates):
            for mate in mates[id].values():
                for giver, taker in ((id, mate), (mate.id, mates[mate.id][id])):
                    for relation, (thing, s) in list(goods.get(giver, {}).items()):
                        if relation not in goods.get(taker.id, {}):
                            goods.setdefault(taker.id, {})[relation] = (thing, s)
                            yield taker, relation, thing, s

    def _joined(self, scene: Scene, crew: tuple[Name, ...]) -> Iterator[tuple[Name, Name]]:
        """Reads "als dritter Mann stößt X dazu": X shares the car with those told of before."""
        clause = scene.clause
        if not self.crew or crew or not (clause.lemmas & JOINS or third(scene)) or self.age > _NEAR + 1:
            return
        for person in scene.subject:
            if person.is_a("person") and person not in self.crew:
                yield from ((person, other) for other in self.crew)

    def _of_the_garage(
        self, scene: Scene, told: list[Sure], crew: tuple[Name, ...]
    ) -> Iterator[tuple[Name, str, Name]]:
        has = {(t.subject.id, t.relation) for t, _ in told}
        words = scene.clause.lemmas
        sister = any(w.startswith(SISTER) for w in words)
        seat = (
            sister
            or bool(agents(scene))
            or bool(words & _SEAT)
            or any(i.name and i.name.is_a("car") for i in scene.clause.items)
        )
        near = self.age <= (_NEAR + 2 if seat else _NEAR) or self.home is not None
        cars = [t.object.id for t, _ in told if t.relation == "drives"]
        outfits = [
            i.name for i in scene.clause.items
            if i.kind in ("name", "role") and i.name and i.name.is_a("team", "make") and i.name.id not in cars
        ]  # fmt: skip
        if self.team is None or not near or any(o != self.team for o in outfits):
            return
        if not (seat or self.age == 0 or self.home is not None):
            return
        if self.team.is_a("make") and any(
            n not in (self.team, self.vehicle) and n.id not in cars for n in self.named
        ):
            return  # "für Rowe Racing", in another clause
        driven = [t.object for t, _ in told if t.relation == "drives"]
        if self._another_make(driven) or self.team in driven:
            return
        for person in crew:
            if (person.id, "leaves") in has:
                continue
            if (person.id, "drives_for") not in has:
                yield person, "drives_for", self.team
            if self.vehicle is not None and seat and (person.id, "drives") not in has:
                yield person, "drives", self.vehicle

    def _another_make(self, cars: list[Name]) -> bool:
        """Whether a crew sits in a car that the team, a make or told with another car, does not run."""
        own = self.team if self.team is not None and self.team.is_a("make") else self.vehicle
        return own is not None and any(
            not (c.id.startswith(own.id) or own.id.startswith(c.id)) for c in cars if c.is_a("vehicle", "make")
        )

    def _in_the_race(self, scene: Scene, told: list[Sure]) -> Iterator[tuple[Name, Name]]:
        """Reads "BMW erlebte einen schwarzen Tag. A und B wurden nur Fünfte": whose drivers they are.

        Not where the team was told to have come in elsewhere, or where another team is named.
        """
        if self.team is None or self.age > _NEAR or not (self.acted or self.results):
            return
        if not self.age and scene.clause.mark != ":":
            return  # "Cadillac siegt, A und B sind Meister"
        items = scene.clause.items
        rival = next((n for n, i in enumerate(items) if i.low in ("vor", "hinter", "gegen")), len(items))
        others = [
            i.name
            for n, i in enumerate(items[:rival])
            if i.kind in ("name", "role") and i.name and i.name.is_a("team", "make") and i.name != self.team
            and not (self.results and not self.team.is_a("make") and i.car is None and is_car(items, n))
        ]  # fmt: skip
        if others or any(t.relation in ("drives_for", "leaves") for t, _ in told):
            return
        for t, s in told:
            result = result_of(t)
            if s != "confirmed" or not result or not t.subject.is_a("person") or t.subject.is_a("team"):
                continue
            cars = [
                goods[t.subject.id]["drives"][0] for goods in self.goods if "drives" in goods.get(t.subject.id, {})
            ]
            if self._another_make(cars):
                continue
            if t.subject in scene.subject and (not self.results or result in self.results):
                yield t.subject, self.team

    def _remember(self, scene: Scene, told: list[Sure], crew: tuple[Name, ...]) -> None:
        if any(t.relation == "leaves" for t, _ in told):
            self.leaving = True
            return
        series = (i.name for i in scene.clause.items if i.kind == "name" and i.name and i.name.is_a("series"))
        self.about = self.about or next(series, None)
        first = scene.clause.groups[0] if scene.clause.groups else None
        if first is not None and first.first <= 2 and first.prep == "in":  # "Im ADAC GT Masters gehen ..."
            name = scene.clause.items[first.first].name
            self.about = name if name is not None and name.is_a("series") else self.about
        acting = next((n for n in scene.subject if n.is_a("team", "make")), None)
        joined = next(
            (
                t.object
                for t, s in told
                if t.relation == "drives_for" and s in SEATED and (t.subject in scene.subject or t.subject in crew)
            ),
            None,
        )
        joined = None if scene.clause.kind == "rel" else joined
        if joined is not None and self.leaving:
            self.team = None  # of two teams it is not told which the next sentence is about
            return
        at = None
        if not any(n.is_a("person") for n in scene.subject):
            at = next(
                (
                    i.name
                    for g in scene.clause.groups
                    if g.prep in ("bei", "für", "von", "an")
                    for i in (scene.clause.items[n] for n in g.members)
                    if i.kind == "name" and i.name is not None and i.name.is_a("team")
                ),
                None,
            )
            crews = (
                i.name
                for i in scene.clause.items
                if i.compound is not None and i.compound.head in _OUTFITS and i.name
            )
            at = at or next((n for n in crews if n.is_a("team", "make")), None)
        team = acting or joined or at
        if team is not None:
            if self.team is None or team.id != self.team.id:
                self.vehicle, self.results, self.series = None, (), self.about
            self.team, self.age, self.acted = team, 0, acting is not None
            self.results = tuple(
                dict.fromkeys((*self.results, *(result_of(t) for t, _ in told if t.subject == team and result_of(t))))
            )
            if self.preview and acting is not None and self.home is None:
                self.home = team
        for item in scene.clause.items:
            if (
                item.kind == "name"
                and item.name is not None
                and item.name.is_a("vehicle")
                and not item.name.is_a("team")
            ):
                self.vehicle = item.name
        for t, s in told:
            if t.relation == "enters" and t.subject.is_a("team", "make") and t.object.is_a("series") and s in SEATED:
                self.series = t.object
        if len(crew) > 1:
            self.crew = crew
