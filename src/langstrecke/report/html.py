"""HTML from plain functions: every string is escaped unless it is HTML already."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


class Html(str):
    """Text that is HTML already; only this module and the figure export make it."""

    __slots__ = ()


Child = str | Html | int | None


def text(child: Child) -> Html:
    """A child as HTML: control characters go, signs that mean something in HTML are escaped."""
    if child is None:
        return Html("")
    if isinstance(child, Html):
        return child
    return Html(escape("".join(c if c.isprintable() else " " for c in str(child)), quote=True))


def join(children: Iterable[Child], between: Child = None) -> Html:
    """Children one after the other."""
    return Html(text(between).join(text(child) for child in children))


def tag(name: str, *children: Child, cls: str = "", **attributes: str) -> Html:
    """An element; `cls` is its class."""
    given = ({"class": cls} if cls else {}) | attributes
    inner = "".join(f' {key.replace("_", "-")}="{text(value)}"' for key, value in given.items())
    return Html(f"<{name}{inner}>{join(children)}</{name}>")


def table(head: Iterable[Child], rows: Iterable[Iterable[Html]], cls: str = "") -> Html:
    """A table; the cells are `<td>` elements."""
    header = tag("tr", *(cell if isinstance(cell, Html) else tag("th", cell, scope="col") for cell in head))
    body = join(tag("tr", *row) for row in rows)
    # The frame scrolls on narrow screens.
    return tag("div", tag("table", tag("thead", header), tag("tbody", body), cls=cls), cls="scroll")
