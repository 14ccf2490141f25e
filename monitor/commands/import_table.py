"""`headsup import`: a recording from IMU tables."""

from __future__ import annotations

import argparse
import json
import sys

from monitor.commands import places
from monitor.errors import SettingsError
from monitor.review.analyse import SLOWEST_HZ
from monitor.sources.imu_table import import_tables


def run(args: argparse.Namespace) -> int:
    """Import and say what was found; exit code 0. Raises SettingsError, TableError and RecordingError."""
    if not (args.head or args.collar or args.left_shoulder or args.right_shoulder or args.back):
        raise SettingsError("--head", "is missing: name the table of at least one sensor, --head FILE.csv")
    summary = import_tables(
        args.head,
        args.collar,
        args.out,
        left_shoulder_csv=args.left_shoulder,
        right_shoulder_csv=args.right_shoulder,
        back_csv=args.back,
        settings=places.settings(),
    )
    for sensor, samples, holes in zip(summary.sensors, summary.rows, summary.holes, strict=True):
        if sensor.rate_hz < SLOWEST_HZ:
            print(
                f"headsup: {sensor.key}: {sensor.rate_hz:.3g} samples a second are kept, but too few to follow a "
                f"runner ({SLOWEST_HZ:.0f} are needed).",
                file=sys.stderr,
            )
        if not args.json:
            gaps = f", {holes} hole{'s' if holes != 1 else ''} of more than 2 s" if holes else ""
            kind = "accelerometer only" if sensor.family == "table-acc" else "accelerometer and gyroscope"
            print(f"{sensor.key}: {samples} samples at {sensor.rate_hz:g} Hz, {kind}{gaps}")
    if args.json:
        print(
            json.dumps(
                {
                    "recording": str(summary.path),
                    "duration_s": round(summary.duration_s, 3),
                    "sensors": [
                        {"key": s.key, "rate_hz": s.rate_hz, "samples": n, "holes": h, "gyroscope": s.family == "table"}
                        for s, n, h in zip(summary.sensors, summary.rows, summary.holes, strict=True)
                    ],
                },
                indent=1,
            )
        )
    else:
        print(f"{summary.duration_s:.1f} s written to {summary.path}")
    return 0
