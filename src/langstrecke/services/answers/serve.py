"""What verbs that serve give."""

from __future__ import annotations

from langstrecke.services.answers.common import Answer


class WarmUpAnswer(Answer):
    """Whether the kernel had to be compiled, and how long that took."""

    compiled: bool
    seconds: float
