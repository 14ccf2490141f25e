"""The figures of campaigns: a line to read, and a table in RESULTS.md that each recorded run updates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from tests.fuzz.campaign import Outcome
from tests.fuzz.fuzz_target import Target

RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = (
    "| target | inputs | a second | edges | corpus | refused | slowest (bound) "
    "| most memory | process | failures | day |"
)
_RULE = "|---|---:|---:|---:|---:|---:|---:|---:|---:|---|---|"


def in_words(outcome: Outcome) -> str:
    """One line, and one more for each failure."""
    lines = [
        f"{outcome.target}: {outcome.inputs:,} inputs, {_rate(outcome):,.0f} a second, {outcome.edges} edges, corpus "
        f"{outcome.corpus}, slowest {_ms(outcome.slowest_s)}, most memory {_mb(outcome.largest_bytes)}, "
        f"{len(outcome.failures)} failures"
    ]
    for key, failure in outcome.failures.items():
        lines.append(f"    {key} x{failure['times']} {failure['file']}: {failure['what']}")
    return "\n".join(lines)


def listing(every: Iterable[Target]) -> str:
    """The targets with their bounds."""
    return "\n".join(
        f"{t.name:28} up to {t.longest} bytes, {t.seconds:g} s, {_mb(t.memory)} + {t.per_byte} per byte"
        f"{', through a file' if t.disk else ''}"
        for t in every
    )


def record(outcome: Outcome) -> None:
    """Put the outcome into the table; of runs without failures the one with the most inputs stays."""
    text = RESULTS.read_text("utf-8")
    before, _, rest = text.partition(HEAD)
    table, _, after = rest.partition("\n\n")
    rows = {row.split("|")[1].strip(" `"): row for row in table.splitlines()[2:]}
    old = rows.get(outcome.target)
    if old is None or outcome.failures or "| none |" not in old or _inputs(old) <= outcome.inputs:
        rows[outcome.target] = _row(outcome)
    lines = [HEAD, _RULE, *(rows[name] for name in sorted(rows))]
    RESULTS.write_text(before + "\n".join(lines) + "\n\n" + after, "utf-8")


def _row(o: Outcome) -> str:
    failures = "; ".join(f"{key} ({failure['times']})" for key, failure in o.failures.items()) or "none"
    refused = f"{100 * o.refused / max(1, o.inputs):.0f} %"
    cells = [
        f"`{o.target}`", f"{o.inputs:,}", f"{_rate(o):,.0f}", f"{o.edges}", f"{o.corpus}", refused,
        f"{_ms(o.slowest_s)} ({_ms(o.bound_s)})", _mb(o.largest_bytes), f"{o.rss_mb} MB", failures.replace("|", "/"),
        datetime.now(UTC).date().isoformat(),
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _inputs(row: str) -> int:
    return int(row.split("|")[2].replace(",", ""))


def _rate(outcome: Outcome) -> float:
    return outcome.inputs / max(outcome.seconds, 1e-9)


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms"


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
