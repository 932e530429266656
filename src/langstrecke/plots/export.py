"""Figures as files and as SVG for a page."""

from __future__ import annotations

import io
import re
import threading
from html import escape
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from langstrecke.formatting import printable
from langstrecke.plots.style import COLOURS

_SVG_SETTINGS = threading.Lock()
"""The SVG writer reads its settings from matplotlib's globals; one figure at a time sets and restores them."""


def to_svg(figure: Figure, name: str, title: str) -> str:
    """An `<svg>` element for a page: text stays text, colours are CSS variables with the light theme as fallback.

    `name` sets this figure's ids apart from those of the page's other figures; `title` is what a screen reader says.
    """
    buffer = io.StringIO()
    with _SVG_SETTINGS, matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(buffer, format="svg", facecolor="none", metadata=nothing)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\b(id="|href="#|url\(#)', rf"\g<1>{name}-", svg)
    svg = re.sub(r' width="[\d.]+pt" height="[\d.]+pt"', "", svg, count=1)
    for variable, colour in COLOURS.items():
        svg = svg.replace(f": {colour}", f": var(--{variable}, {colour})")
    svg = re.sub(r"('DejaVu Sans'[^;\"]*)", "var(--font, 'DejaVu Sans', sans-serif)", svg)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(printable(title), quote=True)}" ', 1).strip()


def save(figure: Figure, path: str | Path, dpi: int = 150) -> None:
    """The figure as a file; the ending says which kind (png, svg, pdf)."""
    figure.savefig(Path(path), dpi=dpi, facecolor=figure.get_facecolor(), bbox_inches="tight", pad_inches=0.15)
