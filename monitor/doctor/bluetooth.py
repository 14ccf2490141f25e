"""Bluetooth on this computer: gathers the facts where they can be had, and lets the platform's checks judge them."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

from monitor.doctor import bluetooth_linux, bluetooth_mac, bluetooth_windows
from monitor.doctor.child import ask, tool
from monitor.doctor.finding import Finding, State
from monitor.doctor.surroundings import look_around

_SYS_CLASS = Path("/sys/class")


def findings() -> list[Finding]:
    """Bluetooth on this computer, within the time limit of its children."""
    system: str = sys.platform
    place = look_around(os.environ, system, sys.executable)
    if system.startswith("linux"):
        answer = ask(bluetooth_linux.PROBE)
        kernel = bluetooth_linux.read_kernel(_SYS_CLASS)
        return bluetooth_linux.check(kernel, answer, tool("bluetoothctl", "--version", seconds=1.0), place)
    if system == "darwin":
        terminal = os.environ.get("TERM_PROGRAM", "")
        return bluetooth_mac.check(platform.mac_ver()[0], ask(bluetooth_mac.PROBE), terminal, place)
    if system == "win32":
        return bluetooth_windows.check(bluetooth_windows.build(), ask(bluetooth_windows.PROBE), place)
    return [
        Finding(
            "Bluetooth adapter",
            State.WARNING,
            "Bluetooth sensors work on Linux, macOS and Windows only.",
            "Recordings can be reviewed here all the same.",
        )
    ]
