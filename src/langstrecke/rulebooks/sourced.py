"""Figures with their source: what every table of a rule book is made of."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Confidence = Literal["high", "medium", "low", "assumed"]
"""`high`: an official text that was read, or figures that give the published totals to the point; `medium`: a page
that tells of it, or the text of another year; `low`: inferred, read off races, or one doubtful page; `assumed`: not
found, the project's default."""

Seconds = Annotated[float, Field(ge=0.0)]
Positive = Annotated[float, Field(gt=0.0)]
Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class RuleModel(BaseModel):
    """Shared settings: unknown keys are errors, values do not change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class KeySource(RuleModel):
    """Where one figure comes from, when it is not where the rest of its table does."""

    source: str = Field(min_length=1)
    confidence: Confidence


class Sourced(RuleModel):
    """A table of figures with their source."""

    source: str = ""
    confidence: Confidence = "assumed"
    sources: dict[str, KeySource] = {}

    @model_validator(mode="after")
    def _sources_fit(self) -> Sourced:
        unknown = [key for key in self.sources if key not in type(self).model_fields]
        if unknown:
            raise ValueError(f"sources names {unknown[0]!r}, which is no key of this table")
        figures = self.model_fields_set - {"source", "confidence", "sources"}
        if figures - set(self.sources) and not self.source:
            raise ValueError(f"no source for {min(figures - set(self.sources))!r}; give the table a `source`")
        return self

    def origin(self, key: str) -> KeySource:
        """Source and confidence of one figure of this table."""
        if key in self.sources:
            return self.sources[key]
        if key in self.model_fields_set:
            return KeySource(source=self.source, confidence=self.confidence)
        return KeySource(source="not found; the project's default", confidence="assumed")
