"""Findings as text for a terminal and as values for JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from monitor.doctor.finding import Finding, State


def render(findings: Sequence[Finding], *, width: int = 100) -> str:
    """The findings as lines for a terminal: plain letters only, at most `width` columns (remedies stay whole).

    A remedy is never broken into lines, so that a command in it can be copied.
    """
    column = max((len(f.topic) for f in findings), default=0)
    lines = []
    for f in findings:
        first = f"{f.state.value:<8} {f.topic:<{column}}  "
        lines += textwrap.wrap(f.sentence, width, initial_indent=first, subsequent_indent=" " * len(first))
        if f.remedy:
            lines.append(" " * len(first) + f.remedy)
    return "\n".join([*lines, "", _summary(findings)])


def _summary(findings: Sequence[Finding]) -> str:
    missing = [f.topic for f in findings if f.state is State.MISSING]
    warned = [f.topic for f in findings if f.state is State.WARNING]
    if missing:
        return f"To mend: {', '.join(missing)}. Meanwhile headsup demo shows everything on a simulated runner."
    if warned:
        return f"Good to go; worth a look: {', '.join(warned)}."
    return "All well. Have a good run."


def as_json(findings: Sequence[Finding]) -> dict[str, object]:
    """The findings as values that `json.dumps` takes: `ok` is false where something has to be mended."""
    return {
        "ok": all(f.state is not State.MISSING for f in findings),
        "findings": [
            {"topic": f.topic, "state": f.state.value, "sentence": f.sentence, "remedy": f.remedy} for f in findings
        ],
    }
