"""What all answers share."""

from __future__ import annotations

from typing import Any, Protocol, Self

from pydantic import BaseModel, ConfigDict


class Result(Protocol):
    """What a room gives: it tells itself as plain data."""

    def to_json(self) -> Any:
        """Plain data."""


class Answer(BaseModel):
    """An answer. A key named `class` is `car_class` in Python. Keys a model does not name are errors, never lost."""

    model_config = ConfigDict(populate_by_name=True, frozen=True, extra="forbid")

    @classmethod
    def of(cls, result: Result, **more: Any) -> Self:
        """A room's result as the answer; `more` are fields the result does not know."""
        return cls.model_validate(result.to_json() | more)


def plain(answer: Any) -> Any:
    """An answer, or a list of them, as JSON data: what `--json` prints and the API sends."""
    if isinstance(answer, BaseModel):
        return answer.model_dump(mode="json", by_alias=True)
    return [plain(one) for one in answer] if isinstance(answer, list | tuple) else answer
