"""Bluetooth on Windows: its build, the adapter, the radio switch, and a thread set up for windows (STA).

Judged from facts alone and tested so on Linux; **never run on Windows**. The questions are those that bleak's own
Windows backend asks before a scan. Sources: bleak's pages on Windows and its scanner.
"""

from __future__ import annotations

import sys

from monitor.doctor.child import Answer
from monitor.doctor.finding import Finding, State
from monitor.doctor.surroundings import Surroundings

TOPIC = "Bluetooth adapter"
OLDEST_BUILD = 16299
"""Windows 10 version 1709: bleak's own floor."""
_SETTINGS = "Settings > Bluetooth & devices"
_CACHE_TIP = (
    "Pair a sensor only where headsup sensors says so; after its firmware changed, remove it under "
    f"{_SETTINGS}: Windows remembers what it was."
)

PROBE = """
import asyncio, json

async def look():
    from bleak.backends.winrt.util import assert_mta
    from winrt.windows.devices.bluetooth import BluetoothAdapter
    from winrt.windows.devices.radios import RadioState
    try:
        await assert_mta()
    except Exception:
        return {"sta": True}
    adapter = await BluetoothAdapter.get_default_async()
    if adapter is None:
        return {"adapter": False}
    radio = await adapter.get_radio_async()
    return {"adapter": True, "central": bool(adapter.is_central_role_supported),
            "radio": "none" if radio is None else RadioState(radio.state).name}

try:
    print(json.dumps(asyncio.run(look())))
except Exception as error:
    print(json.dumps({"error": type(error).__name__}))
"""


def build() -> int:
    """The build number of this Windows; 0 elsewhere."""
    version = getattr(sys, "getwindowsversion", None)
    return int(version().build) if version is not None else 0


def check(build: int, answer: Answer, place: Surroundings) -> list[Finding]:
    """Everything about Bluetooth on Windows, from its build and the probe."""
    found = [*check_build(build), check_adapter(answer)]
    if place.remote == "rdp":
        found.append(
            Finding(
                "Remote session",
                State.WARNING,
                "In a remote desktop the sensors must be near the far computer.",
                "Run Heads Up on the computer at the treadmill.",
            )
        )
    return found


def check_build(build: int) -> list[Finding]:
    """Whether this Windows can do what bleak needs."""
    if 0 < build < OLDEST_BUILD:
        sentence = f"This Windows (build {build}) is too old for Bluetooth sensors."
        return [Finding("Windows version", State.MISSING, sentence, "Update to Windows 10 version 1709, better 11.")]
    return []


def check_adapter(answer: Answer) -> Finding:
    """Whether there is an adapter that is switched on and can do Low Energy."""
    facts = answer.values
    if facts.get("sta"):
        return Finding(
            TOPIC,
            State.WARNING,
            "Bluetooth answers are held up: another package set this Python up for windows (STA).",
            "Use a fresh virtual environment with Heads Up alone.",
        )
    if facts.get("adapter") is False:
        return Finding(
            TOPIC,
            State.MISSING,
            "This computer has no Bluetooth adapter that Windows can see.",
            "Plug in a Bluetooth 4.0 or newer USB adapter; until then: headsup live --simulate",
        )
    if facts.get("central") is False:
        return Finding(
            TOPIC,
            State.MISSING,
            "This Bluetooth adapter is too old for Low Energy sensors.",
            "Plug in a Bluetooth 4.0 or newer USB adapter.",
        )
    radio = str(facts.get("radio", ""))
    if radio == "ON":
        return Finding(TOPIC, State.OK, "Bluetooth is on.", tip=_CACHE_TIP)
    if radio in ("OFF", "DISABLED", "none"):
        where = "Device Manager" if radio == "DISABLED" else f"{_SETTINGS}, or leave aeroplane mode"
        return Finding(TOPIC, State.MISSING, "Bluetooth is switched off.", f"Switch it on: {where}.")
    return Finding(
        TOPIC,
        State.WARNING,
        "Windows keeps its Bluetooth switch to itself; this cannot be checked from here.",
        f"{_SETTINGS}: switch Bluetooth on; do not pair the sensor; then try headsup scan",
        _CACHE_TIP,
    )
