"""Small parts all pages are made of. Text from outside goes through `esc` before it stands in markup."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from typing import Any

from nicegui import ui
from nicegui.element import Element

from langstrecke.errors import LangstreckeError
from langstrecke.formatting import percent
from langstrecke.plots.class_colours import class_colour
from langstrecke.web.pages.theme import chart_themes


def esc(value: object) -> str:
    """A value as text that means nothing to the browser; None is nothing."""
    return "" if value is None else escape(str(value), quote=True)


def markup(html: str, classes: str = "") -> ui.html:
    """Markup of our own making. The browser cleans it once more, whatever slipped through."""
    return ui.html(html, sanitize=True).classes(classes)


@contextmanager
def panel(title: str = "", note: str = "", classes: str = "") -> Iterator[Element]:
    """A bordered part of a page with its heading."""
    with ui.element("section").classes(f"panel {classes}".strip()) as part:
        if title:
            part.props["aria-label"] = title
            with ui.element("div").classes("head"):
                heading(title)
                if note:
                    text(note, "note")
        yield part


def heading(words: str, level: int = 2) -> Element:
    """A heading; level 1 is the page's own."""
    return markup(esc(words), "").classes("") if level > 3 else _tag(f"h{level}", words)


def text(words: object, classes: str = "") -> ui.label:
    """A line of text."""
    return ui.label(str(words)).classes(classes)


def _tag(tag: str, words: str) -> Element:
    element = ui.element(tag)
    with element:
        ui.label(words).style("display: contents")
    return element


@contextmanager
def row(classes: str = "") -> Iterator[Element]:
    """Things beside each other; they wrap where there is no room."""
    with ui.element("div").classes(f"across {classes}".strip()) as part:
        yield part


@contextmanager
def column(classes: str = "") -> Iterator[Element]:
    """Things below each other."""
    with ui.element("div").classes(f"down {classes}".strip()) as part:
        yield part


def button(words: str, on_click: Callable[..., Any], *, icon: str = "", strong: bool = False) -> ui.button:
    """A quiet button; `strong` is for the one thing a page is for."""
    made = ui.button(words, icon=icon or None, on_click=on_click).props("no-caps unelevated dense")
    return made if strong else made.props("outline").style("color: var(--ink) !important")


def round_button(icon: str, label: str, on_click: Callable[..., Any]) -> ui.button:
    """A button with an icon only; its label is for the reader of screens and the tooltip."""
    made = ui.button(icon=icon, on_click=on_click).props(f'flat round dense aria-label="{esc(label)}"')
    made.style("color: var(--muted) !important")
    with made:
        ui.tooltip(label)
    return made


def choice(
    options: Sequence[str] | Mapping[str, str],
    value: str | None,
    on_change: Callable[..., Any],
    *,
    label: str = "",
    width: str = "13rem",
    search: bool = False,
) -> ui.select:
    """A drop-down."""
    made = ui.select(
        list(options) if not isinstance(options, Mapping) else dict(options),
        value=value,
        on_change=on_change,
        label=label or None,
        with_input=search,
    )
    return made.props("dense outlined options-dense").style(f"min-width: {width}; max-width: 100%")


def chart(options: Mapping[str, Any]) -> ui.echart:
    """A chart in daylight; the script puts it in the dark where the page is."""
    return ui.echart(dict(options), theme=chart_themes()["light"])


def chip(name: str, classes: Sequence[str] = ()) -> str:
    """Markup of a class's chip."""
    return f'<span class="chip" style="--class: {class_colour(name, classes)}">{esc(name)}</span>'


class Pressed:
    """Buttons of which one is pressed, in the colours of their classes where they have one."""

    def __init__(self, options: Mapping[str, str], value: str, on_change: Callable[[str], Any]) -> None:
        self.value = value
        self._change = on_change
        self._buttons: dict[str, Element] = {}
        with ui.element("div").classes("across tight").props("role=group"):
            for key, words in options.items():
                made = ui.element("button").classes("chip").props("type=button")
                colour = class_colour(key, list(options)) if key in options and key == words else ""
                if colour and key:
                    made.style(f"--class: {colour}")
                else:
                    made.classes("plain")
                with made:
                    ui.label(words).style("display: contents")
                made.on("click", lambda _, key=key: self.press(key))
                self._buttons[key] = made
        self._show()

    def press(self, key: str) -> None:
        """Press one and say so."""
        self.value = key
        self._show()
        self._change(key)

    def _show(self) -> None:
        for key, made in self._buttons.items():
            made.props(f'aria-pressed="{"true" if key == self.value else "false"}"')


def table(
    head: Sequence[str], rows: Iterable[Sequence[str]], *, figures: Iterable[int] = (), classes: str = ""
) -> str:
    """Markup of a plain table. Cells are markup already: what comes from outside is escaped by who makes them."""
    right = set(figures)
    marks = [' class="n"' if n in right else "" for n in range(len(head))]
    top = "".join(f'<th{m} scope="col">{esc(h)}</th>' for h, m in zip(head, marks, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{m}>{cell}</td>" for cell, m in zip(cells, marks, strict=True)) + "</tr>"
        for cells in rows
    )
    parts = f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="scroll {classes}"><table class="tbl">{parts}</table></div>'


def odds_cell(share: float | None, colour: str = "") -> str:
    """A probability with a bar of its size."""
    if share is None:
        return ""
    style = f"--class: {colour}; " if colour else ""
    style += f"--share: {max(0.0, min(1.0, share)):.3f}"
    return f'<span class="bar" style="{style}"><span>{esc(percent(share, unit=False))}</span></span>'


def told(error: LangstreckeError) -> str:
    """An error for people: what is wrong, where, and what to do, as markup."""
    where = error.file or ""
    if error.line is not None:
        where += f", line {error.line}"
    if error.key:
        where += (", " if where else "") + f"key {error.key}"
    parts = [f'<span class="strong">{esc(error.what)}</span>']
    if where:
        parts.append(f'<span class="note">{esc(where)}</span>')
    if error.hint:
        parts.append(f"<span>{esc(error.hint)}</span>")
    return f'<div class="error" role="alert">{"<br>".join(parts)}</div>'


def empty(title: str, words: str) -> None:
    """What a page says when it has nothing to show: why, and what to do next."""
    with ui.element("div").classes("empty"):
        _tag("h1", title)
        text(words, "muted")
