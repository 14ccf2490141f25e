"""A table for other programs: columns with units and meanings, and what the whole table is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from numpy.typing import NDArray

from monitor.values import BoolArray, IntArray

CHUNK_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class Column:
    """One column of n rows.

    values : (n,) float64 with NaN for what is not known, bool, int64, datetime64[ns] (UTC), or codes where `words`
        gives the word of each
    unit   : 's', 'deg', 'm/s^2', ...; '' for none
    digits : behind the point in text; None: as many as bring back the same number
    """

    name: str
    values: NDArray[Any]
    unit: str
    meaning: str
    digits: int | None = 3
    words: tuple[str, ...] = ()

    def where(self, keep: BoolArray | IntArray | slice) -> Column:
        """The same column with some of its rows: a mask (n,), numbers (k,) or a slice."""
        return replace(self, values=self.values[keep])


Columns: TypeAlias = tuple[Column, ...]
About: TypeAlias = Mapping[str, Any]
"""Plain values for JSON: which run, which sensors, which events, SIMULATED or not."""


def rows(columns: Sequence[Column]) -> int:
    """Number of rows."""
    return len(columns[0].values) if columns else 0


def in_chunks(columns: Columns, size: int = CHUNK_ROWS) -> Iterator[Columns]:
    """The table in pieces of at most so many rows; one piece for an empty table."""
    for start in range(0, max(1, rows(columns)), size):
        yield tuple(column.where(slice(start, start + size)) for column in columns)
