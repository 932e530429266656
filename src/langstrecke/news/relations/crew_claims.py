"""What the crews of a sentence claim, and which readings of its clauses they contradict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from langstrecke.news.coreference.discourse import Talk
from langstrecke.news.lexicon.known_names import Name
from langstrecke.news.mentions.clauses import Clause
from langstrecke.news.mentions.crews import BEHIND, Crew, crews_in
from langstrecke.news.mentions.places import place_of
from langstrecke.news.mentions.tokens import Item
from langstrecke.news.relations.extract import Draft

_RULE = "a crew and its car"
_SEATS = frozenset(
    {"fahren", "sitzen", "teilen", "starten", "antreten", "steuern", "lenken", "pilotieren", "bilden", "bleiben",
     "wechseln", "einsetzen", "melden", "zusammenspannen", "verpflichten", "greifen", "geben", "übernehmen", "start"}
)  # fmt: skip
"""What is denied with these is the seat itself."""
_SEATED_BY = frozenset({_RULE, "somebody in a car", "in a car, whatever they do there"})
_OF_A_CREW = frozenset({"shares_car", "drives", "drives_for", "won", "finished", "enters", "beat"})


@dataclass(frozen=True)
class Seated:
    """A crew with its people by name; `start`: where in the text it begins."""

    people: tuple[Name, ...]
    start: int
    crew: Crew
    car: Name | None = None
    team: Name | None = None
    race: Name | None = None
    """The race the place or the win is of."""
    place: str = ""


def _is_a_model(name: Name) -> bool:
    return name.is_a("vehicle") and not name.is_a("make", "team", "series")


def stays_seated(told: Draft, clause: Clause) -> bool:
    """Reads "kam im Peugeot mit A und B nicht ins Ziel": what is denied is the result, not who sat in the car."""
    of_a_seat = told.relation in ("shares_car", "drives", "drives_for") and told.rule in _SEATED_BY
    return of_a_seat and clause.lemmas.isdisjoint(_SEATS)


def _clause_start(items: list[Item], first: int) -> int:
    """Where a main clause of its own begins that a row of names opens: "Cadillac siegt, A und B sind Meister"."""
    opens = first and items[first - 1].text in (",", ";")
    tells = any(i.finite for i in items[:first]) and not any(i.low in _CARRIES for i in items[:first])
    return first if opens and tells else 0


_CARRIES = frozenset({"an", "ging", "gehen", "geht", "sind", "waren", "heißen", "wurden"})


@dataclass
class Crews:
    """The crews of the sentence that is read, and the car told of last."""

    car: Name | None = None
    team: Name | None = None
    seated: tuple[Seated, ...] = field(default=())

    def read(self, items: list[Item], talk: Talk) -> None:
        """Take up a sentence."""
        races = [i.name for i in items if i.kind == "name" and i.name is not None and i.name.is_a("event")]
        race = races[0] if races else talk.race()
        border = next((n for n, i in enumerate(items) if i.low in BEHIND and n), len(items))
        head = place_of(items[:border])
        ahead = int(head) if head else 0
        found: list[Seated] = []
        crews = crews_in(items)
        fronts = [c for c in crews if not c.behind]
        for crew in crews:
            people = tuple(
                dict.fromkeys(
                    n
                    for m in crew.members
                    for n in talk.who(items[m], clause_subject=(), possessive="", plural=False, subject_slot=False)
                )
            )
            car, team = crew.car, crew.team
            if crew.sister:
                car, team = self.car, team or self.team
            if car is not None and crew.together:
                self.car, self.team = car, team
            place = ""
            if crew.behind:
                ahead += 1 if ahead else 0
                place = str(ahead) if ahead else place_of(items[crew.members[-1] :])
            elif not crew.behind and len(fronts) == 1 and crew.members[0] < border:
                end = next((n for n, i in enumerate(items) if i.text in (",", ";") and n > crew.members[-1]), border)
                start = _clause_start(items, crew.members[0])
                place = place_of(items[start : min(end, border)]) or ("" if start else head)
            found.append(Seated(people, items[crew.members[0]].start, crew, car, team, race, place))
        if all(one.car is None for one in found):
            models = [i.name for i in items if i.kind == "name" and i.name is not None and _is_a_model(i.name)]
            if models:
                self.car, self.team = models[-1], None
        self.seated = tuple(found)

    def drafts(self, start: int, end: int, subject: tuple[Name, ...]) -> Iterator[Draft]:
        """What the crews that begin between two offsets claim; `subject`: who acts in that clause."""
        for number, one in enumerate(self.seated):
            if not start <= one.start < end:
                continue
            who: tuple[Name, ...] = ()
            if one.crew.joins and not one.crew.behind:
                who = tuple(n for n in subject if n.is_a("person") and n not in one.people)
                one = replace(one, people=(*who, *one.people))
                self.seated = (*self.seated[:number], one, *self.seated[number + 1 :])
            shared = one.crew.together or one.crew.behind or one.crew.joins or bool(one.place)
            for n, person in enumerate(one.people):
                if shared:
                    yield from (
                        Draft(
                            person,
                            "shares_car",
                            other,
                            _RULE,
                            implied=person not in who if who else not one.crew.told,
                        )
                        for other in one.people[n + 1 :]
                    )
                if one.car is not None:
                    yield Draft(person, "drives", one.car, _RULE)
                if one.team is not None:
                    yield Draft(person, "drives_for", one.team, _RULE)
                if one.place and one.race is not None:
                    relation = "won" if one.place == "1" else "finished"
                    place = "" if one.place == "1" else one.place
                    yield Draft(
                        person, relation, one.race, _RULE, place=place, implied=bool(who) and person not in who
                    )

    def contradicts(self, told: Draft) -> bool:
        """Whether a reading of a clause goes against the lists of its sentence."""
        if told.rule == _RULE or told.relation not in _OF_A_CREW:
            return False
        one = self._of(told.subject)
        other = self._of(told.object)
        if told.relation == "beat":  # the places tell it
            return one is not None and other is not None and bool(other.place)
        if told.relation == "shares_car":
            return one is not None and other is not None and one is not other
        if one is None:
            return False
        if told.relation == "drives":
            if one.car is not None:
                return told.object != one.car and not told.object.id.startswith(one.car.id)
            return any(c.car == told.object for c in self.seated if c is not one)
        if told.relation == "drives_for":
            mine = {n.id for n in (one.team, one.car) if n is not None}
            if one.team is not None:
                return told.object.id not in mine
            return any(told.object in (c.team, c.car) for c in self.seated if c is not one)
        return one.crew.behind

    def _of(self, name: Name) -> Seated | None:
        return next((c for c in self.seated if name in c.people), None)
