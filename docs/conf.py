"""The docs as a site: `make docs` (scripts/docs/site)."""

import os
import tempfile
from pathlib import Path

from scripts.docs.site.gallery import figure_of

from langstrecke import __version__

project = "Langstrecke"
author = copyright = "the authors of Langstrecke"
version = release = __version__
extensions = ["myst_parser", "sphinx_gallery.gen_gallery"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["gallery/README.rst"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
suppress_warnings = ["config.cache", "myst.header"]  # functions in the gallery's settings; pages that begin at "##"

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_title = f"Langstrecke {version}"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1d62b0", "color-brand-content": "#1d62b0"},
    "dark_css_variables": {"color-brand-primary": "#62a8f7", "color-brand-content": "#62a8f7"},
}

_DRAWN = Path(tempfile.mkdtemp(prefix="langstrecke-gallery-"))


def _options(gallery: dict[str, object], script: dict[str, str]) -> list[str]:
    """What an example is run with: few races, and its figure kept out of the sources."""
    text = Path(script["src_file"]).read_text(encoding="utf-8")
    races = ["--races", os.environ.get("LANGSTRECKE_DOCS_RACES", "500")] if '"--races"' in text else []
    return [*races, "--out", str(_DRAWN / (Path(script["src_file"]).stem + ".png"))]


sphinx_gallery_conf = {
    "examples_dirs": os.environ.get("LANGSTRECKE_EXAMPLES", "../examples"),
    "gallery_dirs": "gallery",
    "filename_pattern": r"\.py$",
    "image_scrapers": (figure_of,),
    "reset_argv": _options,
    "capture_repr": (),
    "abort_on_example_error": True,
    "download_all_examples": False,
    "remove_config_comments": True,
    "show_memory": False,
    "min_reported_time": 1e9,
    "show_signature": False,
    "copyfile_regex": r"$^",
    "write_computation_times": False,
}
