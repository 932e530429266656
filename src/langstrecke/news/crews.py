"""Crews told car by car: who shares a car has its team, its model and its series in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from langstrecke.news.frames import Told
from langstrecke.news.names import Name
from langstrecke.news.scene import Scene
from langstrecke.news.talk import Talk

Sure = tuple[Told, str]
"""A claim in the making and how sure the text is of it."""

_SEATED = ("confirmed", "announced", "reported", "expected")
"""So sure a text must be of a crew before anything is concluded from it."""
_GOODS = ("drives_for", "drives", "enters")
"""What those who share a car have in common."""
_SISTER = ("schwesterauto", "schwesterwagen", "schwesterfahrzeug", "schwester")
_SEAT = frozenset(
    {"steuer", "lenkrad", "volant", "cockpit", "startnummer", "nummer", "besatzung", "auto", "wagen", "fahrzeug",
     "bolide", "fahrerpaarung", "paarung", "fahrertrio", "fahrerduo", "fahrerwechsel", "stint", *_SISTER}
)  # fmt: skip
"""With these somebody sits in a car that need not be named again."""
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
    crew: tuple[Name, ...] = ()
    home: Name | None = None
    """The team a release is about."""
    age: int = 0
    """Sentences since the team was named."""

    def next_sentence(self) -> None:
        """The team named before is a sentence further away."""
        self.age += 1

    def next_paragraph(self) -> None:
        """Only the team that tells the whole text outlives a paragraph."""
        self.team, self.crew, self.age = self.home, (), 0
        if self.home is None:
            self.vehicle = self.series = None

    # --- what follows from a crew -----------------------------------------------------------------------------------

    def complete(self, scene: Scene, told: list[Sure], talk: Talk) -> list[Sure]:
        """What a clause says of one of a crew, said of all; then what was said of their team before."""
        crew, sure = _crew_in(told)
        if not crew:
            crew, sure = _seated(scene, told, talk)
        known = {(t.subject.id, t.relation, t.object.id) for t, _ in told}
        found: list[Sure] = []

        def add(one: Name, relation: str, other: Name, sure: str, rule: str) -> None:
            key = (one.id, relation, other.id)
            if key not in known and (other.id, relation, one.id) not in known and one.id != other.id:
                known.add(key)
                found.append((Told(one, relation, other, rule), sure))

        for t, s in [*told]:
            if t.relation == "shares_car" and s in _SEATED:
                for other in crew:
                    add(t.object, "shares_car", other, sure, "in one crew")
        for t, s in [*told]:
            if t.relation in _GOODS and t.subject in crew and s in _SEATED and not t.fallback:
                for other in crew:
                    add(other, t.relation, t.object, s, "the crew's, too")
        if crew:
            for person, relation, thing in self._of_the_garage(scene, [*told, *found], crew):
                add(person, relation, thing, sure, "the team's, too")
        self._remember(scene, [*told, *found], crew)
        return found

    def _of_the_garage(
        self, scene: Scene, told: list[Sure], crew: tuple[Name, ...]
    ) -> Iterator[tuple[Name, str, Name]]:
        has = {(t.subject.id, t.relation) for t, _ in told}
        words = scene.clause.lemmas
        sister = any(w.startswith(_SISTER) for w in words)
        seat = sister or bool(words & _SEAT) or any(i.name and i.name.is_a("car") for i in scene.clause.items)
        near = self.age <= _NEAR or self.home is not None
        cars = [t.object.id for t, _ in told if t.relation == "drives"]
        outfits = [
            i.name for i in scene.clause.items
            if i.kind in ("name", "role") and i.name and i.name.is_a("team", "make") and i.name.id not in cars
        ]  # fmt: skip
        if self.team is None or not near or any(o != self.team for o in outfits):
            return
        if not (seat or self.age == 0 or self.home is not None):
            return
        for person in crew:
            if (person.id, "drives_for") not in has:
                yield person, "drives_for", self.team
            if self.vehicle is not None and seat and (person.id, "drives") not in has:
                yield person, "drives", self.vehicle
            if (
                self.series is not None
                and self.preview
                and not {(person.id, "enters"), (person.id, "enters_only")} & has
            ):
                yield person, "enters", self.series

    def _remember(self, scene: Scene, told: list[Sure], crew: tuple[Name, ...]) -> None:
        if any(t.relation == "leaves" for t, _ in told):
            return
        acting = next((n for n in scene.subject if n.is_a("team", "make")), None)
        joined = next((t.object for t, s in told if t.relation == "drives_for" and s in _SEATED), None)
        at = None
        if not any(n.is_a("person") for n in scene.subject):
            at = next(
                (
                    i.name
                    for g in scene.clause.groups
                    if g.prep in ("bei", "für", "von")
                    for i in (scene.clause.items[n] for n in g.members)
                    if i.kind == "name" and i.name is not None and i.name.is_a("team")
                ),
                None,
            )
        team = acting or joined or at
        if team is not None:
            if self.team is None or team.id != self.team.id:
                self.vehicle = None
            self.team, self.age = team, 0
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
            if t.relation == "enters" and t.subject.is_a("team", "make") and t.object.is_a("series") and s in _SEATED:
                self.series = t.object
        first = scene.clause.groups[0] if scene.clause.groups else None
        if first is not None and first.first <= 2 and first.prep == "in":
            name = scene.clause.items[first.first].name
            if name is not None and name.is_a("series", "class"):
                self.series = name
        if len(crew) > 1:
            self.crew = crew


def _crew_in(told: list[Sure]) -> tuple[tuple[Name, ...], str]:
    """Everybody who shares a car in a clause, and how sure it is."""
    shared = [(t, s) for t, s in told if t.relation == "shares_car" and s in _SEATED]
    if not shared:
        return (), ""
    people = tuple(dict.fromkeys(n for t, _ in shared for n in (t.subject, t.object)))
    return people, shared[0][1]


def _seated(scene: Scene, told: list[Sure], talk: Talk) -> tuple[tuple[Name, ...], str]:
    """Who is told to sit in a car alone: "James Calado, der am Steuer saß"."""
    people = tuple(dict.fromkeys(t.subject for t, s in told if t.relation == "drives" and s in _SEATED))
    people = tuple(p for p in people if p.is_a("person"))
    if people:
        return people, next(s for t, s in told if t.relation == "drives" and s in _SEATED)
    return (), ""
