"""Verbs take a request: its fields become arguments and options, defaults and bounds stand in its model alone.

    @asks(ForecastAsk, "card")
    def forecast_verb(ask: ForecastAsk, report: Report = None) -> None: ...

`card` is an argument here, every other field an option by its own name, or by that of `NAMES`; what follows `ask` are
options of the command line's own.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import typer
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from langstrecke.errors import LangstreckeError, StoreError
from langstrecke.services.requests.common import FROM_SHELL, Ask
from langstrecke.services.settings import Settings, default_store

NAMES: dict[str, tuple[str, ...]] = {
    "patch_files": ("--what-if", "--patch"),
    "settings": ("--set",),
    "car_class": ("--class",),
    "cars": ("--car",),
    "classes": ("--class",),
    "limit_s": ("--limit",),
    "laps": ("--lap",),
    "drivers_file": ("--drivers",),
    "name": ("--driver", "--name"),
    "first": ("--from",),
    "last": ("--to",),
}
"""Options that are not called as their fields are."""

METAVARS = {
    "patch_files": "PATCH.toml",
    "settings": "KEY=VALUE",
    "laps": "CLASS=SECONDS",
    "drivers_file": "FILE.toml",
    "weights": "FILE.toml",
    "card": "CARD",
    "at": "TIME",
    "store": "FILE",
    "engine": "NAME",
    "data": "DIR",
    "out": "FILE.jsonl",
    "forecasts": "FILE.jsonl",
    "first": "YYYY-MM-DD",
    "last": "YYYY-MM-DD",
    "date": "YYYY[-MM[-DD]]",
    "sources": "FILE...",
    "paths": "PATH...",
}

A = TypeVar("A", bound=Ask)
_SIMPLE = {int, float, str, bool, Path}


def asks(
    model: type[A], *positional: str, leave: Sequence[str] = (), defaults: Mapping[str, Any] = MappingProxyType({})
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a verb of a function that takes a request; fields in `leave` are not asked for, those of `defaults` need
    not be given here.
    """
    fields = {n: f for n, f in model.model_fields.items() if n not in leave and _type(f) is not None}

    def made(function: Callable[..., None]) -> Callable[..., None]:
        own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
        asked = [_parameter(name, field, name in positional) for name, field in fields.items()]
        asked = [p.replace(default=defaults[p.name]) if p.name in defaults else p for p in asked]
        arguments = sorted((p for p in asked if p.name in positional), key=lambda p: positional.index(p.name))
        options = [p for p in asked if p.name not in positional]
        parameters = [*arguments, *options, *own]

        def verb(**given: Any) -> None:
            values = {name: given.pop(name) for name in fields}
            function(request(model, values, positional), **given)

        verb.__name__, verb.__doc__, verb.__module__ = function.__name__, function.__doc__, function.__module__
        by_name = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in parameters]
        verb.__signature__ = inspect.Signature(by_name)  # type: ignore[attr-defined]
        verb.__annotations__ = {p.name: p.annotation for p in parameters}
        return verb

    return made


def request(model: type[A], values: dict[str, Any], positional: Sequence[str] = ()) -> A:
    """A request from the command line, which may name files. LangstreckeError says which option does not fit."""
    try:
        return model.model_validate(values, context=FROM_SHELL)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        key = name.upper() if name in positional else _names(name)[0]
        about = model.model_fields[name].description if name in model.model_fields else None
        raise LangstreckeError(_wrong(first), key=key if name else None, hint=about) from None


def option(model: type[Ask], name: str) -> Any:
    """The option of one field, for a verb that is more than one request."""
    return typer.Option(*_names(name), **_about(name, model.model_fields[name]))


def settings_of(store: Path | None = None, **more: Any) -> Settings:
    """The settings of a verb: the store named, or the user's own."""
    return Settings(store=store or default_store(), **more)


def _wrong(error: ErrorDetails) -> str:
    """What is wrong with a value, in the user's words."""
    shown = ascii(error["input"])[:60] if not isinstance(error["input"], str) else repr(error["input"][:60])
    if error["type"] == "string_pattern_mismatch":
        return f"{shown} is not written as this is"
    if error["type"] == "string_too_short":
        return "is empty"
    return str(error["msg"]).removeprefix("Value error, ").replace("Input should be", f"{shown} is not")


def held(store: Path | None) -> Path | None:
    """A store to be read: one that is named must be there. StoreError; the user's own may not have been made yet."""
    if store is not None and not store.exists():
        raise StoreError("there is no store", file=store, hint="langstrecke import FOLDER makes one")
    return store


def _names(name: str) -> tuple[str, ...]:
    return NAMES.get(name, (f"--{name.replace('_', '-')}",))


def _parameter(name: str, field: FieldInfo, positional: bool) -> inspect.Parameter:
    about = _about(name, field)
    if positional:
        info: Any = typer.Argument(**({"metavar": name.upper()} | about), show_default=False)
    else:
        info = typer.Option(*_names(name), **about)
    default = inspect.Parameter.empty if field.is_required() else field.get_default(call_default_factory=True)
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=default, annotation=Annotated[_type(field), info])


def _about(name: str, field: FieldInfo) -> dict[str, Any]:
    """Help, bounds and metavar of a field."""
    found: dict[str, Any] = {"help": field.description or ""}
    for rule in field.metadata:
        for bound, at in (("ge", "min"), ("le", "max")):
            if (value := getattr(rule, bound, None)) is not None:
                found[at] = value
    if name in METAVARS:
        found["metavar"] = METAVARS[name]
    return found


def _type(field: FieldInfo) -> Any:
    """The type of an option of this field; None for what no option can hold."""
    found = _plain(field.annotation)
    return None if found is None or (found is str and field.annotation is str and _long(field)) else found


def _long(field: FieldInfo) -> bool:
    """Whether a text is whole pages, which nobody types."""
    return any((getattr(rule, "max_length", None) or 0) > 10_000 for rule in field.metadata)


def _plain(kind: Any) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _plain(inner[0])
    if kind in _SIMPLE or origin is Literal:
        return kind
    if origin is list:
        of = _plain(inner[0])
        return None if of is None else list[of]  # type: ignore[valid-type]
    if origin in (Union, types.UnionType):
        some = [_plain(one) for one in inner if one is not type(None)]
        return None if len(some) != 1 or some[0] is None else some[0] | None
    return None
