"""`headsup sensors`: which sensor families are supported, and how sure we are of each."""

from __future__ import annotations

import argparse
import json

from monitor.sensors.registry import families, plug_ins


def run(args: argparse.Namespace) -> int:
    """Print the families; exit code 0."""
    extra = plug_ins()
    known = [f for f in (*families(), *extra.families) if f.service]
    if args.json:
        print(
            json.dumps(
                [
                    {
                        "key": f.key,
                        "label": f.label,
                        "rates_hz": list(f.rates_hz),
                        "gyroscope": f.has_gyro,
                        "sites": list(f.sites),
                        "checked_against": f.checked_against,
                        "cannot": list(f.cannot),
                    }
                    for f in known
                ],
                indent=1,
            )
        )
        return 0
    for f in known:
        rates = ", ".join(f"{r:g}" for r in f.rates_hz)
        print(f"{f.label}  [{f.key}]")
        print(f"    rates    {rates} Hz" + ("" if f.has_gyro else "; no gyroscope: sustained posture only"))
        print(f"    worn     {'; '.join(f.sites)}")
        print(f"    checked  {f.checked_against}")
        for line in f.cannot:
            print(f"    cannot   {line}")
    for problem in extra.problems:
        print(f"A plug-in could not be used: {problem}")
    return 0
