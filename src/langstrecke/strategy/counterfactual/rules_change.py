"""What-ifs that change a rule: `rules.pit.min_pit_time_s = 90` in a patch stands for that key of the rule book."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from langstrecke.errors import CardError
from langstrecke.racecard.patch import Edit, Patch
from langstrecke.racecard.problems import near
from langstrecke.rulebooks.schema import RuleBook

RULES = "rules"


def without_rules(patch: Patch) -> tuple[Patch, tuple[Edit, ...]]:
    """The patch of the card alone, and the changes of rules it holds."""
    own = tuple(e for e in patch.edits if e.kind == "set" and e.parts[0] == RULES)
    return replace(patch, edits=tuple(e for e in patch.edits if e not in own)), own


def changed_rules(book: RuleBook, edits: tuple[Edit, ...], file: str | None = None) -> RuleBook:
    """The rule book with these changes. CardError names the key that it does not have or that does not fit."""
    data = book.model_dump(by_alias=True)
    for edit in edits:
        table: Any = data
        for part in edit.parts[1:-1]:
            table = table.get(part) if isinstance(table, dict) else None
        last = edit.parts[-1]
        if len(edit.parts) < 3 or not isinstance(table, dict) or last not in table:
            known = list(table) if isinstance(table, dict) else list(data)
            hint = near(last, known) or f"langstrecke rules {book.id} --json shows the keys"
            raise CardError(f"rule book {book.id} has no such rule", file=file, key=edit.key, hint=hint)
        if "value" in edit.values:
            table[last] = edit.values["value"]
        elif isinstance(table[last], int | float):
            table[last] = table[last] * edit.values.get("times", 1.0) + edit.values.get("plus", 0.0)
        else:
            raise CardError("is no number to add to", file=file, key=edit.key)
    try:
        return RuleBook.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise CardError(str(first["msg"]), file=file, key=".".join((RULES, *map(str, first["loc"])))) from None
