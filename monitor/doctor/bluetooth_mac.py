"""Bluetooth on macOS: its version, and whether the terminal may use Bluetooth.

Judged from facts alone and tested so on Linux; **never run on a Mac**. Sources: bleak's pages on macOS; CoreBluetooth's
`CBManager.authorization` (macOS 10.15), which tells the permission without asking for it.
"""

from __future__ import annotations

import re

from monitor.doctor.child import Answer
from monitor.doctor.finding import Finding, State
from monitor.doctor.surroundings import Surroundings

TOPIC = "Bluetooth permission"
_PANE = "System Settings > Privacy & Security > Bluetooth"
_RESTRICTED, _DENIED, _ALLOWED = 1, 2, 3

PROBE = """
import json
try:
    from CoreBluetooth import CBManager
    print(json.dumps({"authorization": int(CBManager.authorization())}))
except Exception as error:
    print(json.dumps({"error": type(error).__name__}))
"""


def check(version: str, answer: Answer, terminal: str, place: Surroundings) -> list[Finding]:
    """Everything about Bluetooth on a Mac, from its version ('14.5'), the probe, and TERM_PROGRAM."""
    return [*check_version(version), check_permission(answer, terminal, place)]


def check_version(version: str) -> list[Finding]:
    """macOS 12.0 to 12.2 show nothing to a scan that names no services, as ours does not; before 10.15: untried."""
    numbers = [int(part) for part in re.findall(r"\d+", version)[:2]]
    major, minor = [*numbers, 0, 0][:2]
    if (major, minor) in ((12, 0), (12, 1), (12, 2)):
        sentence = f"macOS {version} hides sensors from every search."
        return [Finding("macOS version", State.MISSING, sentence, "Update to macOS 12.3 or newer.")]
    if 0 < major < 10 or (major == 10 and minor < 15):
        sentence = f"macOS {version} is older than what Bluetooth here is made for."
        return [Finding("macOS version", State.MISSING, sentence, "Update to macOS 10.15 or newer.")]
    return []


def check_permission(answer: Answer, terminal: str, place: Surroundings) -> Finding:
    """Whether the program that Heads Up runs in may use Bluetooth."""
    who = _readable(terminal) or "your terminal"
    if place.remote == "ssh":
        return Finding(
            TOPIC,
            State.WARNING,
            "Over SSH macOS can show no question, and may refuse Bluetooth without a word.",
            "Open a terminal on the Mac itself.",
        )
    authorization = answer.values.get("authorization")
    if authorization == _ALLOWED:
        return Finding(
            TOPIC,
            State.OK,
            f"{who[:1].upper()}{who[1:]} may use Bluetooth.",
            tip="A sensor has another id on every Mac; Heads Up asks once on a new one.",
        )
    if authorization == _DENIED:
        return Finding(
            TOPIC,
            State.MISSING,
            f"macOS does not let {who} use Bluetooth.",
            f"{_PANE}: switch {who} on, then restart it.",
        )
    if authorization == _RESTRICTED:
        return Finding(
            TOPIC,
            State.MISSING,
            "This Mac's management forbids Bluetooth to programs.",
            "Ask whoever manages the Mac.",
        )
    if authorization == 0:
        return Finding(
            TOPIC,
            State.WARNING,
            f"macOS has not asked yet whether {who} may use Bluetooth.",
            "headsup scan, then Allow",
        )
    return Finding(
        TOPIC,
        State.WARNING,
        "macOS asks once whether your terminal may use Bluetooth; this cannot be checked from here.",
        f"{_PANE}: switch {who} on, then try headsup scan",
    )


def _readable(terminal: str) -> str:
    known = {"Apple_Terminal": "Terminal", "iTerm.app": "iTerm", "vscode": "Visual Studio Code"}
    return known.get(terminal, "".join(c for c in terminal if c.isprintable())[:40])
