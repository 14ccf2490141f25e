"""`headsup scan`: what is in range."""

from __future__ import annotations

import argparse
import json
import sys

from monitor.errors import SettingsError
from monitor.sources.ble import scan_blocking
from monitor.sources.radio import Radio, SystemRadio


def run(args: argparse.Namespace) -> int:
    """Listen and print; exit code 0 also where nothing was found. Raises BluetoothUnavailableError."""
    if not 0.5 <= args.seconds <= 120:
        raise SettingsError("--seconds", "must lie between 0.5 and 120")
    radio: Radio = SystemRadio()
    if args.simulate:
        from monitor.simulator.wearer import calibration_radio

        radio = calibration_radio()
        print("SIMULATED radio", file=sys.stderr)
    found = scan_blocking(radio, args.seconds)
    if args.json:
        print(
            json.dumps(
                [
                    {
                        "name": s.name,
                        "address": s.address,
                        "rssi_dbm": s.rssi_dbm,
                        "family": s.family,
                        "companion": s.companion or None,
                    }
                    for s in found
                ],
                indent=1,
            )
        )
        return 0
    supported = [s for s in found if s.family]
    companions = [s for s in found if s.companion]
    for s in (*supported, *companions):
        print(f"{s.name or '(no name)':28} {s.address:40} {s.rssi_dbm:4d} dBm  {s.family or s.companion}")
    others = len(found) - len(supported) - len(companions)
    if not supported:
        print("No supported sensor in range. Switch it on, bring it near, and close the maker's app: it may hold it.")
    if others:
        print(
            f"{others} other Bluetooth device{'s' if others != 1 else ''} seen; `headsup sensors` lists the supported."
        )
    return 0
