"""`headsup import`: a recording from IMU tables."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from monitor.commands import places
from monitor.errors import SettingsError
from monitor.review.analyse import SLOWEST_HZ
from monitor.sources.imu_hints import ImuHints, parse_columns
from monitor.sources.imu_table import import_tables
from monitor.values import Site


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
        gyro=_gyro_files(args),
        hints=_hints(args),
        settings=places.settings(),
    )
    for sensor, samples, holes, told in zip(summary.sensors, summary.rows, summary.holes, summary.told, strict=True):
        if sensor.rate_hz < SLOWEST_HZ:
            print(
                f"headsup: {sensor.key}: {sensor.rate_hz:.3g} samples a second are kept, but too few to follow a "
                f"runner ({SLOWEST_HZ:.0f} are needed).",
                file=sys.stderr,
            )
        if not args.json:
            gaps = f", {holes} hole{'s' if holes != 1 else ''} of more than 2 s" if holes else ""
            kind = "accelerometer only" if sensor.family == "table-acc" else "accelerometer and gyroscope"
            if told:
                print(f"{sensor.key}: {told}")
            print(f"{sensor.key}: {samples} samples at {sensor.rate_hz:g} Hz, {kind}{gaps}")
    if args.json:
        print(
            json.dumps(
                {
                    "recording": str(summary.path),
                    "duration_s": round(summary.duration_s, 3),
                    "sensors": [
                        {
                            "key": s.key,
                            "rate_hz": s.rate_hz,
                            "samples": n,
                            "holes": h,
                            "gyroscope": s.family == "table",
                            "read_as": told,
                        }
                        for s, n, h, told in zip(
                            summary.sensors, summary.rows, summary.holes, summary.told, strict=True
                        )
                    ],
                },
                indent=1,
            )
        )
    else:
        print(f"{summary.duration_s:.1f} s written to {summary.path}")
    return 0


def _gyro_files(args: argparse.Namespace) -> dict[Site, Path]:
    given = {site: getattr(args, f"{site.value}_gyro", None) for site in Site}
    return {site: path for site, path in given.items() if path is not None}


def _hints(args: argparse.Namespace) -> ImuHints:
    """What the options say about the tables. Raises SettingsError."""
    return ImuHints(
        columns=parse_columns(args.columns) if args.columns else {},
        acc_unit=args.acc_unit or "",
        gyr_unit=args.gyr_unit or "",
        time_unit=args.time_unit or "",
        rate_hz=args.rate,
    )
