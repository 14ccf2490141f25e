"""Findings as text for a terminal and as values for JSON: what must be mended first, what works last."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from monitor.doctor.finding import Finding, State
from monitor.texts.speaking import say

GROUPS = {
    State.MISSING: "Must be mended",
    State.WARNING: "Works with a limit",
    State.OK: "Works",
}
"""The groups in the order they are told, by how a check came out."""
NAMES = {State.MISSING: "must_be_mended", State.WARNING: "limited", State.OK: "works"}
"""The groups as JSON names them."""
INDENT = "  "


def in_order(findings: Sequence[Finding]) -> list[Finding]:
    """The most important first: by group, within one as they were found."""
    ranks = list(GROUPS)
    return sorted(findings, key=lambda f: ranks.index(f.state))


def render(findings: Sequence[Finding], *, width: int = 100) -> str:
    """The findings as lines for a terminal: plain letters only, at most `width` columns (remedies stay whole).

    A remedy is never broken into lines, so that a command in it can be copied.
    """
    topics = {f.topic: say(f.topic) for f in findings}
    column = max(map(len, topics.values()), default=0)
    lines: list[str] = []
    for state, heading in GROUPS.items():
        group = [f for f in findings if f.state is state]
        if group:
            lines += ["", f"{say(heading)}:"] if lines else [f"{say(heading)}:"]
        for f in group:
            first = f"{INDENT}{topics[f.topic]:<{column}}  "
            indent = " " * len(first)
            lines += textwrap.wrap(say(f.sentence), width, initial_indent=first, subsequent_indent=indent)
            lines += [f"{indent}-> {say(f.remedy)}"] if f.remedy else []
            lines += textwrap.wrap(say(f.tip), width, initial_indent=indent, subsequent_indent=indent) if f.tip else []
    return "\n".join([*lines, "", say(_summary(findings))])


def _summary(findings: Sequence[Finding]) -> str:
    missing, warned = (
        ", ".join(dict.fromkeys(f.topic for f in findings if f.state is state))
        for state in (State.MISSING, State.WARNING)
    )
    if missing:
        return f"To mend: {missing}. Meanwhile headsup demo shows everything on a simulated runner."
    if warned:
        return f"Good to go; worth a look: {warned}."
    return "All well. Have a good run."


def as_json(findings: Sequence[Finding]) -> dict[str, object]:
    """The findings as values that `json.dumps` takes: `ok` is false where something has to be mended."""
    return {
        "ok": all(f.state is not State.MISSING for f in findings),
        "findings": [
            {
                "topic": f.topic,
                "state": f.state.value,
                "group": NAMES[f.state],
                "sentence": f.sentence,
                "remedy": f.remedy,
                "tip": f.tip,
            }
            for f in in_order(findings)
        ],
    }
