"""An article as markup: its claims' sentences marked. Everything of the article is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langstrecke.web.pages.components import esc

SURE_WORDS = {
    "confirmed": "Confirmed",
    "announced": "Announced",
    "reported": "Reported",
    "expected": "Expected",
    "possible": "Possible",
    "wished": "Wished",
    "not_confirmed": "Not confirmed",
    "denied": "Denied",
}
VERDICT_WORDS = {
    "supported": "supported",
    "contradicted": "contradicted",
    "not_borne_out": "did not come true",
    "not_checkable": "cannot be checked",
}
VERDICT_TONES = {"supported": "good", "contradicted": "bad", "not_borne_out": "muted", "not_checkable": "muted"}


@dataclass(frozen=True)
class ShownClaim:
    """A claim as the page shows it; `start` and `end` are its sentence in the text."""

    id: str
    words: str
    certainty: str
    by: str
    start: int
    end: int
    verdict: str = ""
    why: str = ""
    judged: str = ""
    """The races it was judged against."""


JUDGED = 3
"""Races named beside a verdict (default)."""


def judged_by(evidence: Sequence[Mapping[str, Any]]) -> str:
    """The races a claim was judged against, with their years; empty where no race decided it."""
    races = dict.fromkeys(
        f"{row['race']} ({str(row.get('date') or '')[:4]})" if row.get("date") else str(row["race"])
        for row in evidence
        if row.get("race")
    )
    told = ", ".join(list(races)[:JUDGED])
    return told + (f" and {len(races) - JUDGED} more" if len(races) > JUDGED else "")


def highlighted(text: str, claims: Sequence[ShownClaim]) -> str:
    """The text with a mark around each claim's sentence, in the colour of the surest claim it holds."""
    spans: dict[tuple[int, int], list[ShownClaim]] = {}
    for claim in claims:
        if 0 <= claim.start < claim.end <= len(text):
            spans.setdefault((claim.start, claim.end), []).append(claim)
    out, at = [], 0
    for (start, end), held in sorted(spans.items()):
        if start < at:  # a sentence inside one marked already
            continue
        surest = min(held, key=lambda c: list(SURE_WORDS).index(c.certainty) if c.certainty in SURE_WORDS else 99)
        ids = " ".join(c.id for c in held)
        out.append(esc(text[at:start]))
        out.append(f'<mark class="s-{esc(surest.certainty)}" data-claim="{esc(ids)}">{esc(text[start:end])}</mark>')
        at = end
    out.append(esc(text[at:]))
    return "".join(out)


def claim_list(claims: Sequence[ShownClaim]) -> str:
    """The claims, surest first; pressing one lights up its sentence."""
    order = list(SURE_WORDS)
    rank = {name: n for n, name in enumerate(order)}
    parts = []
    for c in sorted(claims, key=lambda c: (rank.get(c.certainty, 99), c.start)):
        said = f"<span>{esc(c.words)}</span>" + (f'<span class="why">told by {esc(c.by)}</span>' if c.by else "")
        if c.verdict:
            tone = VERDICT_TONES.get(c.verdict, "muted")
            note = f": {esc(c.why)}" if c.why else ""
            word = esc(VERDICT_WORDS.get(c.verdict, c.verdict))
            against = f" (judged against {esc(c.judged)})" if c.judged else ""
            said += f'<span class="why"><span class="{tone}">{word}</span>{note}{against}</span>'
        parts.append(
            f'<button type="button" class="claim s-{esc(c.certainty)}" data-claim="{esc(c.id)}">'
            f'<span class="sure">{esc(SURE_WORDS.get(c.certainty, c.certainty))}</span>{said}</button>'
        )
    return "".join(parts)
