"""What outfit or place is meant by a word for one: "das Team", "die Marke", "die Kemptener", "dort"."""

from __future__ import annotations

from langstrecke.news.coreference.discourse import Talk
from langstrecke.news.coreference.role_nouns import THE
from langstrecke.news.lexicon.known_names import Name
from langstrecke.news.mentions.clauses import Clause
from langstrecke.news.mentions.noun_phrases import Group, find_groups, governing
from langstrecke.news.mentions.tokens import Item

_TEAM_NOUNS = frozenset({"team", "mannschaft", "rennstall", "truppe", "equipe", "teams"})
_OUTFITS = {
    **dict.fromkeys(("team", "mannschaft", "rennstall", "rennstalls", "truppe", "equipe", "équipe"), "team"),
    **dict.fromkeys(("klassiker", "klassikers", "langstreckenklassiker", "langstreckenklassikers"), "event"),
    **dict.fromkeys(("marke", "hersteller", "herstellers", "autobauer", "autobauers", "werksteam"), "make"),
}
_MAKES_OF = {
    "FRA": ("peugeot", "alpine"), "ITA": ("ferrari", "lamborghini"), "JPN": ("toyota", "acura", "lexus", "mazda"),
    "USA": ("cadillac", "corvette", "ford"), "GBR": ("aston-martin", "mclaren"),
    "DEU": ("porsche", "bmw", "audi", "mercedes"),
}  # fmt: skip


def outfits_meant(clause: Clause, talk: Talk) -> None:
    """Reads "für das Team", "der Marke", "für die Franzosen": the team or make spoken of."""
    found = False
    for n, item in enumerate(clause.items):
        back = n - 1
        if (
            item.kind == "word"
            and item.low in _OUTFITS
            and n > 1
            and clause.items[back].low.endswith(("e", "en", "er"))
        ):
            back -= 1 if clause.items[back].text[:1].islower() and clause.items[back].low not in THE else 0
        if back < 0 or clause.items[back].low not in THE:  # "der britische Rennstall"
            continue
        after = clause.items[n + 1] if n + 1 < len(clause.items) else None
        owned = after is not None and (after.kind in ("name", "person") or after.low in ("von", "um", "des"))
        if after is not None and after.low == "aus":  # "das Team aus Niederdreisbach", not "aus A und B"
            owned = clause.items[n + 2].kind != "word" if n + 2 < len(clause.items) else True
        meant: Name | None = None
        if item.kind == "word" and item.low in _OUTFITS and not owned:
            meant = talk.last.get(_OUTFITS[item.low])
            if talk.section is not None and talk.section.is_a(_OUTFITS[item.low]):
                meant = talk.section
            if meant is not None and meant.is_a("make") and _OUTFITS[item.low] == "team":
                main = talk.main_team()
                private = main if main is not None and not main.is_a("make") else meant
                meant = (
                    talk.last["outfit"] if "outfit" in talk.here else private
                )  # "das Team" is rather a team than a make
        elif item.kind == "role" and item.compound is not None and item.low.endswith("n") and not owned:
            makes = _MAKES_OF.get(item.compound.country, ())
            last = talk.last.get("make")
            through = n > 1 and clause.items[n - 2].low in ("für", "bei", "mit", "zu", "von")
            meant = last if through and last is not None and last.id in makes else None
        if meant is None and talk.section is not None and _townsfolk(clause.items, n):
            meant = talk.section
        if meant is None and _folk(clause.items, n):
            meant = _of_the_folk(clause, n, talk)
            if meant is None:  # more than one, and nobody says who
                clause.items[n] = Item(item.text, item.start, item.end)
                found = True
        if meant is not None:
            clause.items[n] = Item(item.text, item.start, item.end, "name", meant)
            found = True
    if found:
        clause.groups = find_groups(clause.items)


_MAKES_AT = {
    "münchner": "bmw", "münchener": "bmw", "bayern": "bmw", "ingolstädter": "audi", "weissacher": "porsche",
    "zuffenhausener": "porsche", "stuttgarter": "porsche", "schwaben": "porsche", "affalterbacher": "mercedes",
}  # fmt: skip
"""Makes called by where they sit."""


def _folk(items: list[Item], n: int) -> bool:
    """Reads "die Münchner", "die Amerikaner": more than one from there, none of them named."""
    compound, low = items[n].compound, items[n].low
    if items[n].kind != "role" or compound is None or compound.role is not None or compound.woman:
        return False
    if not (compound.country or compound.age) or items[n].text[:1].isdigit() or not low.endswith(("er", "en", "n")):
        return False
    after = items[n + 1] if n + 1 < len(items) else None
    return items[n - 1].low == "die" and not (after is not None and after.kind in ("person", "role", "name"))


def _of_the_folk(clause: Clause, n: int, talk: Talk) -> Name | None:
    """The make or team called by its town or country, if it was spoken of."""
    compound = clause.items[n].compound
    assert compound is not None
    near = [m for m in (talk.section, talk.outfit, talk.last.get("make")) if m is not None]
    at = _MAKES_AT.get(clause.items[n].low)
    if at is not None:
        return next((m for m in near if m.id == at), talk.book.names[at] if at in talk.spoken_of else None)
    makes = _MAKES_OF.get(compound.country, ())
    town = compound.age or compound.country in ("DEU", "AUT", "CHE")
    town = town and not clause.items[n].low.startswith(("deutsch", "österreich", "schweiz"))
    return talk.section if town else next((m for m in near if m.id in makes), None)


def _townsfolk(items: list[Item], n: int) -> bool:
    """Reads "René Rast verlässt die Kemptener": where somebody else acts, those of a town are its team."""
    item, before = items[n], items[n - 1].low
    compound = item.compound
    town = (
        item.kind == "role"
        and compound is not None
        and compound.role is None
        and (compound.age or bool(compound.country))
    )
    if not town or item.text[:1].isdigit() or before != "die" or not item.low.endswith(("er", "en", "n")):
        return False
    if n + 1 < len(items) and items[n + 1].kind in ("person", "role"):
        return False
    return any(i.kind == "person" or i.low in ("er", "sie") for i in items[:n])


_RACESTHERE = frozenset(
    {"fahren", "starten", "antreten", "teilnehmen", "mitfahren", "gewinnen", "siegen", "debütieren", "dabei",
     "holen", "angreifen", "gesamtsieg", "sieg", "triumphieren", "rennen", "zurückkehren"}
)  # fmt: skip


def place_meant(clause: Clause, talk: Talk) -> None:
    """Reads "dort" in "wollte dort immer einmal fahren": the race or series named last."""
    place = talk.last.get("event") if "event" in talk.here else talk.last.get("races")
    at = next((n for n, i in enumerate(clause.items) if i.low == "dort" and i.kind == "word"), None)
    named = any(i.kind == "name" and i.name and i.name.is_a("event") for i in clause.items)
    if clause.lemmas.isdisjoint(_RACESTHERE):
        return
    with_a_team = at == 0 and talk.named is not None and talk.named.is_a("team", "make")  # "Dort trifft er auf ..."
    if (
        at is None
        or place is None
        or named
        or with_a_team
        or any(i.kind == "name" and i.name == place for i in clause.items)
    ):
        return
    item = clause.items[at]
    clause.items[at] = Item(item.text, item.start, item.end, "name", place)
    clause.groups = sorted([*clause.groups, Group(at, (at,), "in")], key=lambda g: g.first)


def teams_by_head(clause: Clause, talk: Talk) -> list[tuple[Name, Name]]:
    """Reads "das Team von Chip Ganassi", "die Mannschaft von Karsten Molitor": the team takes the person's place.

    Returns the heads with their teams.
    """
    heads: list[tuple[Name, Name]] = []
    for n, item in enumerate(clause.items):
        called = n > 0 and item.kind == "person" and item.name is not None and item.name.id in talk.book.teams_of
        if called and item.name is not None and clause.items[n - 1].low in ("für", "bei", "zu"):
            team = talk.book.names[talk.book.teams_of[item.name.id]]  # "ein Rennen für Chip Ganassi"
            clause.items[n] = Item(item.text, item.start, item.end, "name", team)
            clause.groups = find_groups(clause.items)
            continue
        if item.kind != "person" or n < 2 or item.name is None:
            continue
        if clause.items[n - 1].low != "von" or clause.items[n - 2].low not in _TEAM_NOUNS:
            continue
        person = talk.who(item, clause_subject=(), possessive="", plural=False, subject_slot=True)
        if not person:
            continue
        known = talk.book.teams_of.get(person[0].id)
        meant = talk.book.names[known] if known else talk.last.get("team")
        if meant is None or (not known and meant.is_a("make")):
            continue
        if person[0].id not in talk.team_of:  # the team of one of its drivers
            heads.append((person[0], meant))
        clause.items[n] = Item(item.text, item.start, item.end, "name", meant)
    if heads:
        clause.groups = find_groups(clause.items)
        clause.groups = [
            Group(g.first, g.members, _prep_of_team(clause.items, g.first), g.oblique, False, g.possessive)
            if clause.items[g.first].name in [t for _, t in heads] and _is_the_team_of(clause.items, g.first)
            else g
            for g in clause.groups
        ]
    return heads


def _prep_of_team(items: list[Item], n: int) -> str:
    """What governs "das Team von ..." as a whole."""
    return governing(items, n - 2)[0]


def _is_the_team_of(items: list[Item], n: int) -> bool:
    return n >= 2 and items[n - 1].low == "von" and items[n - 2].low in _TEAM_NOUNS
