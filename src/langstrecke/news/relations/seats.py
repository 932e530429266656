"""Who sits in a car, as one clause tells it: crews, teams with their drivers, agents of the passive."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from langstrecke.news.coreference.clause_roles import Scene
from langstrecke.news.lexicon.known_names import Name
from langstrecke.news.relations.extract import FIELDS, Draft

Sure = tuple[Draft, str]
"""A claim in the making and how sure the text is of it."""
SEATED = ("confirmed", "announced", "reported", "expected")
"""So sure a text must be of a crew before anything is concluded from it."""
SISTER = ("schwesterauto", "schwesterwagen", "schwesterfahrzeug", "schwester")
_WHEEL = frozenset({"steuer", "lenkrad", "volant", "cockpit"})
_SITS = frozenset({"sitzen", "greifen", "drehen", "steigen", "klettern", "nehmen", "rücken", "=am", "ablösen"})


def crew_in(told: list[Sure]) -> tuple[tuple[Name, ...], str]:
    """Everybody who shares a car in a clause, and how sure it is."""
    shared = [(t, s) for t, s in told if t.relation == "shares_car" and s in SEATED]
    if not shared:
        return (), ""
    people = tuple(dict.fromkeys(n for t, _ in shared for n in (t.subject, t.object)))
    return people, shared[0][1]


JOINS = frozenset(
    {"dazustoßen", "hinzustoßen", "dazustossen", "hinzustossen", "hinzukommen", "dazukommen", "komplettieren",
     "ergänzen", "vervollständigen", "zustoßen"}
)  # fmt: skip


def third(scene: Scene) -> bool:
    """Reads "als dritter Mann", "Dritter im Bunde", "den dritten Platz im Cockpit"."""
    words = scene.clause.lows
    return bool(words & {"dritter", "dritten", "dritte", "vierter", "vierten"}) and bool(
        words & {"mann", "fahrer", "pilot", "bunde", "cockpit", "fahrerin", "platz", "stammpilot"}
    )


def of_the_team(
    scene: Scene, told: list[Sure], how_sure: Callable[[str], str], leads: dict[str, Name]
) -> Iterator[tuple[Name, str, Name, str]]:
    """Reads "das Team Phoenix um A und B", "Audi mit A, B und C": they drive for it, and its result is theirs."""
    items = scene.clause.items
    teams = [t for n in scene.subject if (t := leads.get(n.id, n)).is_a("team", "make")]
    for group in scene.clause.groups:
        people = tuple(p for n in group.members for p in items[n].who if items[n].kind == "person")
        if not people or group.prep not in ("um", "mit", "für") or group.first < 2:
            continue
        if group.prep == "für":
            if teams and scene.clause.lemmas & FIELDS:
                yield from _fielded(teams[0], people, told, how_sure)
            continue
        if group.prep == "mit" and not any(result_of(t) for t, _ in told):
            continue
        team = items[group.first - 2].name
        if group.prep == "um" and len(people) == 1:
            continue
        if group.prep == "mit" and len(teams) == 1:
            team = teams[0]  # "Alpine blieb mit A und B nur der dritte Rang"
        elif team is None or team not in teams or items[group.first - 1].low != group.prep:
            continue
        results = [(t, s) for t, s in told if t.subject == team and result_of(t)]
        for person in people:
            yield person, "drives_for", team, results[0][1] if results else "confirmed"
            yield from ((person, t.relation, t.object, s) for t, s in results)


def _fielded(
    team: Name, people: tuple[Name, ...], told: list[Sure], how_sure: Callable[[str], str]
) -> Iterator[tuple[Name, str, Name, str]]:
    """Reads "WRT bringt einen BMW für A, B und C": they drive it for the team, together."""
    of_the_car = [(t, s) for t, s in told if t.subject == team and t.relation == "drives"]
    sure = of_the_car[0][1] if of_the_car else how_sure("drives_for")
    if sure not in SEATED:
        return
    for k, person in enumerate(people):
        yield person, "drives_for", team, sure
        yield from ((person, "drives", t.object, s) for t, s in of_the_car)
        yield from ((person, "shares_car", other, sure) for other in people[k + 1 :])


_CAR_SEATS = (2, 4)
"""So many share a car."""


_NAMES_THEM = frozenset({"nominieren", "bestätigen", "benennen", "berufen", "setzen"})
"""With these a team tells of its drivers, not of one car."""


def signed_together(scene: Scene, told: list[Sure]) -> Iterator[tuple[Name, Name, str]]:
    """Reads "Prema verpflichtet A, B und C", "ist mit A und B dabei": named in a row, they share the team's car."""
    for group in scene.clause.groups if not scene.clause.lemmas & _NAMES_THEM else ():
        people = [
            p for n in group.members for p in scene.clause.items[n].who if scene.clause.items[n].kind == "person"
        ]
        if not _CAR_SEATS[0] <= len(people) <= _CAR_SEATS[1]:
            continue
        teams = [
            {
                (t.object.id, s)
                for t, s in told
                if t.relation == "drives_for" and t.subject == p and _is_private(t.object)
            }
            for p in people
        ]
        common = set.intersection(*teams)
        for _, s in sorted(common)[:1]:
            if s in SEATED:
                yield from ((a, b, s) for k, a in enumerate(people) for b in people[k + 1 :])


def _is_private(name: Name) -> bool:
    return name.is_a("team") and not name.is_a("make")


def follows(scene: Scene, told: list[Sure]) -> Iterator[tuple[Name, str, Name, str]]:
    """Who has driven for a make since 2005, or leaves it after ten years, drives or drove for it."""
    for t, s in told:
        if t.relation == "driven_since" and s in SEATED and t.object.is_a("team", "make"):
            yield t.subject, "drives_for", t.object, s
        after = "nach" in scene.clause.lows and scene.clause.lows & {"jahren", "saisons", "jahr", "saison"}
        if (
            t.relation == "leaves"
            and s in SEATED
            and after
            and t.subject.is_a("person")
            and t.object.is_a("team", "make")
        ):
            yield t.subject, "drives_for", t.object, "confirmed"


def raced_for(scene: Scene, told: list[Sure]) -> Iterator[tuple[Name, str, Name, str]]:
    """Reads "kam für Graff auf Rang vier", "wurde mit Attempto Zehnter": who had that result drove for the team."""
    raced = [
        (t.subject, s) for t, s in told if result_of(t) and t.subject.is_a("person") and t.subject in scene.subject
    ]
    if raced:
        for group in scene.clause.groups:
            team = scene.clause.items[group.first].name
            if group.prep not in ("für", "mit") or team is None or scene.clause.items[group.first].kind != "name":
                continue
            if team.is_a("team") and (group.prep == "für" or not team.is_a("make")) and len(group.members) == 1:
                yield from ((person, "drives_for", team, s) for person, s in raced)


def agents(scene: Scene) -> tuple[Name, ...]:
    """Reads "gefahren wird er von A, B und C"."""
    if not scene.clause.lows & {"gefahren", "pilotiert", "gesteuert", "gelenkt", "bewegt", "besetzt"}:
        return ()
    for group in scene.clause.groups:
        if group.prep == "von" and scene.clause.items[group.first].kind == "person":
            return tuple(p for n in group.members for p in scene.clause.items[n].who)
    return ()


def driving(told: list[Sure], home: Name | None) -> tuple[tuple[Name, ...], str]:
    """Who is told to drive a car, alone; in a team's release also who drives for it."""
    sure = [
        (t.subject, s)
        for t, s in told
        if s in SEATED
        and t.subject.is_a("person")
        and (t.relation == "drives" or (t.relation == "drives_for" and t.object == home))
    ]
    return tuple(dict.fromkeys(p for p, _ in sure)), sure[0][1] if sure else ""


def at_the_wheel(scene: Scene) -> tuple[Name, ...]:
    """Who sits in a car that is not named: "Calado, der am Steuer saß", "im Schwesterauto gibt er sein Debüt"."""
    words = scene.clause.lemmas
    sister = any(w.startswith(SISTER) for w in words)
    sits = bool(words & _SITS) or bool(scene.clause.lows & {"ist", "war", "sind", "waren"})
    if (not sister and not (words & _WHEEL and sits)) or words & {"verlieren", "räumen", "abgeben", "suchen"}:
        return ()
    return tuple(n for n in scene.subject if n.is_a("person"))


def beside(scene: Scene) -> tuple[Name, ...]:
    """Reads "der freie Platz neben A und B": A and B have theirs."""
    if not scene.clause.lemmas & {"platz", "cockpit", "sitz", "fahrersitz"}:
        return ()
    for group in scene.clause.groups:
        if group.prep == "neben" and scene.clause.items[group.first].kind == "person":
            return tuple(p for n in group.members for p in scene.clause.items[n].who)
    return ()


def in_one_car(scene: Scene) -> tuple[Name, ...]:
    """Reads "in der Nummer 93 starten A, B und C", "die Nummer 94 übernehmen A und B"."""
    people = tuple(n for n in scene.subject if n.is_a("person"))
    for group in scene.clause.groups:
        name = scene.clause.items[group.first].name
        if name is None or not name.is_a("car") or len(group.members) > 1 or group is scene.subject_group:
            continue
        if group.prep == "in" or (not group.prep and scene.clause.lemmas & _STEERED):
            return people
    return ()


_STEERED = frozenset({"übernehmen", "teilen", "steuern", "fahren", "pilotieren", "lenken", "besetzen", "bewegen"})


def result_of(told: Draft) -> str:
    """Where somebody came in, as a claim tells it: 1 for a win; empty where it tells no result."""
    return "" if told.rule.startswith("title") else {"won": "1", "finished": told.place}.get(told.relation, "")
