"""`headsup scan`: what is in range, what each is taken for, and a closer look at one device."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from monitor.commands.places import speak
from monitor.errors import SettingsError
from monitor.interop.new_file import new_file
from monitor.sources.ble import Seen, scan_blocking
from monitor.sources.ble_inspect import Description, inspect_blocking
from monitor.sources.gatt_names import company_name, service_name, short_uuid
from monitor.sources.radio import Radio, SystemRadio
from monitor.texts.speaking import say

MOST_STRANGERS = 8
"""So many unknown devices are described; a train holds hundreds."""
HOW_TO_ADD = (
    "Is yours among the unknown? headsup scan --inspect ID -o device.json writes down what it has (it only reads);"
    " then see 'Add a sensor' in CONTRIBUTING.md, and firmware_notes/README.md for a capture."
)


def run(args: argparse.Namespace) -> int:
    """Listen and print; exit code 0 also where nothing was found.

    Raises BluetoothUnavailableError, SensorSetupError (`--inspect`), RecordingError (`-o`).
    """
    if not 0.5 <= args.seconds <= 120:
        raise SettingsError("--seconds", "must lie between 0.5 and 120")
    if args.out is not None and args.inspect is None:
        raise SettingsError("-o", "goes with --inspect ID")
    speak()
    radio: Radio = SystemRadio()
    if args.simulate:
        from monitor.simulator.wearer import calibration_radio

        radio = calibration_radio()
        print("SIMULATED radio", file=sys.stderr)
    if args.inspect is not None:
        return _inspect(inspect_blocking(radio, args.inspect, args.seconds), args.out, as_json=args.json)
    found = scan_blocking(radio, args.seconds)
    if args.json:
        print(json.dumps([_as_json(s) for s in found], indent=1))
        return 0
    _print(found)
    return 0


def _as_json(seen: Seen) -> dict[str, object]:
    return {
        "name": seen.name,
        "address": seen.address,
        "rssi_dbm": seen.rssi_dbm,
        "family": seen.family,
        "companion": seen.companion or None,
        "services": [{"uuid": uuid, "name": service_name(uuid)} for uuid in seen.services],
        "makers": [company_name(number) for number in seen.makers],
    }


def _print(found: Sequence[Seen]) -> None:
    supported = [s for s in found if s.family]
    companions = [s for s in found if s.companion]
    strangers = [s for s in found if not s.family and not s.companion]
    for s in (*supported, *companions):
        print(f"{s.name or '(no name)':28} {s.address:40} {s.rssi_dbm:4d} dBm  {s.family or s.companion}")
    names = [s.name.casefold() for s in supported]
    for name in dict.fromkeys(s.name for s in supported if names.count(s.name.casefold()) > 1):
        who = name or "(no name)"
        print(say(f"Several are named {who}: name yours by its id, or shake it in headsup start."))
    if not supported:
        print(
            say("No supported sensor in range. Switch it on, bring it near, and close the maker's app: it may hold it.")
        )
    shown = [s for s in strangers if s.name or s.services][:MOST_STRANGERS]
    for s in shown:
        print(f"{s.name or '(no name)':28} {s.address:40} {s.rssi_dbm:4d} dBm  {say('unknown')}{_what_is_seen(s)}")
    others = len(strangers) - len(shown)
    if others:
        more = "more " if shown else ""
        print(
            say(
                f"{others} {more}other Bluetooth device{'s' if others != 1 else ''} seen; "
                "`headsup sensors` lists the supported."
            )
        )
    if shown:
        print(say(HOW_TO_ADD))


def _what_is_seen(seen: Seen) -> str:
    """': Battery Service (180F), maker 0x1234' of a device that nobody knows."""
    services = [
        f"{name} ({short_uuid(uuid)})" if (name := service_name(uuid)) else short_uuid(uuid)
        for uuid in seen.services[:4]
    ]
    words = [*services, *(company_name(number) for number in seen.makers[:2])]
    return f": {', '.join(words)}" if words else ""


def _inspect(found: Description, out: Path | None, *, as_json: bool) -> int:
    text = json.dumps(found.as_json(), indent=1)
    if out is not None:
        with new_file(out) as file:
            file.write(f"{text}\n".encode())
    if as_json:
        print(text)
        return 0
    print(f"{found.name or '(no name)'}{'  SIMULATED' if found.simulated else ''}")
    for what, value in found.information.items():
        print(f"    {say(what):10} {value}")
    for service in found.services:
        print(f"{short_uuid(service.uuid)}  {service.name}".rstrip())
        for c in service.characteristics:
            print(f"    {short_uuid(c.uuid):36}  {', '.join(c.properties)}  {c.name}".rstrip())
    if found.cut:
        print(say("It has more than this; the rest was left out."))
    if out is not None:
        print(say(f"Written to {out}: no address, no serial number. Attach it to a request for support."))
    return 0
