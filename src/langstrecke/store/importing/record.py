"""One file as the store remembers it: where it lay, what is in it, what is known of its race."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from pathlib import PurePath
from typing import Any

from langstrecke.store.importing.content import READERS, Content, content_of
from langstrecke.store.importing.evidence import Evidence


@dataclass(frozen=True)
class Record:
    """A file that has been read."""

    path: str
    sha256: str
    content: Content
    evidence: Evidence

    @property
    def folder(self) -> str:
        """The folder it lies in."""
        return str(PurePath(self.path).parent)

    @property
    def named_race(self) -> bool:
        """Whether the file is of a race and its name, not only its absence of any other, says so."""
        return self.evidence.kind == "race" and not self.evidence.why.get("session", "").startswith("no other")

    def facts_json(self) -> str:
        """Content and evidence as JSON."""
        evidence = asdict(self.evidence)
        for name in ("day", "stamp"):
            value = evidence[name]
            evidence[name] = value.isoformat() if value is not None else None
        return json.dumps(
            {"readers": READERS, "content": self.content.to_json(), "evidence": evidence}, sort_keys=True
        )


def record_of(path: str, sha256: str, facts: str) -> Record | None:
    """The record kept in the store; None where it was made by readers of another version."""
    data: dict[str, Any] = json.loads(facts)
    if data.get("readers") != READERS:
        return None
    evidence = dict(data["evidence"])
    evidence["day"] = dt.date.fromisoformat(evidence["day"]) if evidence["day"] else None
    evidence["stamp"] = dt.datetime.fromisoformat(evidence["stamp"]) if evidence["stamp"] else None
    evidence["notes"] = tuple(evidence["notes"])
    return Record(path, sha256, content_of(data["content"]), Evidence(**evidence))
