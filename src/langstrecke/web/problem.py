"""An error as data: what is wrong, where, what to do. The one shape errors have in the API and on pages."""

from __future__ import annotations

import logging

from pydantic import BaseModel, ConfigDict, ValidationError

from langstrecke.errors import LangstreckeError

log = logging.getLogger("langstrecke.web")


class Problem(BaseModel):
    """What is wrong, where it stands, what to do about it."""

    model_config = ConfigDict(frozen=True)

    what: str
    where: str | None = None
    do: str | None = None

    def text(self) -> str:
        """One line for people."""
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text} ({self.do})" if self.do else text


def problem_of(error: BaseException) -> Problem:
    """An error for people as it is; anything else as a plain line, its traceback in the log."""
    if isinstance(error, LangstreckeError):
        where = error.file or ""
        if error.line is not None:
            where += f", line {error.line}" if where else f"line {error.line}"
        if error.key:
            where += f", key {error.key}" if where else f"key {error.key}"
        return Problem(what=error.what, where=where or None, do=error.hint)
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or None
        return Problem(what=str(first["msg"]).removeprefix("Value error, "), where=place)
    if isinstance(error, RecursionError):
        return Problem(what="it is nested too deeply to be read")
    log.error("unexpected %s", type(error).__name__, exc_info=error)
    return Problem(
        what=f"something went wrong inside ({type(error).__name__})",
        do="the log of the server has the details; please report it",
    )
