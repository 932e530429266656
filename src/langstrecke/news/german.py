"""Words of German: basic forms, verbs, endings."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from langstrecke.news.model import NewsError

MODAL = frozenset({"wollen", "sollen", "können", "dürfen", "mögen", "müssen", "werden", "haben", "sein"})
PARTICLES = (
    "zurück", "zusammen", "entgegen", "hinweg", "weiter", "nahe", "fest", "teil", "mit", "auf", "aus", "ein", "ab",
    "an", "um", "zu", "vor", "los", "nach", "inne", "dazu", "bei", "durch",
)  # fmt: skip
"""Prefixes a German verb can leave at the end of its clause."""
_SPECIAL = {
    "sei": "sein", "seien": "sein", "wäre": "sein", "wären": "sein", "war": "sein", "warst": "sein", "waren": "sein",
    "ist": "sein", "bist": "sein", "bin": "sein", "sind": "sein", "gebe": "geben", "worden": "werden",
    "hätte": "haben", "habe": "haben", "hatte": "haben", "hat": "haben", "hast": "haben",
    "gefahren": "fahren", "gestartet": "starten", "geteilt": "teilen", "gewonnen": "gewinnen", "geholt": "holen",
    "geschlagen": "schlagen", "gelegt": "legen", "gesagt": "sagen", "gegangen": "gehen", "geworden": "werden",
    "gewechselt": "wechseln", "gesprochen": "sprechen", "gebeten": "bitten", "gekämpft": "kämpfen",
    "benannt": "benennen", "beendet": "beenden", "bestätigt": "bestätigen", "geplatzt": "platzen",
    "heisst": "heissen", "geheissen": "heissen", "geheißen": "heißen", "schliesst": "schliessen",
    "schließe": "schließen", "schliesse": "schliessen", "beisst": "beissen", "verpflichtet": "verpflichten",
    "gilt": "gelten", "gelten": "gelten", "antretend": "antreten", "angetreten": "antreten",
    "verlängert": "verlängern", "überholt": "überholen", "überholte": "überholen", "unterschreibt": "unterschreiben",
    "mich": "mich", "sichern": "sichern", "unsere": "unser", "reiste": "reisen", "debütierte": "debütieren",
    "debütiert": "debütieren", "triumphierte": "triumphieren", "triumphiert": "triumphieren",
    "pilotiert": "pilotieren", "gemacht": "machen", "gefühlt": "fühlen", "vertreten": "vertreten",
    "eingesetzt": "einsetzen", "ausgeschieden": "ausscheiden", "umgehört": "umhören", "gesichert": "sichern",
    "eingeplant": "einplanen", "zurückgekehrt": "zurückkehren", "hingearbeitet": "hinarbeiten",
}  # fmt: skip
"""Forms the lemma tables have wrong or not at all, Swiss spellings among them."""


@lru_cache(maxsize=1)
def _lemmatizer() -> object:
    try:
        import simplemma
    except ImportError:
        raise missing("simplemma") from None
    return simplemma


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
    found: str = _lemmatizer().lemmatize(low if word[0].islower() else word, lang="de")  # type: ignore[attr-defined]
    if word[0].islower() and found == low and low.endswith("t"):
        stem = low[:-1] + "en"  # "verstärkt", "komplettiert": read as a participle, as often a verb
        if low.endswith("iert") or (low.startswith(_INSEPARABLE) and is_german_word(stem)):
            return stem
    return found.lower()


_INSEPARABLE = ("ver", "be", "er", "ent", "zer", "ge", "über", "unter")


@lru_cache(maxsize=65536)
def is_german_word(word: str) -> bool:
    """Whether the word stands in the German word list."""
    return bool(_lemmatizer().is_known(word, lang="de"))  # type: ignore[attr-defined]


@lru_cache(maxsize=65536)
def is_finite(word: str) -> bool:
    """Whether a lower-case word looks like a finite verb: its basic form is an infinitive and it is none itself."""
    if not word or not word[0].islower() or not word.isalpha() or len(word) < 2:
        return False
    if word in _NOT_VERBS or re.match(r"^(?:%s)zu\w+n$" % "|".join(PARTICLES), word):
        return False
    if word in _PLURAL_FINITE:
        return True
    base = lemma(word)
    if base in MODAL:
        return word not in ("gewesen", "geworden", "gehabt", "gewollt", "gekonnt", "sein", "worden", "haben", "werden")
    if not base.endswith(("en", "ern", "eln")) or base == word:
        return base == word and word in _PLURALS
    return not (word.startswith("ge") and word.endswith(("t", "en")) and not base.startswith("ge"))


def is_plural_form(word: str) -> bool:
    """Whether the word can be an infinitive as well as a plural."""
    return word in _PLURALS


_PLURAL_FINITE = frozenset({"haben", "werden", "wollen", "sollen", "können", "müssen"})
_PLURALS = frozenset(
    """fahren starten gehen treten teilen kommen bestreiten gewinnen holen bleiben stehen sitzen gelten zählen feiern
    sichern wechseln verpassen kehren verlassen bilden kämpfen verstärken wollen heißen gehören belegen landen siegen
    besetzen pilotieren nehmen stoßen folgen bekommen erhalten übernehmen ergänzen unterstützen bestätigen verlieren
    erreichen beenden rücken steigen ziehen setzen steuern lenken vertrauen trennen komplettieren triumphieren heuern
    springen hoffen planen verhandeln schicken melden stellen geben machen wissen sehen finden""".split()
)
"""Infinitives that are as often a plural: "Nasr und Derani teilen sich"."""
_NOT_VERBS = frozenset(
    """laut seit während wegen trotz dank statt samt nächst zuletzt zumindest meist erst fast selbst gut weit
    bereits stets jetzt sonst einst längst nicht mehr aber sehr gern gerne dort hier heute gestern morgen damit
    daher darum dagegen zudem zuvor oft nur schon noch wieder auch bald eben dabei gerade insgesamt künftig ganz
    seine seiner seinem seinen seines ihre ihrer ihrem ihren eine einer einem einen eines meine meinem meinen meiner
    deine deinem deinen deiner unsere unserem unseren zweit dritt viert gefragt bekannt alle allen allem aller beim im
    besten ersten zweiten dritten weiteren anderen neuen großen grossen kleinen letzten nächsten vergangenen
    kommenden beiden eigenen früheren ehemaligen jungen alten vielen wenigen einigen""".split()
)

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


_GERMAN = frozenset(
    """der die das und ist in den von zu mit sich des auf für nicht ein eine als auch es an er hat dem im war bei wird
    sind nach wie aus einem einen am um so zum zur vor beim noch sein seine über ich wir aber nur man dass""".split()
)
_OTHERS = frozenset(
    """the and of to is that for on with as was at by be this have from or had not are but will his he they which an
    le la les et est une des pour dans que qui el los las y del por con una il di che per non""".split()
)
