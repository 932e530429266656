"""How the gallery takes the figure of an example: the name `figure` in it."""

from __future__ import annotations

from typing import Any


def figure_of(block: Any, block_vars: dict[str, Any], gallery_conf: dict[str, Any]) -> str:
    """Save the example's `figure` where the gallery wants it; the reStructuredText that shows it."""
    from sphinx_gallery.scrapers import figure_rst

    figure = block_vars["example_globals"].pop("figure", None)
    if figure is None:
        return ""
    path = next(block_vars["image_path_iterator"])
    figure.savefig(path, dpi=110, bbox_inches="tight", pad_inches=0.15, facecolor=figure.get_facecolor())
    title = str(block_vars["example_globals"].get("__doc__") or "").strip().partition("\n")[0]
    return str(figure_rst([path], gallery_conf["src_dir"], f"figure: {title}"))
