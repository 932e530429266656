"""Build the site: python -m scripts.docs.site [--out out/docs] [--draft]. Warnings are errors."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.docs.site.reference import write_reference

ROOT = Path(__file__).parents[3]
OUTSIDE = re.compile(r"\[([^\]]+)\]\((?:\.\./)+(?:src|tests|scripts|examples)/[^)]*\)")
"""Links to files that are not of the docs: on the site they are their text."""


def main(out: Path, draft: bool) -> int:
    """Gather the sources in a folder of their own, so that what is written from the program is never committed."""
    sources = out.with_name(f"{out.name}-sources")
    shutil.rmtree(sources, ignore_errors=True)
    shutil.copytree(ROOT / "docs", sources)
    for page in ("CHANGELOG.md", "CONTRIBUTING.md"):
        shutil.copy(ROOT / page, sources / page)
    for source in sources.rglob("*.md"):
        source.write_text(OUTSIDE.sub(r"\1", source.read_text(encoding="utf-8")), encoding="utf-8")
    pages = write_reference(sources / "reference")
    index = ["# Reference\n", "```{toctree}", ":maxdepth: 1\n", *pages, "```"]
    (sources / "reference" / "index.md").write_text("\n".join(index) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-E", str(sources), str(out)]
    command += [] if draft else ["-W", "--keep-going"]
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    more = {"PYTHONPATH": paths, "MPLBACKEND": "Agg", "LANGSTRECKE_EXAMPLES": str(ROOT / "examples")}
    return subprocess.run(command, env=os.environ | more, check=False).returncode


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "docs")
    parser.add_argument("--draft", action="store_true", help="go on after warnings")
    sys.exit(main(**vars(parser.parse_args())))
