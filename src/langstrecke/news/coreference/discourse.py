"""Who is "he": what a reader keeps in mind from sentence to sentence."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from langstrecke.news.lexicon.gazetteer import Gazetteer
from langstrecke.news.lexicon.known_names import Name, norm
from langstrecke.news.mentions.named import Spotted
from langstrecke.news.mentions.tokens import Item

_JUST = 0.29
"""So present in mind is who was named in the sentence before."""


@dataclass
class Talk:
    """The state of a reading: who was spoken of, and as what."""

    book: Gazetteer
    year: int | None
    people: dict[str, Name] = field(default_factory=dict)
    surnames: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    firsts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    bare: dict[str, str] = field(default_factory=dict)
    """Which of two with one surname the bare surname means; the first use decides for the whole text."""
    weights: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    """How present somebody is in mind."""
    first_person: str = ""
    subject: tuple[Name, ...] = ()
    recent: tuple[Name, ...] = ()
    """Who acted in the last clause."""
    group: tuple[Name, ...] = ()
    speaker: Name | None = None
    guest: Name | None = None
    """The one who is interviewed."""
    asking: bool = False
    """This is a question to the guest."""
    last: dict[str, Name] = field(default_factory=dict)
    """The last series, event, team, make, vehicle named; under "races" the last series or event."""
    hero: str = ""
    """Whom a text is about: named at least three times, and twice as often as anybody else."""
    begun: bool = False
    """Somebody acted in this sentence already."""
    named: Name | None = None
    """The team, make, race or series named last."""
    just_named: Name | None = None
    """The team or make named last in this sentence."""
    section: Name | None = None
    """The team or make these lines are about."""
    main_series: Name | None = None
    """The series a text names first."""
    latest: Name | None = None
    """The last of several people named in the sentence before."""
    fresh: Name | None = None
    """The one person named in the sentence before, for the first time."""
    speech: bool = False
    """The clause tells what somebody says, or what heads of teams do."""
    main_race: Name | None = None
    """The event a text names most often, of several the first."""
    here: frozenset[str] = frozenset()
    """Kinds named in this paragraph."""
    spoken_of: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """How often a team or make was named."""
    outfit: Name | None = None
    """The team or make named last."""
    asked: dict[str, Name] = field(default_factory=dict)
    """The same of the last question."""
    fathers: dict[str, str] = field(default_factory=dict)
    """Child -> father."""
    team_of: dict[str, Name] = field(default_factory=dict)
    asked_words: frozenset[str] = frozenset()
    leads: dict[str, Name] = field(default_factory=dict)
    outfits: set[str] = field(default_factory=set)
    """Teams and makes named in this paragraph."""
    suitors: dict[str, Name] = field(default_factory=dict)
    """Which team asked somebody in this paragraph."""
    with_whom: dict[str, tuple[Name, ...]] = field(default_factory=dict)
    strangers: dict[str, Name | None] = field(default_factory=dict)
    """What was found for names nobody introduced."""

    def race(self, *, one: bool = False) -> Name | None:
        """The race a result is of, where the clause does not say: the one named in this paragraph, else the text's.

        Before any race was named it is one of the series spoken of, unless the clause speaks of `one` race.
        """
        last = self.last.get("event")
        if last is not None and ("event" in self.here or (self.main_race is None and self.main_series is None)):
            return last
        races = self.last.get("races")
        if last is None and not one and "series" in self.here and races is not None and races.is_a("series"):
            return races  # "das Heimspiel des ADAC GT Masters"
        return self.main_race

    def main_team(self) -> Name | None:
        """The team or make a text is about: named most often, of several the first."""
        if not self.spoken_of:
            return None
        return self.book.names.get(max(self.spoken_of, key=lambda id: self.spoken_of[id]))

    # --- getting to know people -------------------------------------------------------------------------------------

    def introduce(self, spots: list[Spotted]) -> None:
        """All people named in full anywhere in the text."""
        for spot in spots:
            if spot.name.is_a("person") and spot.name.id not in self.people:
                self.people[spot.name.id] = spot.name
                words = spot.name.name.split()
                spelled = spot.text.split()
                for word in {
                    norm(words[-1]),
                    norm(spelled[-1]).removesuffix("s") if len(spelled) > 1 else norm(words[-1]),
                }:
                    self.surnames[word].append(spot.name.id)
                for first in {norm(words[0]), norm(spelled[0])}:
                    self.firsts[first].append(spot.name.id)
                if len(words) > 2:
                    self.surnames[norm(" ".join(words[1:]))].append(spot.name.id)
        for father, child in self.book.families:
            if child in self.people:
                self.fathers[child] = father

    def someone(self, id: str) -> Name:
        """A person by id, from the text, the names or the registry."""
        if id in self.people:
            return self.people[id]
        if id in self.book.names:
            return self.book.names[id]
        return Name(id, id.replace("-", " ").title(), ("person",), known=False)

    def bare_name(self, word: str) -> list[str]:
        """Whom a surname or first name alone can mean."""
        key = norm(word)
        for form in (key, key.removesuffix("s") if len(key) > 4 else key):
            for table in (self.surnames, self.firsts):
                if form in table and (table is self.surnames or len(form) > 2):
                    return list(dict.fromkeys(table[form]))
        return []

    # --- keeping in mind --------------------------------------------------------------------------------------------

    def next_sentence(self) -> None:
        """What was said fades a little."""
        self.just_named = None
        for id in list(self.weights):
            self.weights[id] *= 0.5

    def mention(self, who: tuple[Name, ...], weight: float) -> None:
        """Somebody was spoken of."""
        for name in who:
            self.weights[name.id] = max(self.weights[name.id], weight)
            self.people.setdefault(name.id, name)
            if not self.first_person:
                self.first_person = name.id

    def is_woman(self, id: str) -> bool:
        """Whether the first name is a woman's."""
        return norm(self.someone(id).name.split()[0]) in self.book.women

    def salient(self, *, without: tuple[str, ...] = (), country: str = "", woman: bool | None = None) -> Name | None:
        """Who is most in mind; of one sex where the word tells."""
        best: tuple[float, Name] | None = None
        for id, weight in self.weights.items():
            if id in without or (country and not self._from(id, country)):
                continue
            if woman is not None and self.is_woman(id) != woman:
                continue
            bonus = 0.1 if id == self.first_person or id in self.bare.values() else 0.0
            if best is None or weight + bonus > best[0]:
                best = (weight + bonus, self.someone(id))
        return best[1] if best else None

    def _from(self, id: str, country: str) -> bool:
        """Of that country; of somebody whose country nobody knows it is believed, if no other fits."""
        if country.startswith("?"):
            driver = self.book.registry.drivers.get(id)
            return driver is None or not driver.country
        return id in self.book.registry.drivers and self.book.registry.drivers[id].country == country

    # --- who an item stands for -------------------------------------------------------------------------------------

    def who(
        self,
        item: Item,
        *,
        clause_subject: tuple[Name, ...],
        possessive: str,
        plural: bool,
        subject_slot: bool,
        opening: bool = False,
        both: bool = False,
    ) -> tuple[Name, ...]:
        """The people an item stands for; empty where nobody fits.

        `opening`: a sentence begins with it; `both`: two of them, "die beiden Dänen".
        """
        if item.kind == "person":
            return self._named(item)
        if item.kind == "pronoun":
            return self._pronoun(item, clause_subject, plural=plural, subject_slot=subject_slot)
        if item.kind == "role" and item.compound is not None:
            return self._role(item, clause_subject, possessive, opening=opening, both=both)
        return ()

    def _named(self, item: Item) -> tuple[Name, ...]:
        assert item.name is not None
        if not item.name.id.startswith("?"):
            return (item.name,)
        options = item.name.id[1:].split("|")
        return (self.someone(self._one_of(options, norm(item.name.name))),)

    def _one_of(self, options: list[str], key: str) -> str:
        if len(options) == 1:
            return options[0]
        if key not in self.bare:
            seen = [o for o in options if o in self.weights]
            self.bare[key] = max(seen or options[:1], key=lambda o: self.weights.get(o, 0.0))
        return self.bare[key]

    def _pronoun(
        self, item: Item, subject: tuple[Name, ...], *, plural: bool, subject_slot: bool
    ) -> tuple[Name, ...]:
        low = item.low
        if low in ("ich", "mich", "mir"):
            return (self.speaker,) if self.speaker else ()
        if low in ("wir", "uns"):
            return self._we()
        if low in ("letzterer", "letztere", "dieser"):
            return (self.latest,) if self.latest else ()
        if low in ("du", "dich", "dir", "ihr") or (item.text in ("Sie", "Ihnen") and self.guest):
            if self.speaker is not None and self.speaker == self.guest:
                return ()  # who is interviewed speaks to the interviewer
            if low == "ihr" and not self.guest:
                return ()
            return (self.guest,) if self.guest and (low != "sie" or item.text == "Sie") else ()
        if low in (
            "trio",
            "duo",
            "quartett",
            "paarung",
            "fahrertrio",
            "fahrerduo",
            "gespann",
            "beide",
            "beiden",
            "ihnen",
        ):
            return self.group
        if low == "sie" and plural:  # who speaks is not one of "them"
            return () if self.speaker in self.group else self.group
        if low in ("sich", "man", "ihr") or (low == "sie" and not subject_slot):
            return ()
        if low == "sie":
            found = self.salient(woman=True)
            return (found,) if found and self.weights[found.id] > 0.2 and not plural else ()
        taken = tuple(n.id for n in subject) if not subject_slot else ()
        if self.speaker and self.speaker.id not in taken:
            taken = (*taken, self.speaker.id)  # who says "he" means somebody else
        if self.asking and self.guest:
            taken = (*taken, self.guest.id)  # nor is he the one who is asked
        found = self.salient(without=taken, woman=False)
        if found is not None and found.id in self.leads and not self.speech:  # "he" who drives is no team manager
            driver = self.salient(without=(*taken, *self.leads), woman=False)
            found = driver if driver is not None and self.weights[driver.id] > 0.2 else found
        return (found,) if found else ()

    def _we(self) -> tuple[Name, ...]:
        if self.speaker is None:
            return ()
        if self.speaker.id in self.leads:
            return (self.leads[self.speaker.id],)
        racers = self.book.registry.drivers
        if self.guest is None and self.section is not None and self.speaker.id not in racers:
            return (self.section,)  # somebody of the team says "we"
        if self.guest is not None:  # in an interview "we" is mostly the team
            return (self.speaker,)
        mates = self.with_whom.get(self.speaker.id, ())
        kin = {self.fathers.get(self.speaker.id), *(c for c, f in self.fathers.items() if f == self.speaker.id)}
        return (self.speaker, *(m for m in mates if m.id in kin))

    def _role(
        self, item: Item, subject: tuple[Name, ...], possessive: str, *, opening: bool, both: bool
    ) -> tuple[Name, ...]:
        compound = item.compound
        assert compound is not None
        if compound.head == "kin":
            return ()
        if compound.head in ("father", "child") and compound.role is None:
            return self._kin(compound.head, possessive, subject)
        if opening and not both and self.fresh is not None and (compound.age or compound.country):
            sex = self.is_woman(self.fresh.id) == compound.woman
            if sex and (
                not compound.country or self._from(self.fresh.id, compound.country) or self._from(self.fresh.id, "?")
            ):
                return (self.fresh,)  # "Davon profitierte Heinrich. Der Würzburger ..."
        if compound.country and both:
            near = sorted((w, id) for id, w in self.weights.items() if w > 0.1 and self._from(id, compound.country))
            return tuple(self.someone(id) for _, id in near[-2:]) if len(near) > 1 else ()
        if compound.country:
            sex = compound.woman
            latest = self.latest
            if opening and latest and self._from(latest.id, compound.country) and self.is_woman(latest.id) == sex:
                return (latest,)
            stranger = opening and latest and self.is_woman(latest.id) == sex and self._from(latest.id, "?")
            others = (w > _JUST and self._from(id, compound.country) for id, w in self.weights.items())
            if stranger and latest and not any(others):
                return (latest,)  # nobody knows where the one named last is from
            found = self.salient(country=compound.country, woman=sex)
            if found is None and self.begun and len(self.recent) == 1:  # of two passports the registry has one
                found = self.recent[0]
            if found is None and self.fresh is not None and self._from(self.fresh.id, "?"):
                found = self.fresh if self.is_woman(self.fresh.id) == sex else None
            found = found or self.salient(country="?", woman=sex)
            return (found,) if found else ()
        if compound.role is not None and "person" in compound.role.relation and compound.name is None:
            return ()  # "sein Teamkollege": somebody not named yet
        if compound.name is not None and compound.role is not None and "leads" in compound.role.relation.values():
            return self._head_of(compound.name)
        if compound.name is not None:
            for id, team in self.team_of.items():
                if team.id == compound.name.id and self.weights.get(id, 0) > 0.1:
                    return (self.someone(id),)
        if compound.role is not None and "won" in compound.role.relation.values() and self.latest and opening:
            if self.latest.id not in self.leads:
                return (
                    self.latest,
                )  # "übergibt an Dixon. Der Champion ...": who was named last is described further
            driver = self.salient(without=tuple(self.leads))
            return (driver,) if driver else ()
        if compound.age and opening and self.hero and self.weights.get(self.hero, 0.0) > 0:
            return (self.someone(self.hero),)  # at the beginning "der Engelberger" is whom the text is about
        owner = self.owner(possessive, subject) if possessive else None  # "sein Fahrer" is somebody else
        found = self.salient(without=(owner.id,) if owner else (), woman=True if compound.woman else None)
        return (found,) if found else ()

    def _head_of(self, team: Name) -> tuple[Name, ...]:
        """Whom "der McLaren-Chef" means: who was told to lead it, else who was spoken of and is no driver."""
        for id, led in self.leads.items():
            if led.id == team.id:
                return (self.someone(id),)
        drivers = self.book.registry.drivers
        others = [id for id in self.weights if id not in drivers and id not in self.leads]
        return (self.someone(max(others, key=lambda id: self.weights[id])),) if others else ()

    def owner(self, possessive: str, subject: tuple[Name, ...]) -> Name | None:
        """Whose: "mein", "dein", "sein"."""
        if possessive.startswith("unser") and self.speaker is not None and self.guest is None:
            we = self._we()
            return we[0] if we else self.speaker
        if possessive.startswith(("mein", "unser")):
            return self.speaker
        if possessive.startswith(("dein", "eu")):
            return self.guest
        if possessive.startswith("ihr") and self.guest:
            return self.guest
        if possessive.startswith("ihr"):
            return self.salient(woman=True)
        if possessive.startswith("dessen") and self.latest is not None:
            return self.latest
        if subject:
            return subject[0]
        return self.recent[0] if self.recent else self.salient()

    def child_of(self, other: Name | None) -> tuple[Name, ...]:
        """Reads "der Sohn des Niki Lauda": whoever was spoken of before, the father aside."""
        found = self.salient(without=(other.id,) if other is not None else ())
        return (found,) if found else ()

    def _kin(self, kin: str, possessive: str, subject: tuple[Name, ...]) -> tuple[Name, ...]:
        owner = self.owner(possessive, subject)
        if owner is None:
            return ()
        if kin == "father":
            father = self.fathers.get(owner.id)
            return (self.someone(father),) if father else ()
        children = [child for child, father in self.fathers.items() if father == owner.id]
        return (self.someone(children[0]),) if children else ()
