"""Words of German: basic forms, verbs, endings."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from langstrecke.news.model import NewsError

if TYPE_CHECKING:
    from simplemma import Lemmatizer
    from simplemma.strategies import DictionaryLookupStrategy


def _words() -> dict[str, Any]:
    return tomllib.loads((files("langstrecke.news") / "data" / "words.toml").read_text("utf-8"))


_TABLE = _words()


def word_set(name: str) -> frozenset[str]:
    """A list of words.toml."""
    return frozenset(_TABLE[name])


MODAL = word_set("modal")
PARTICLES: tuple[str, ...] = tuple(_TABLE["particles"])
PREPOSITIONS: dict[str, str] = {**{p: p for p in _TABLE["prepositions"]}, **_TABLE["merged_prepositions"]}
"""Preposition as it is written -> as the rules name it."""
_SPECIAL: dict[str, str] = _TABLE["basic_forms"]
_INSEPARABLE: tuple[str, ...] = tuple(_TABLE["inseparable"])
_NOT_VERBS = word_set("not_verbs")
_PLURALS = word_set("plurals")
_PLURAL_FINITE = word_set("plural_finite")
_GERMAN = word_set("german")
_OTHERS = word_set("other")
_TIMES = frozenset(
    {"kommend", "folgend", "laufend", "anstehend", "bevorstehend", "entscheidend", "passend", "fehlend"}
)
"""Participles that tell when, or what sort, and not what somebody does."""
_SEPARATED = re.compile(rf"^(?:{'|'.join(PARTICLES)})ge\w{{2,}}(?:t|en)$")
_PARTICIPLE = re.compile(rf"({'|'.join(PARTICLES)}|)ge(\w{{3,}})t")
_TO = re.compile(rf"^(?:{'|'.join(PARTICLES)})zu\w+n$")


@lru_cache(maxsize=1)
def _german() -> tuple[Lemmatizer, DictionaryLookupStrategy]:
    """The lemmatizer on its word list as a trie, which lies on disk after the first use: opened in no time."""
    try:
        from simplemma import Lemmatizer
        from simplemma.strategies import DefaultStrategy, DictionaryLookupStrategy
        from simplemma.strategies.dictionaries.trie_dictionary_factory import TrieDictionaryFactory

        words = TrieDictionaryFactory()
    except ImportError:
        raise missing("simplemma and marisa-trie") from None
    strategy = DefaultStrategy(dictionary_factory=words)
    return Lemmatizer(lemmatization_strategy=strategy), DictionaryLookupStrategy(words)


def missing(package: str) -> NewsError:
    """The error for a part of the `news` extra that is not installed."""
    return NewsError(f"reading news needs {package}", hint='pip install "langstrecke[news]"')


@lru_cache(maxsize=65536)
def lemma(word: str) -> str:
    """The basic form, in lower case."""
    low = word.lower()
    if low in _SPECIAL:
        return _SPECIAL[low]
    if not low.isalpha() and "-" not in low:
        return low
    if "-" in low:  # the last part of a compound carries the ending
        head, _, tail = word.rpartition("-")
        return f"{head.lower()}-{lemma(tail)}" if tail.isalpha() else low
    found = _german()[0].lemmatize(low if word[0].islower() else word, lang="de")
    if word[0].islower() and found == low and low.endswith("t"):
        stem = low[:-1] + "en"  # "verstärkt", "komplettiert": read as a participle, as often a verb
        if low.endswith("iert") or (low.startswith(_INSEPARABLE) and is_german_word(stem)):
            return stem
    if found.endswith("end") and word[0].islower() and found not in _TIMES and is_german_word(found[:-1]):
        return found[:-1].lower()  # "der für Rowe startende"
    if found == low and (part := _PARTICIPLE.fullmatch(low)):  # "geangelt", "ausgebootet"
        stem = part.group(2).removesuffix("e")
        verb = stem + ("n" if stem.endswith(("el", "er")) else "en")
        if is_german_word(verb):
            return part.group(1) + verb
    if found.endswith("t") and low.endswith(("te", "ten")) and is_german_word(found[:-1] + "en"):
        return found[:-1].lower() + "en"  # "belegte"
    return found.lower()


@lru_cache(maxsize=65536)
def is_german_word(word: str) -> bool:
    """Whether the word stands in the German word list."""
    return _german()[1].get_lemma(unicodedata.normalize("NFC", word), "de") is not None


@lru_cache(maxsize=65536)
def is_finite(word: str) -> bool:
    """Whether a lower-case word looks like a finite verb: its basic form is an infinitive and it is none itself."""
    if not word or not word[0].islower() or not word.isalpha() or len(word) < 2:
        return False
    if word in _NOT_VERBS or _TO.match(word) or word.endswith("end"):
        return False
    if word in _PLURAL_FINITE:
        return True
    if _SEPARATED.match(word):  # "eingesetzt"
        return False
    base = lemma(word)
    if base in MODAL:
        return word not in (
            "gewesen",
            "geworden",
            "gehabt",
            "gewollt",
            "gekonnt",
            "sein",
            "worden",
            "haben",
            "werden",
        )
    if not base.endswith(("en", "ern", "eln")) or base == word:
        return base == word and word in _PLURALS
    return not (word.startswith("ge") and word.endswith(("t", "en")) and not base.startswith("ge"))


_PRESENT_T = ("t", "st")


@lru_cache(maxsize=65536)
def is_preterite(word: str) -> bool:
    """Whether a lower-case word looks like a verb in the past tense: "wechselte", "fuhren"; not "könnte"."""
    if not is_finite(word) or word in _PLURAL_FINITE:
        return False
    base = lemma(word)
    if base in MODAL:
        return word in (
            "war",
            "waren",
            "hatte",
            "hatten",
            "wurde",
            "wurden",
            "musste",
            "mussten",
            "durfte",
            "durften",
        )
    if base == word or not base.endswith("n"):
        return False
    if word.endswith(("te", "ten")):
        return not base.endswith(("ten", "den")) or len(word) > len(base)
    if word.endswith(_PRESENT_T):
        return word in ("hielt", "hielten", "trat", "bat", "galt", "riet", "bot")
    return not word.endswith("e")


def is_plural_form(word: str) -> bool:
    """Whether the word can be an infinitive as well as a plural."""
    return word in _PLURALS


_FOLD = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "’": "'"})


@lru_cache(maxsize=65536)
def slug(name: str) -> str:
    """A readable id: letters a to z, digits and dashes."""
    plain = unicodedata.normalize("NFKD", name.translate(_FOLD)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def looks_german(text: str) -> bool:
    """Whether a text is German: its small words are counted against those of other languages."""
    words = re.findall(r"[a-zäöüß]+", text[:6000].lower())
    if len(words) < 4:
        return True
    ours = sum(w in _GERMAN for w in words)
    theirs = sum(w in _OTHERS for w in words)
    return ours >= theirs
