"""Where verbs write: tables and JSON on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from typing import Any

from rich.console import Console

console = Console()
"""Where tables go (standard output)."""

progress_console = Console(stderr=True)
"""Where progress, warnings and errors go, so that standard output stays clean for --json."""


def print_json(data: Any) -> None:
    """Data as JSON on standard output."""
    sys.stdout.write(json_text(data))


def json_text(data: Any) -> str:
    """Data as JSON, as every verb writes it."""
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
