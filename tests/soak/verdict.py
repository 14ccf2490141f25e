"""What a check found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Verdict:
    """A check: its figure, what was wanted, and every single thing that is wrong (none: it passes)."""

    check: str
    figure: str
    target: str
    findings: tuple[str, ...] = ()

    @property
    def passes(self) -> bool:
        """Nothing is wrong."""
        return not self.findings

    def row(self) -> str:
        """Markdown."""
        return f"| {self.check} | {self.figure} | {self.target} | {'pass' if self.passes else '**missed**'} |"


def spread(seconds: Sequence[float]) -> str:
    """Median, 95th percentile and largest, as text."""
    if not seconds:
        return "-"
    median, high = np.percentile(seconds, [50, 95])
    return f"median {median:.2f}, p95 {high:.2f}, longest {max(seconds):.2f} s"
