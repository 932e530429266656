"""How results show themselves in a console and a notebook: a few lines, a small table.

A result class says what it shows in `_shown`; the decorator `shows_itself` makes `__repr__` and `_repr_html_` of it.
Standard library only.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Protocol, TypeVar

from langstrecke.formatting import plural, printable

LINES = 6
"""Rows a repr shows at most."""

NOTE = 160
"""Characters of a note in a repr at most; the notebook has it whole."""

ROWS = 40
"""Rows of a notebook's table at most."""

_CELL = "padding:1px 10px 1px 0;text-align:{};white-space:nowrap"


@dataclass(frozen=True)
class Shown:
    """The gist of a result: a title, a table of words, and what has to be said beside it."""

    title: str
    head: tuple[str, ...] = ()
    rows: Sequence[Sequence[str]] = ()
    notes: tuple[str, ...] = ()
    left: int = 1
    """Columns of names, at the left; the others hold figures."""
    few: Sequence[Sequence[str]] = ()
    """Rows for a repr where the first ones of the table are not the gist."""

    def text(self) -> str:
        """As the few lines of a repr."""
        rows = self.few or self.rows
        table = [tuple(map(printable, row)) for row in rows[:LINES]]
        lines = [printable(self.title)]
        if table:
            columns = list(zip(self.head, *table, strict=True))
            widths = [max(map(len, column)) for column in columns]
            for row in [self.head, *table]:
                cells = [
                    cell.ljust(width) if n < self.left else cell.rjust(width)
                    for n, (cell, width) in enumerate(zip(row, widths, strict=True))
                ]
                lines.append(("  " + "  ".join(cells)).rstrip())
        if len(rows) > LINES:
            lines.append(f"  and {len(rows) - LINES} more")
        notes = (textwrap.shorten(printable(note), NOTE, placeholder=" …") for note in self.notes)
        return "\n".join([*lines, *notes])

    def html(self) -> str:
        """As a small table for a notebook; every word escaped."""
        parts = [f"<strong>{_esc(self.title)}</strong>"]
        if self.rows:
            head = "".join(self._cell("th", n, cell) for n, cell in enumerate(self.head))
            body = "".join(
                "<tr>" + "".join(self._cell("td", n, cell) for n, cell in enumerate(row)) + "</tr>"
                for row in self.rows[:ROWS]
            )
            parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
        if len(self.rows) > ROWS:
            parts.append(f"<div>and {plural(len(self.rows) - ROWS, 'more row')}</div>")
        parts += [f"<div><small>{_esc(note)}</small></div>" for note in self.notes]
        return f"<div>{''.join(parts)}</div>"

    def _cell(self, tag: str, column: int, words: str) -> str:
        style = _CELL.format("left" if column < self.left else "right")
        return f'<{tag} style="{style}">{_esc(words)}</{tag}>'


def _esc(words: str) -> str:
    return escape(printable(words), quote=True)


class HasGist(Protocol):
    """A result that says what it shows."""

    def _shown(self) -> Shown: ...


T = TypeVar("T", bound=type[HasGist])


def shows_itself(kind: T) -> T:
    """Give a result class the `__repr__` and `_repr_html_` that its `_shown` describes."""

    def text(self: HasGist) -> str:
        return self._shown().text()

    def html(self: HasGist) -> str:
        return self._shown().html()

    names: dict[str, Any] = {"__repr__": text, "__str__": text, "_repr_html_": html}
    for name, function in names.items():
        setattr(kind, name, function)
    return kind
