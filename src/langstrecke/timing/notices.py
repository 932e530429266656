"""What a reader left out or mended, counted: the warnings that come with a table."""

from __future__ import annotations

import warnings
from dataclasses import dataclass


@dataclass(frozen=True)
class Notice:
    """One kind of blemish found in a file: `what` happened, how often, and the first line it stands on."""

    what: str
    count: int = 1
    line: int | None = None

    def __str__(self) -> str:
        """As the command line prints it: "3 x duplicate lap dropped (first in line 812)"."""
        place = f" (first in line {self.line})" if self.line is not None else ""
        return f"{self.count} x {self.what}{place}"


class TimingWarning(UserWarning):
    """A timing file was read, but not all of it could be believed."""


def tell(found: list[Notice], path: object, into: list[Notice] | None) -> None:
    """Hand the notices to the caller's list, or, where there is none, issue them as `TimingWarning`."""
    if into is not None:
        into.extend(found)
        return
    for notice in found:
        warnings.warn(f"{path}: {notice}", TimingWarning, stacklevel=3)
