"""`headsup repair`: save what can be saved of a damaged recording, into a new one."""

from __future__ import annotations

import argparse
import json
import math
from typing import Any

from monitor.recording.salvage import PAUSE_S, SalvageReport, salvage
from monitor.texts.speaking import say

MOST_TOLD = 20
"""Lines of what is missing; `--json` has them all."""


def run(args: argparse.Namespace) -> int:
    """Salvage and say what was saved; the damaged file is never touched. Exit code 0. Raises RecordingError."""
    report = salvage(args.recording, args.out)
    print(json.dumps(_as_json(report), indent=1) if args.json else "\n".join(map(say, _lines(report))))
    return 0


def _lines(report: SalvageReport) -> list[str]:
    """What was saved and what was not, for a person."""
    lines = [f"Saved in {report.out}: {_minutes(report.duration_s)} from the first entry to the last."]
    for key, saved in report.sensors.items():
        lines.append(f"  {key}: {_minutes(saved.seconds)} of data in {saved.notifications} notifications")
    if not report.sensors:
        lines.append("  no data of any sensor")
    others = report.entries - report.marks - report.alerts
    lines.append(f"  marks: {report.marks}, alerts given: {report.alerts}, other entries: {others}")
    if not report.was_closed:
        lines.append(
            "The recording has no end: it was broken off, or its end is lost. What came after cannot be known."
        )
    elif not report.missing:
        lines.append("Nothing is known to be missing.")
    if report.missing:
        lines.append("Missing:")
        lines += [f"  {damage}" for damage in report.missing[:MOST_TOLD]]
    if len(report.missing) > MOST_TOLD:
        lines.append(f"  and {len(report.missing) - MOST_TOLD} more; --json tells them all")
    lines.append(f"{report.path} is as it was.")
    return lines


def _as_json(report: SalvageReport) -> dict[str, Any]:
    return {
        "recording": str(report.out),
        "damaged": str(report.path),
        "sensors": {
            key: {"notifications": saved.notifications, "seconds": round(saved.seconds, 3)}
            for key, saved in report.sensors.items()
        },
        "pause_s": PAUSE_S,
        "marks": report.marks,
        "alerts": report.alerts,
        "other_entries": report.entries - report.marks - report.alerts,
        "duration_s": round(report.duration_s, 3),
        "closed": report.was_closed,
        "missing": [
            {"what": damage.what, "from_s": _known(damage.from_s), "to_s": _known(damage.to_s)}
            for damage in report.missing
        ],
    }


def _minutes(seconds: float) -> str:
    """'75.3 s', '12:05 min' or '3:12:05 h'."""
    if seconds < 120:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} min" if minutes < 120 else f"{minutes // 60}:{minutes % 60:02d}:{rest:02d} h"


def _known(seconds: float) -> float | None:
    """JSON knows no NaN: None for a time that is not known."""
    return round(seconds, 3) if math.isfinite(seconds) else None
