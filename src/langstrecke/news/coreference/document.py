"""What a text is about as a whole, seen before its sentences are read."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from langstrecke.news.coreference.discourse import Talk
from langstrecke.news.lexicon.known_names import Name
from langstrecke.news.mentions.named import Spotted
from langstrecke.news.model import Article
from langstrecke.news.sources.dates import looks_ahead
from langstrecke.news.sources.sentences import Sentence

_LONG_RACES = {"spa": "spa-24h", "nurburgring": "nurburgring-24h"}
_OTHER_LONG_RACES = frozenset({"le-mans", "daytona", "dubai-24h"})
"""With these named the 24 hours may be theirs."""
_DAY_LONG = re.compile(r"24[- ](?:Stunden|h\b)|Vierundzwanzig|zweimal rund um die Uhr")
_GRID = re.compile(r"Qualifying|Qualifikation|Zeittraining|Pole-?Position|Startaufstellung|Startreihe")
_RACED = re.compile(
    r"\bgewann(?:en)?\b|\bsiegten?\b|\b[Ss]ieger\b|Zielflagge|Ziellinie|\bsetzten? sich\b.*\bdurch\b"
    r"|\bim Rennen (?:war|lief|kam)"
)
_CLOCK = re.compile(r"^\s*\W*\d{1,2}[:.]\d\d Uhr", re.M)
_EARLY = 0.3
"""A race named once only is what a text is about if it stands in this share of it (default)."""
_ENTRIES = 3
"""So many times of day at the beginning of lines make a ticker."""
_HERO = 3
"""So often somebody is named whom a text is about, and twice as often as anybody else."""


@dataclass(frozen=True)
class Survey:
    """What holds for all sentences of a text."""

    preview: bool = False
    """It tells of a season that has not begun."""
    grid: bool = False
    """It is about a qualifying: places are places on the grid."""
    ticker: bool = False
    """It tells of a race under way, entry by entry."""
    races: dict[str, Name] = field(default_factory=dict)
    """Where a text speaks of the 24 hours of Spa, "Spa" means that race."""

    def flags(self, sentence: Sentence, *, first: bool) -> frozenset[str]:
        """What holds for a sentence as a whole; `first`: it is the headline."""
        flags = {
            "quoted": sentence.quoted, "question": sentence.turn == "question", "answer": sentence.turn == "answer",
            "preview": self.preview, "grid": self.grid, "ticker": self.ticker, "first": first,
        }  # fmt: skip
        return frozenset(name for name, is_so in flags.items() if is_so)


def within(spots: list[Spotted], story: list[Sentence]) -> list[Spotted]:
    """The names in the sentences, without those in headers and captions."""
    return [s for s in spots if any(a.start <= s.start < a.end for a in story)]


def survey(article: Article, talk: Talk, spots: list[Spotted], story: list[Sentence]) -> Survey:
    """Look over a text, and tell the talk which race, which series and whom it is about."""
    told = within(spots, story)
    named = {s.name.id for s in spots}
    races = {
        short: talk.book.names[race]
        for short, race in _LONG_RACES.items()
        if race in named or (short in named and _DAY_LONG.search(article.text) and not named & _OTHER_LONG_RACES)
    }
    day_long = _day_long(told, article.text, talk)
    if day_long is not None:
        races["day-long"] = day_long
    if "petit-le-mans" in named:
        races["road-atlanta"] = talk.book.names["petit-le-mans"]  # the race there
    if re.search(r"\bNLS\b", article.text) and "nurburgring-24h" not in named and "nls" in talk.book.names:
        races["nordschleife"] = talk.book.names["nls"]  # a series of one circuit: its races have no other name
    lines = told if any(s.name.is_a("event") for s in told) else spots  # else the place in the dateline
    talk_of_series = any(s.name.is_a("series") for s in told)
    events = Counter(s.name for s in lines if s.name.is_a("event")).most_common(1)
    early = [s.name for s in lines if s.name.is_a("event") and s.start < story[0].start + _EARLY * len(article.text)]
    if events and events[0][1] == 1 and events[0][0] not in early and talk_of_series:
        events = []  # named once and by the way: no race this text is about
    talk.main_race = races.get(events[0][0].id, events[0][0]) if events else None
    if talk.main_race is not None and talk.main_race.id == "day-long":
        talk.main_race = None  # nobody knows which
    if talk.main_race is not None and talk.main_race.id == "nordschleife" and "nurburgring-24h" in named:
        talk.main_race = talk.book.names["nurburgring-24h"]
    talk.main_series = _headline_series(story, talk) or next((s.name for s in told if s.name.is_a("series")), None)
    talk.hero = _hero(told)
    opening = article.text[:300]
    ticker = len(_CLOCK.findall(article.text)) >= _ENTRIES
    briefs = article.text.count("+++") >= _ENTRIES
    return Survey(
        preview=looks_ahead(article.text, article.date, briefs=ticker or briefs),
        grid=bool(_GRID.search(opening)) and not _RACED.search(article.text),
        ticker=ticker,
        races=races,
    )


_PLACES = {
    "nurburgring-24h": ("nurburgring-24h", "nurburgring", "nordschleife", "nls"),
    "spa-24h": ("spa-24h", "spa"),
    "le-mans": ("le-mans",),
    "daytona": ("daytona",),
    "dubai-24h": ("dubai-24h", "dubai"),
}
"""By what is named a text says which the 24 hours are."""
_EIFEL = re.compile(r"\bEifel|Grüne[nr]? Hölle|\bam Ring\b")


def _day_long(told: list[Spotted], text: str, talk: Talk) -> Name | None:
    """Which race "das 24-Stunden-Rennen" means: the one whose places the text names most, if one alone is."""
    named = Counter(s.name.id for s in told)
    count = {race: sum(named[p] for p in places) for race, places in _PLACES.items()}
    count["nurburgring-24h"] += len(_EIFEL.findall(text))
    (first, most), (_, next_most) = sorted(count.items(), key=lambda e: -e[1])[:2]
    return talk.book.names[first] if most > next_most else None


def _headline_series(story: list[Sentence], talk: Talk) -> Name | None:
    """Reads "IMSA" in "IMSA-Vorschau 2024: ..."."""
    for front in re.findall(
        r"\b([\w-]+)-(?:Vorschau|Saison|Auftakt|Finale|Programm|Rennen|Lauf|Start)\b", story[0].text if story else ""
    ):
        name = talk.book.lookup(front)
        if name is not None and name.is_a("series"):
            return name
    return None


def _hero(told: list[Spotted]) -> str:
    people = Counter(s.name.id for s in told if s.name.is_a("person"))
    for id in [i for i in people if i.startswith("?") and "|" not in i]:  # a surname alone
        people[id[1:]] += people.pop(id)
    most = people.most_common(2)
    alone = bool(most) and (len(most) < 2 or most[0][1] >= 2 * most[1][1])
    return most[0][0] if alone and most[0][1] >= _HERO else ""
