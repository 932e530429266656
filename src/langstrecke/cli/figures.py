"""Writing a figure a verb was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from langstrecke.errors import LangstreckeError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = (".svg", ".png", ".pdf")


def check_figure(path: Path | None) -> None:
    """LangstreckeError, before anything is played, for a kind of file no figure is written as."""
    if path is not None and path.suffix.lower() not in FORMATS:
        raise LangstreckeError("a figure is written as .svg, .png or .pdf", file=path)


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure, folders made as needed."""
    from langstrecke.plots.export import save

    check_figure(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save(figure, path)
    except OSError as error:
        raise LangstreckeError(f"cannot be written: {error.strerror or error}", file=path) from None
