"""`headsup repair`: save what can be saved of a damaged recording, into a new one."""

from __future__ import annotations

import argparse
import json

from monitor.recording.salvage import salvage


def run(args: argparse.Namespace) -> int:
    """Salvage and say what was saved; the damaged file is never touched. Exit code 0. Raises RecordingError."""
    report = salvage(args.recording, args.out)
    if args.json:
        print(
            json.dumps(
                {
                    "recording": str(report.out),
                    "notifications": report.notifications,
                    "other_entries": report.entries,
                    "duration_s": round(report.duration_s, 3),
                    "missing": list(report.missing),
                },
                indent=1,
            )
        )
    else:
        print(str(report)[:1].upper() + str(report)[1:] + ".")
        print(f"Written to {report.out}")
    return 0
