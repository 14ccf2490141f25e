"""Rows of the report: what was measured, against which target, and how busy the computer was meanwhile."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

HEAD = "| | measured | target | | load |\n|---|---|---|---|---|"
LEGEND = "`load`: processes that wanted a core (mean of a minute) when the row was done."


def load_average() -> float:
    """Processes that wanted to run, mean of the last minute; NaN where the system does not tell."""
    try:
        return os.getloadavg()[0]
    except (AttributeError, OSError):
        return float("nan")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `met` is None where there is no target, or nothing was measured."""

    what: str
    measured: str
    target: str = ""
    met: bool | None = None
    load: float = field(default_factory=load_average)

    def text(self) -> str:
        """The line as Markdown; a target that was missed stands out by a word."""
        verdict = {None: "", True: "met", False: "**MISSED**"}[self.met]
        return f"| {self.what} | {self.measured} | {self.target} | {verdict} | {self.load:.1f} |"


def below(what: str, measured: str, value: float, limit: float, target: str) -> Row:
    """A row that meets its target where `value` is at most `limit`; NaN does not."""
    return Row(what, measured, target, value <= limit)


def missing(what: str, why: str, target: str = "") -> Row:
    """A row of something that could not be measured here."""
    return Row(what, f"not measured: {why}", target)


def table(rows: Iterable[Row]) -> str:
    """All rows as one Markdown table."""
    return "\n".join([HEAD, *(row.text() for row in rows)])


def spread_ms(values_ms: Iterable[float]) -> tuple[str, float]:
    """'p50 ... p99 ... max ... (n)' of some times in ms, and their 99th percentile; NaN where there are none."""
    found = np.fromiter(values_ms, float)
    if not len(found):
        return "nothing came", float("nan")
    p50, p99 = np.percentile(found, [50, 99])
    return f"p50 {p50:.1f}, p99 {p99:.1f}, max {found.max():.1f} ms ({len(found)})", float(p99)
