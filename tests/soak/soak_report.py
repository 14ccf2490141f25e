"""All checks of a soak, and its report as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.soak.judge_events import explained, judge_alerts, judge_equal, judge_rezeroes
from tests.soak.judge_growth import judge_growth
from tests.soak.judge_links import fault_table, judge_calm, judge_reconnects, judge_told_once
from tests.soak.judge_recording import judge_recording
from tests.soak.soak_plan import Plan
from tests.soak.soak_record import SoakRecord
from tests.soak.soak_runner import Runner
from tests.soak.verdict import Verdict

MOST_LISTED = 40


def judge_all(plan: Plan, runner: Runner, path: Path, record: SoakRecord, reference: SoakRecord) -> list[Verdict]:
    """Every check, on the recording in `path` too, and against the same run without a fault."""
    return [*judge_alone(plan, runner, path, record, reference), *judge_equal(plan, record, reference)]


def judge_alone(
    plan: Plan, runner: Runner, path: Path, record: SoakRecord, reference: SoakRecord | None = None
) -> list[Verdict]:
    """What needs no other run; what the reference says of sensors that moved counts where there is one."""
    length = f"{plan.seconds / 3600:.3g} h in {record.took_s / 60:.1f} min"
    return [
        Verdict("the run itself", length, "no failure", tuple(record.problems)),
        *judge_growth(record.gauges),
        judge_reconnects(plan, record),
        judge_calm(record),
        judge_told_once(plan, record),
        *judge_recording(path, record),
        judge_alerts(plan, runner, record, reference or SoakRecord()),
        judge_rezeroes(record),
    ]


def report(
    plan: Plan,
    record: SoakRecord,
    reference: SoakRecord,
    verdicts: Sequence[Verdict],
    command: str,
    file_mb: float,
) -> str:
    """What was done, what was found, each single finding and difference, and the figures hour by hour."""
    lines = [
        f"# Soak: {plan.seconds / 3600:.3g} h of faults",
        "",
        f"`{command}`: {plan.seconds / 3600:.3g} h of SIMULATED running with two sensors at 100 Hz, "
        f"{len(plan.faults)} faults and {len(plan.presses)} key presses, in {record.took_s / 60:.0f} minutes of real "
        f"time; then a replay, and the same run without faults and without a radio to compare with.",
        "",
        "The virtual radio is real GATT over Bumble on a clock that jumps when nothing is due; "
        "the sensors send 9 and 10 samples a notification.",
        "",
        "| check | measured | target | |",
        "|---|---|---|---|",
        *(v.row() for v in verdicts),
        "",
    ]
    for v in verdicts:
        if not v.passes:
            lines += [f"## {v.check}", "", *(f"- {f}" for f in v.findings[:MOST_LISTED])]
            if len(v.findings) > MOST_LISTED:
                lines.append(f"- and {len(v.findings) - MOST_LISTED} more")
            lines.append("")
    lines += ["## Faults", "", *fault_table(plan, record), ""]
    lines += [
        "## By the hour",
        "",
        f"The closed recording: {file_mb:.1f} MB, {file_mb / (plan.seconds / 3600):.1f} MB an hour.",
        "",
        "| h | memory MB | threads | file handles | tasks | objects | recorded MB |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {g.at_s / 3600:.3g} | {g.memory_mb:.1f} | {g.threads} | {g.open_files} | {g.tasks} | "
            f"{sum(g.objects.values())} | {g.file_mb:.1f} |"
            for g in record.gauges
        ),
        "",
        "## Differences from the run without faults",
        "",
        *(explained(plan, record, reference) or ["None."]),
    ]
    return "\n".join(lines) + "\n"
