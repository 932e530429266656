"""Which numbers of a feed have come and which are missing."""

from __future__ import annotations

from bisect import bisect_left


class Seqs:
    """The numbers 1..top of a feed, told by what is missing: memory grows with the gaps, not with the race."""

    def __init__(self, complete_to: int = 0) -> None:
        self.top = complete_to
        """The highest number known to exist."""
        self._missing: list[tuple[int, int]] = []  # closed ranges, ascending, apart

    def expect(self, last: int) -> None:
        """Numbers up to `last` exist, whether they have come or not."""
        if last > self.top:
            if self._missing and self._missing[-1][1] == self.top:
                self._missing[-1] = (self._missing[-1][0], last)
            else:
                self._missing.append((self.top + 1, last))
            self.top = last

    def add(self, seq: int) -> bool:
        """`seq` has come; False if it had come before."""
        if seq == self.top + 1:  # the usual case
            self.top = seq
            return True
        self.expect(seq)
        k = bisect_left(self._missing, (seq + 1, 0)) - 1
        if k < 0 or not self._missing[k][0] <= seq <= self._missing[k][1]:
            return False
        first, last = self._missing[k]
        self._missing[k : k + 1] = [(a, b) for a, b in ((first, seq - 1), (seq + 1, last)) if a <= b]
        return True

    @property
    def gaps(self) -> tuple[tuple[int, int], ...]:
        """Missing numbers as closed ranges (first, last), ascending."""
        return tuple(self._missing)

    @property
    def complete_to(self) -> int:
        """Everything up to here has come: where to resume."""
        return self._missing[0][0] - 1 if self._missing else self.top
