"""Where in a TOML text each key stands: the parser of the standard library forgets lines, people need them.

The text must already be valid TOML (`tomllib` has read it); `layout` then only follows brackets, strings and keys.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""A place in the data: table keys and list indices."""

_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r]+)|(?P<newline>\n)|(?P<comment>\#[^\n]*)"""
    r'''|(?P<string>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')'''
    r"""|(?P<mark>[\[\]{}=,.])|(?P<bare>[^\s\[\]{}=,.#"']+)""",
    re.DOTALL,
)


@dataclass(frozen=True)
class Header:
    """A `[table]` or `[[list of tables]]` line."""

    path: Path
    line: int  # counted from 1


@dataclass(frozen=True)
class Layout:
    """Line numbers, counted from 1, of every key and list element, and the table headers in order."""

    lines: dict[Path, int]
    headers: tuple[Header, ...]

    def line_of(self, path: Path) -> int | None:
        """The line of this place, or of the nearest thing around it that is written down."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None


@dataclass
class _Cursor:
    """The tokens of a text and how far they have been read; blanks and comments are never seen."""

    tokens: list[tuple[str, str, int]]
    at: int = 0

    def peek(self) -> tuple[str, str, int]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "", 0)

    def next(self) -> tuple[str, str, int]:
        token = self.peek()
        self.at += 1
        return token

    def skip_newlines(self) -> None:
        while self.peek()[0] == "newline":
            self.at += 1


def _tokens(text: str) -> list[tuple[str, str, int]]:
    tokens = []
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind not in ("blank", "comment"):
            tokens.append((kind, match[0], line))
        line += match[0].count("\n")
    return tokens


def _key(cursor: _Cursor, until: str) -> list[str]:
    """The parts of a dotted key; reads past the mark that ends it."""
    parts = []
    while True:
        kind, text, _ = cursor.next()
        if kind == "string":
            parts.append(str(tomllib.loads(f"x = {text}")["x"]))
        elif kind == "bare":
            parts.append(text)
        elif text == until or kind == "end":
            return parts


def _value(cursor: _Cursor, path: Path, lines: dict[Path, int]) -> None:
    kind, text, _ = cursor.next()
    if text == "[":
        _array(cursor, path, lines)
    elif text == "{":
        cursor.skip_newlines()
        while cursor.peek()[1] != "}" and cursor.peek()[0] != "end":
            _assignment(cursor, path, lines)
            cursor.skip_newlines()
            if cursor.peek()[1] == ",":
                cursor.next()
                cursor.skip_newlines()
        cursor.next()
    elif kind == "bare":  # numbers and dates hold dots and blanks
        while cursor.peek()[0] == "bare" or cursor.peek()[1] == ".":
            cursor.next()


def _array(cursor: _Cursor, path: Path, lines: dict[Path, int]) -> None:
    index = 0
    while True:
        cursor.skip_newlines()
        kind, text, line = cursor.peek()
        if text == "]" or kind == "end":
            cursor.next()
            return
        if text == ",":
            cursor.next()
            index += 1
            continue
        lines[(*path, index)] = line
        _value(cursor, (*path, index), lines)


def _assignment(cursor: _Cursor, path: Path, lines: dict[Path, int]) -> None:
    line = cursor.peek()[2]
    full = path
    for part in _key(cursor, "="):
        full = (*full, part)
        lines.setdefault(full, line)
    _value(cursor, full, lines)


def _header(parts: list[str], is_list: bool, sizes: dict[Path, int]) -> Path:
    """The full path of a header: an element of a list of tables is meant by its last one."""
    path: Path = ()
    for number, part in enumerate(parts):
        path = (*path, part)
        if number == len(parts) - 1 and is_list:
            sizes[path] = sizes.get(path, 0) + 1
        if path in sizes:
            path = (*path, sizes[path] - 1)
    return path


def layout(text: str) -> Layout:
    """Lines of all keys and headers of a valid TOML text."""
    cursor = _Cursor(_tokens(text))
    lines: dict[Path, int] = {}
    headers: list[Header] = []
    sizes: dict[Path, int] = {}
    table: Path = ()
    while True:
        cursor.skip_newlines()
        kind, mark, line = cursor.peek()
        if kind == "end":
            return Layout(lines, tuple(headers))
        if mark == "[":
            cursor.next()
            is_list = cursor.peek()[1] == "["
            if is_list:
                cursor.next()
            table = _header(_key(cursor, "]"), is_list, sizes)
            if is_list:
                cursor.next()
            headers.append(Header(table, line))
            for length in range(1, len(table) + 1):
                lines.setdefault(table[:length], line)
        else:
            _assignment(cursor, table, lines)
