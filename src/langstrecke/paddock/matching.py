"""Are these two names one person? A score from 0 to 100 with its reasons, in words.

Names alone decide only where they are equal. Where one is a short or foreign form of the other, what else is known
decides: the country, the teams and team mates of the same years, and above all whether both drove in one race, which
one person cannot.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz import fuzz

MERGE = 90.0
"""From this score on two names are taken for one person."""
DOUBTFUL = 72.0
"""From this score on a person should look."""

_TITLES = re.compile(
    r"^(?:(?:dr|capt|maj|mrs|miss|mme|mlle|lt|col|cdr|sir|lord|prince|count|baron|f\.n\.u)\.?\s+)+", re.IGNORECASE
)
_QUOTED = re.compile(r"[\"“”«»]([^\"“”«»]+)[\"“”«»]|(?<!\w)'([^']+)'(?!\w)")
_BEHIND = re.compile(r"\(([^)]* [^)]*)\)")
_GENERATION = re.compile(r"[\s,]+(jr|sr|ii|iii|junior|senior)\.?$", re.IGNORECASE)
_PARTICLES = frozenset(
    [
        "van",
        "von",
        "der",
        "den",
        "de",
        "del",
        "di",
        "da",
        "do",
        "dos",
        "du",
        "la",
        "le",
        "ten",
        "ter",
        "zu",
        "of",
        "y",
        "e",
        "st",
        "al",
        "el",
    ]
)
_LETTERS = str.maketrans(
    {"ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "’": "'", "`": "'"}
)
_SHORT_FORMS = [
    set(group.split())
    for group in (
        "alexander alex alessandro alejandro aleksandr sascha sasha sandy aleksander alexandre",
        "andrew andy drew",
        "anthony tony antonio toni",
        "benjamin ben benny",
        "charles charlie chuck carlos karl carl",
        "christopher chris christoph kris christophe",
        "christian chris",
        "daniel dan danny dani",
        "david dave",
        "dominik dominic dominique",
        "edward ed eddie ted eduardo edoardo",
        "emmanuel manu",
        "francois francisco frank franck francesco",
        "frederic fred freddie frederick fredrik frederik",
        "gabriel gabriele gabe",
        "giovanni gianni giancarlo gianmaria gian",
        "gregory greg greger",
        "henry harry hal henri henrik",
        "jacob jake jakob jacques",
        "james jim jimmy jamie",
        "jeffrey jeff geoff geoffrey",
        "john johnny jack jon jonathan johnathan",
        "joseph joe jose josef giuseppe jo",
        "kenneth ken kenny",
        "lawrence larry laurence laurens",
        "lucas luca luke lukas",
        "matthew matt mathew matthieu mathieu matteo mathias matthias",
        "maximilian max maxi maxime massimiliano maximillian maximiliano",
        "michael mike mick mickey michel mikael michele mika",
        "mikhail michail",
        "mikkel mikael",
        "nicholas nick nicky nico nicolas nicklas niklas nikolas nikolaus nicolaas",
        "norbert bert",
        "patrick pat paddy patricio pato",
        "peter pete pedro pierre piero pietro",
        "philip phil philippe philipp phillip",
        "rafael rafa raphael raffaele",
        "raymond ray",
        "richard rick ricky dick rich ritchie ricardo riccardo richie",
        "robert bob bobby rob robin roberto robbie bert",
        "ronald ron ronnie",
        "samuel sam",
        "sebastian seb bas sebastien bastian",
        "stephen steve steven stefan stephane stefano stephan stevan",
        "theodore ted theo",
        "thomas tom tommy tomas",
        "timothy tim timo",
        "vincent vince vincenzo",
        "walter walt wally",
        "william will bill billy willy guillermo",
        "yevgeny evgeny eugenio eugene gene",
        "ziad zia",
        "oswaldo osvaldo ozz",
        "townsend bell",
    )
]


def fold(text: str) -> str:
    """A name without case, accents and punctuation: `Côme Ledogar` -> `come ledogar`."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain.replace("'", "")).split())


def slug(text: str) -> str:
    """A readable id: `Jan Magnussen` -> `jan-magnussen`."""
    return fold(text).replace(" ", "-")


def plain_name(text: str) -> str:
    """The name without titles, nicknames and disguises.

    `Dr. Helmut Marko` -> `Helmut Marko`; `f.n.u. Flaud` (first name unknown) -> `Flaud`; `Sebastian "Seb" Priaulx`
    -> `Sebastian Priaulx`; `"Loustel" (Pierre Dumay)` -> `Pierre Dumay`.
    """
    text = " ".join(text.split())
    behind = _BEHIND.search(text)
    if behind:
        text = behind[1]
    bare = " ".join(_QUOTED.sub(" ", text).replace("( )", " ").split())
    return _TITLES.sub("", bare or text.strip("\"'“”«» ")).strip() or text


def nicknames(text: str) -> tuple[str, ...]:
    """What else the text calls the driver: `Sebastian "Seb" Priaulx` -> `Seb Priaulx`; a pseudonym as it stands."""
    found = [a or b for a, b in _QUOTED.findall(text)]
    if _BEHIND.search(text):
        before = text[: text.index("(")].strip("\"'“”«» ")
        return (before,) if before else ()
    surname = " ".join(plain_name(text).split()[1:])
    return tuple(f"{nick} {surname}" for nick in found if surname and fold(nick) not in fold(surname))


@dataclass(frozen=True)
class Name:
    """A name taken apart. `given` and `surname` are folded words; `generation` is `jr`, `sr` or empty."""

    given: tuple[str, ...]
    surname: tuple[str, ...]
    generation: str = ""


def split_name(text: str) -> Name:
    """Given names, surname with its particles, generation."""
    text = plain_name(text)
    match = _GENERATION.search(text)
    generation = match[1].casefold().replace("junior", "jr").replace("senior", "sr") if match else ""
    words = fold(_GENERATION.sub("", text)).split()
    if len(words) <= 1:
        return Name((), tuple(words), generation)
    begin = len(words) - 1
    while begin > 1 and words[begin - 1] in _PARTICLES:
        begin -= 1
    return Name(tuple(words[:begin]), tuple(words[begin:]), generation)


@dataclass
class Profile:
    """What is known of whoever goes by one name."""

    name: str
    countries: set[str] = field(default_factory=set)
    years: set[int] = field(default_factory=set)
    teams: set[tuple[str, int]] = field(default_factory=set)
    mates: set[str] = field(default_factory=set)
    races: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Match:
    """How much speaks for two names being one person, and what."""

    score: float
    reasons: tuple[str, ...]


def compare_names(one: str, other: str) -> Match:
    """What the names alone say: at most 95, 0 where they cannot be one person."""
    a, b = split_name(one), split_name(other)
    if fold(plain_name(one)) == fold(plain_name(other)):
        return Match(95.0, ("same name",))
    if a.generation != b.generation and a.generation and b.generation:
        return Match(0.0, ("father and son by name",))
    unlike = 14.0 if a.generation != b.generation else 0.0
    whole = _other_order(a, b)
    if whole:
        added = ("only one is called junior or senior",) if unlike else ()
        return Match(whole.score - unlike, (*whole.reasons, *added))
    surname, why = _surnames(a.surname, b.surname)
    if not surname:
        return Match(0.0, ("different surnames",))
    given, how = _given(a.given, b.given)
    if not given:
        return Match(0.0, (why, how))
    return Match(surname + given - unlike, (why, how))


def _other_order(a: Name, b: Name) -> Match | None:
    """The same words in another order, or run together: `Pierre Alexandre Jean`, `Jean-Pierre Alexandre`."""
    words_a, words_b = sorted((*a.given, *a.surname)), sorted((*b.given, *b.surname))
    if words_a == words_b:
        return Match(88.0, ("same words in another order",))
    if "".join((*a.given, *a.surname)) == "".join((*b.given, *b.surname)):
        return Match(94.0, ("same letters, other spacing",))
    return None


def _surnames(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[float, str]:
    if a == b:
        return 50.0, "same surname"
    if "".join(a) == "".join(b):
        return 49.0, "same surname, other spacing"
    if without_umlauts(" ".join(a)) == without_umlauts(" ".join(b)):
        return 48.0, "same surname, umlauts written out"
    bare_a, bare_b = (tuple(w for w in x if w not in _PARTICLES) for x in (a, b))
    if bare_a and bare_a == bare_b:
        return 46.0, "same surname, other particles"
    ratio = fuzz.ratio(" ".join(a), " ".join(b))
    if ratio >= 85 and min(len("".join(a)), len("".join(b))) >= 5:
        return 40.0 * ratio / 100, f"surnames alike ({ratio:.0f} of 100)"
    return 0.0, "different surnames"


def without_umlauts(folded: str) -> str:
    """`mueller` -> `muller`: a folded name whose umlauts may be written out."""
    return re.sub("([aou])e", r"\1", folded)


def _given(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[float, str]:
    if not a or not b:
        return 8.0, "one first name is not known"
    if a[0] == b[0]:
        return _middle_names(a[1:], b[1:])
    if min(len(a), len(b)) == 1 and set(a) & set(b):
        return 30.0, "they share one of several first names"
    if "".join(a) == "".join(b):
        return 43.0, "same first name, other spacing"
    one, other = a[0], b[0]
    initials = "".join(w[0] for w in a) == other or "".join(w[0] for w in b) == one
    if min(len(one), len(other)) == 1 or initials:
        fits = one[0] == other[0]
        return (24.0, "an initial that fits the first name") if fits else (0.0, "initials differ")
    if any(one in group and other in group for group in _SHORT_FORMS):
        return 34.0, "forms of one first name"
    if (one.startswith(other) or other.startswith(one)) and min(len(one), len(other)) >= 3:
        return 34.0, "one first name begins with the other"
    ratio = fuzz.ratio(one, other)
    if ratio >= 83:
        return 36.0 * ratio / 100, f"first names alike ({ratio:.0f} of 100)"
    return 0.0, "different first names"


def _middle_names(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[float, str]:
    """First names that agree; what about the others? Jean-Paul is not Jean-Pierre."""
    if a == b:
        return 45.0, "same first name"
    if not a or not b:
        return 40.0, "same first name, one has a middle name more"
    if fuzz.ratio(" ".join(a), " ".join(b)) >= 80 or (a[0][0] == b[0][0] and min(len(a[0]), len(b[0])) == 1):
        return 40.0, "same first name, middle names alike"
    return 0.0, "different middle names"


def compare(one: Profile, other: Profile) -> Match:
    """Names and everything else that is known, as one score with reasons."""
    names = compare_names(one.name, other.name)
    if names.score <= 0:
        return names
    score, reasons = names.score, list(names.reasons)
    together = one.races & other.races
    if together:
        return Match(0.0, (*reasons, f"both drove in {min(together)}"))
    for points, reason in _evidence(one, other):
        score += points
        reasons.append(reason)
    return Match(max(0.0, min(100.0, score)), tuple(reasons))


def _evidence(one: Profile, other: Profile) -> Iterable[tuple[float, str]]:
    if one.countries and other.countries:
        shared = one.countries & other.countries
        if shared:
            yield 5.0, f"both from {', '.join(sorted(shared))}"
        else:
            yield -18.0, f"from {'/'.join(sorted(one.countries))} and {'/'.join(sorted(other.countries))}"
    near = {team for team, year in one.teams for t, y in other.teams if t == team and abs(y - year) <= 1}
    if near:
        yield 12.0, f"same team in neighbouring years ({min(near)})"
    mates = one.mates & other.mates
    if mates:
        yield min(12.0, 6.0 + 2.0 * len(mates)), f"shared team mates ({min(mates)})"
    if one.years and other.years:
        gap = max(min(one.years) - max(other.years), min(other.years) - max(one.years), 0)
        if gap > 15:
            yield -20.0, f"{gap} years between them"
        elif gap <= 2:
            yield 3.0, "active in the same years"
