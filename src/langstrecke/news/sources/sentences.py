"""The story of a text: clutter left out, sentences with who says them. Offsets are always those of the text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from langstrecke.news.lexicon.morphology import slug


@dataclass(frozen=True)
class Sentence:
    """A stretch of the text that says one thing."""

    start: int
    end: int
    text: str
    paragraph: int
    quoted: bool = False
    """Somebody's words in quotation marks."""
    turn: str = ""
    """In an interview: `question` or `answer`; else empty."""
    label: str = ""
    """In an interview: the name before the colon."""


@dataclass(frozen=True)
class Clutter:
    """A pattern of what is not the story."""

    what: str
    line: re.Pattern[str] | None
    start: re.Pattern[str] | None
    example: str


@cache
def clutter_rules() -> tuple[Clutter, ...]:
    """The patterns of clutter.toml."""
    text = (files("langstrecke.news") / "data" / "clutter.toml").read_text("utf-8")
    return tuple(
        Clutter(
            rule["what"],
            re.compile(rule["line"], re.I) if "line" in rule else None,
            re.compile(rule["start"], 0 if "A-ZÄ" in rule["start"] else re.I) if "start" in rule else None,
            rule["example"],
        )
        for rule in tomllib.loads(text)["clutter"]
    )


def story_lines(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every line that is story, without date headers, agency marks and blanks around it."""
    at = 0
    for raw in text.splitlines(keepends=True):
        start, end = at, at + len(raw.rstrip())
        at += len(raw)
        line = text[start:end]
        if not line.strip() or any(rule.line and rule.line.search(line) for rule in clutter_rules()):
            continue
        for _ in range(3):  # a date, then an agency, then a place
            for rule in clutter_rules():
                found = rule.start.match(text[start:end]) if rule.start else None
                if found:
                    start += found.end()
        start += len(text[start:end]) - len(text[start:end].lstrip())
        if start < end:
            yield start, end


_LABEL = re.compile(r"^(?:\*+\s*)?([A-ZÄÖÜ][\wäöüéáß.-]*(?: [A-ZÄÖÜ][\wäöüéáß.-]*){0,3})\s*:\s+(?=\S)")
_INTERVIEW = re.compile(
    r"\b(interview|im gespräch mit|unterhielten uns|gesprochen|im exklusiv|stand uns rede|fragen an|zeit für uns)\b",
    re.I,
)
_ASKER = re.compile(r"^(?i:frage|motorsport[\w.-]*|redaktion|reporter)$|^[A-ZÄÖÜ]{2,5}$")


def sentences(text: str) -> list[Sentence]:
    """Every sentence of the story in order, interviews read turn by turn."""
    lines = list(story_lines(text))
    turns = _turns(text, lines)
    found: list[Sentence] = []
    for number, ((start, end), (turn, label)) in enumerate(zip(lines, turns, strict=True)):
        if label:
            mark = _LABEL.match(text[start:end])
            start += mark.end() if mark else 0
        for a, b, quoted in _pieces(text, start, end, spoken=bool(turn)):
            for c, d in split_sentences(text, a, b):
                found.append(Sentence(c, d, text[c:d], number, quoted, turn, label))
    return found


def _turns(text: str, lines: list[tuple[int, int]]) -> list[tuple[str, str]]:
    """Which line asks and which answers; empty where the text is no interview."""
    none = [("", "")] * len(lines)
    labels = [_label(text[a:b]) for a, b in lines]
    spoken = [label for label in labels if label]
    repeated = any(spoken.count(label) > 1 for label in spoken)
    asks = [text[a:b].rstrip().endswith("?") for a, b in lines]
    announced = _INTERVIEW.search(text[:1500])
    asks = _asked_in_pairs(text, lines, asks)
    replied = any(asks[n - 1] and labels[n] for n in range(1, len(lines)))
    if not (repeated or announced or (replied and sum(asks) > _PAIRS)) or sum(asks) < 2:
        return none
    turns: list[tuple[str, str]] = []
    begun = False
    for number in range(len(lines)):
        label = labels[number] if repeated else ""
        if label:
            asker = bool(_ASKER.match(label)) or (
                asks[number] and spoken.count(label) > 1 and "frage" in label.lower()
            )
            turns.append(("question" if asker else "answer", label))
            begun = True
        elif asks[number]:
            turns.append(("question", ""))
            begun = True
        else:
            turns.append(("answer", "") if begun else ("", ""))
    return turns


_PAIRS = 2
"""More questions than these, each with its answer in the next line, make an interview."""


def _asked_in_pairs(text: str, lines: list[tuple[int, int]], asks: list[bool]) -> list[bool]:
    """Where blank lines part question and answer from the next, the first line of each pair asks."""
    opens = [n == 0 or text.count("\n", lines[n - 1][1], lines[n][0]) > 1 for n in range(len(lines))]
    pairs = [n for n in range(len(lines) - 1) if opens[n] and not opens[n + 1]]
    asked = [n for n in pairs if asks[n]]
    if len(asked) <= _PAIRS:
        return asks
    return [asks[n] or (n in pairs and n > asked[0]) for n in range(len(lines))]


def _label(line: str) -> str:
    found = _LABEL.match(line)
    return found.group(1) if found and len(line) > len(found.group()) else ""


def same_name(label: str, name: str) -> bool:
    """Whether an interview's label is a person's surname, first name or both."""
    return slug(label) == slug(name) or slug(label) in slug(name).split("-") or slug(name).endswith("-" + slug(label))


# --- quotations ---------------------------------------------------------------------------------------------------

_QUOTE = re.compile(
    r"„([^“”\"]{2,2000}?)[“”\"]|\"([^\"]{2,2000}?)\"|“([^”]{2,2000}?)”|«([^»]{2,2000}?)»|»([^«]{2,2000}?)«"
)
_MIN_WORDS = 4
"""Shorter quotations are a word somebody chose ("toll"), not speech."""


def _pieces(text: str, start: int, end: int, *, spoken: bool) -> Iterator[tuple[int, int, bool]]:
    """A line cut into what is told and what is quoted."""
    if spoken:
        yield start, end, False
        return
    at = start
    for found in _QUOTE.finditer(text, start, end):
        group = found.lastindex or 1
        words = found.group(group).split()
        spoken = bool(words) and (words[0][:1].isupper() or words[0][:1] in "([.…")
        if not spoken or (len(words) < _MIN_WORDS and words[-1][-1:] not in ".!?"):
            continue
        if found.start() > at:
            yield at, found.start(), False
        yield found.start(group), found.end(group), True
        at = found.end()
    if at < end:
        yield at, end, False


# --- sentences ----------------------------------------------------------------------------------------------------

_STOP = re.compile(r"[.!?…]+[\"“”»«')\]]*(?=\s)|\s\+{3}\s|•\s*")
_ABBREVIATED = re.compile(
    r"(?:\b(?:bzw|ca|z|d|u|a|h|B|v|l|Dr|Prof|Nr|St|Mio|Mrd|ggf|inkl|evtl|sog|usw|etc|Jr|Sr|vs|Co|Std|Min|Sek|jr|sen)"
    r"|\b[A-ZÄÖÜ])\.$"
)
_ORDINAL = re.compile(r"(?<![\d.,:])\d{1,2}\.$")
_ORDINAL_NEXT = re.compile(
    r"\s+(?:[a-zäöü]|Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|Platz"
    r"|Rang|Training|Freie|Lauf|Rennen|Auflage|Runde|Stunde|Sieg|Mal|Saison|Startplatz|Position|Gesamt|Klassen|Start)"
)


LONGEST = 2_000
"""Characters of a sentence; the longest in the texts at hand has 400. What is longer is read in parts."""


def split_sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Start and end of the sentences between two offsets. Abbreviations and "12. Januar" do not end one."""
    at = start
    for stop in _STOP.finditer(text, start, end):
        before = text[at : stop.end()].rstrip()
        if stop.group().startswith(".") and len(stop.group()) == 1:
            if re.match(r"\s+[a-zäöü]", text[stop.end() : stop.end() + 4]):
                continue
            if _ABBREVIATED.search(before) and not re.search(
                r"\b(V\.R|C\d\.R|Formel [E1-4]|Gruppe [A-Z])\.$", before
            ):
                continue
            if _ORDINAL.search(before) and _ORDINAL_NEXT.match(text, stop.end()):
                continue
        yield from _trimmed(text, at, stop.end())
        at = stop.end()
    yield from _trimmed(text, at, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start] in " \t\r\n+•-–,;":
        start += 1
    while end > start and text[end - 1] in " \t\r\n+•":
        end -= 1
    while end - start > LONGEST:  # a list without a full stop: whoever reads it clause by clause would never end
        cut = max(text.rfind(" ", start, start + LONGEST), start + LONGEST // 2)
        yield start, cut
        start = cut
    if sum(c.isalnum() for c in text[start:end]) >= 2:
        yield start, end
