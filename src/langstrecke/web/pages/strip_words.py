"""What the strip above all pages says of the followed race, as a script for every viewer."""

from __future__ import annotations

import json
from typing import Any

from langstrecke.formatting import plural, race_time
from langstrecke.web.pages.theme import FLAG_WORDS


def strip_facts(view: Any) -> dict[str, str]:
    """The words of the strip by their places."""
    table = view.table
    lost = table.lost if table is not None else 0
    left = table.left_s if table is not None else None
    flag = "finish" if view.status == "over" else (table.flag if table is not None else None) or ""
    return {
        "clock": race_time(view.race_s),
        "left": f"{race_time(max(0.0, left))} to go" if left is not None else "",
        "flag": FLAG_WORDS.get(flag, "" if not flag else flag.replace("_", " ")),
        "flag_name": flag or "none",
        "lost": f"Gap in the data: {plural(lost, 'message')} missing" if lost else "",
        "status": status_words(view),
        "note": view.note,
    }


def status_words(view: Any) -> str:
    """How the source is doing."""
    speed = f"replay ×{view.speed:g}" if view.speed else "replay, full speed"
    words = {
        "starting": "starting",
        "running": speed if view.replayed else "live",
        "paused": "paused",
        "waiting": "waiting for the source",
        "over": "over",
        "failed": "the source failed",
    }
    return words.get(view.status, str(view.status))


def strip_words(view: Any) -> str:
    """The script that puts the words in their places."""
    facts = strip_facts(view)
    flag, words = facts.pop("flag_name"), facts.pop("flag")
    return f"pw.strip({_json(facts)}); pw.flag({_json(flag)}, {_json(words)}); {replay_words(view)}"


def replay_words(view: Any) -> str:
    """The script that sets the slider and the button of a replay."""
    return f"pw.replay({round(view.race_s)}, {json.dumps(view.status == 'paused')});"


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=True).replace("<", "\\u003c")
