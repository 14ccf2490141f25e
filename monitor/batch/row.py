"""One recording's line of the summary, as plain values that travel between processes and survive in a journal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from monitor.batch.fields import FIELDS, LONGEST_TEXT, Kind, Value

LONGEST_NAME = 4096


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One line.

    name    path from the folder, with '/' between its parts
    content SHA-256 of the recording, '' where it could not be read
    made_by the program that worked it out: `program.made_by`
    error   why this recording could not be used, a sentence; then `values` is empty
    values  one for each of `fields.FIELDS`
    """

    name: str
    content: str
    made_by: str
    error: str = ""
    values: tuple[Value, ...] = ()


def as_json(row: SummaryRow) -> list[Any]:
    """Plain values for JSON."""
    return [row.name, row.content, row.made_by, row.error, list(row.values)]


def from_json(told: Any) -> SummaryRow | None:
    """The inverse of `as_json`; None for whatever is not a line of this program."""
    if not isinstance(told, list) or len(told) != 5:
        return None
    *texts, values = told
    if not all(isinstance(text, str) and len(text) <= LONGEST_NAME for text in texts) or not isinstance(values, list):
        return None
    if values and (
        len(values) != len(FIELDS) or not all(_fits(f.kind, v) for f, v in zip(FIELDS, values, strict=True))
    ):
        return None
    name, content, made_by, error = texts
    return SummaryRow(name, content, made_by, error, tuple(values))


def _fits(kind: Kind, value: object) -> bool:
    if value is None:
        return True
    if kind in (Kind.TEXT, Kind.DATE):
        return isinstance(value, str) and len(value) <= 2 * LONGEST_TEXT
    if kind is Kind.FLAG or isinstance(value, bool):
        return kind is Kind.FLAG and isinstance(value, bool)
    if kind is Kind.COUNT:
        return isinstance(value, int) and abs(value) < 1 << 62
    return isinstance(value, (int, float)) and math.isfinite(value)
