"""Bluetooth: on Linux looked at closely (kernel, rfkill, D-Bus, BlueZ); elsewhere the hints that help."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.doctor.child import Answer, ask
from monitor.doctor.finding import Finding, State

_ADAPTER = "Bluetooth adapter"
_SERVICE = "Bluetooth service"
_PERMISSION = "Bluetooth permission"
_AFTER = "Mend the Bluetooth service first, then run headsup doctor again."

# The same question that bleak asks first. The adapter's roles hold "central" where it can do Low Energy.
_PROBE = """
import asyncio, json

async def adapters():
    from dbus_fast import BusType, Message, MessageType
    from dbus_fast.aio import MessageBus
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    reply = await bus.call(Message(destination="org.bluez", path="/",
        interface="org.freedesktop.DBus.ObjectManager", member="GetManagedObjects"))
    bus.disconnect()
    if reply.message_type is MessageType.ERROR:
        return {"error": reply.error_name}
    found = [o["org.bluez.Adapter1"] for o in reply.body[0].values() if "org.bluez.Adapter1" in o]
    return {"adapters": [{
        "name": a["Alias"].value if "Alias" in a else "",
        "powered": bool("Powered" in a and a["Powered"].value),
        "roles": list(a["Roles"].value) if "Roles" in a else None,
    } for a in found]}

try:
    print(json.dumps(asyncio.run(adapters())))
except Exception as error:
    print(json.dumps({"error": type(error).__name__}))
"""


@dataclass(frozen=True, slots=True)
class Kernel:
    """What Linux itself knows of Bluetooth: its adapters, and whether a switch (rfkill) blocks them."""

    adapters: tuple[str, ...]
    soft_blocked: bool = False
    hard_blocked: bool = False


def read_kernel(sys_class: Path) -> Kernel:
    """The adapters and switches under /sys/class; an unreadable or absent folder counts as empty."""
    soft = hard = False
    for switch in sorted(sys_class.glob("rfkill/rfkill*")):
        if _line(switch / "type") == "bluetooth":
            soft = soft or _line(switch / "soft") == "1"
            hard = hard or _line(switch / "hard") == "1"
    adapters = tuple(sorted(a.name for a in sys_class.glob("bluetooth/hci*") if ":" not in a.name))
    return Kernel(adapters, soft, hard)


def _line(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace").strip()
    except OSError:
        return ""


def check_service(answer: Answer) -> Finding:
    """Whether BlueZ answers on D-Bus, from what a child process that asked it said."""
    error = str(answer.values.get("error", ""))
    if answer.late or error.endswith((".NoReply", ".Timeout", ".TimedOut")):
        return Finding(_SERVICE, State.WARNING, "BlueZ did not answer in time.", "sudo systemctl restart bluetooth")
    if "adapters" in answer.values:
        return Finding(_SERVICE, State.OK, "BlueZ answers; no special group or right is needed.")
    if error in ("ModuleNotFoundError", "ImportError"):
        return Finding(_SERVICE, State.MISSING, "bleak is not installed.", "Install the packages named above.")
    if error in ("FileNotFoundError", "ConnectionRefusedError"):
        return Finding(
            _SERVICE,
            State.MISSING,
            "There is no system D-Bus here (is this a container?).",
            "Run Heads Up on the desktop itself, or pass /run/dbus into the container.",
        )
    if error in ("PermissionError", "AuthError") or error.endswith(".AccessDenied"):
        return Finding(
            _SERVICE,
            State.MISSING,
            "You may not talk to BlueZ on this computer.",
            "sudo usermod -aG bluetooth $USER, then log out and in again",
        )
    if error.endswith((".ServiceUnknown", ".NameHasNoOwner")) or ".Spawn." in error:
        return Finding(
            _SERVICE,
            State.MISSING,
            "BlueZ, the Bluetooth service of Linux, is not running.",
            "sudo systemctl enable --now bluetooth (on Debian or Ubuntu, install it first: sudo apt-get install bluez)",
        )
    return Finding(_SERVICE, State.WARNING, "BlueZ could not be asked.", "Look at: systemctl status bluetooth")


def check_adapter(kernel: Kernel, answer: Answer) -> Finding:
    """Whether there is an adapter that is switched on and can do Low Energy."""
    adapters: list[dict[str, Any]] = answer.values.get("adapters", [])
    if kernel.hard_blocked:
        return Finding(
            _ADAPTER,
            State.MISSING,
            "Bluetooth is off at this computer's own switch.",
            "Switch it on: a slider, a function key or aeroplane mode.",
        )
    if kernel.soft_blocked:
        return Finding(_ADAPTER, State.MISSING, "Bluetooth is switched off (rfkill).", "sudo rfkill unblock bluetooth")
    if not adapters and not kernel.adapters:
        return Finding(
            _ADAPTER,
            State.MISSING,
            "This computer has no Bluetooth adapter that Linux can see.",
            "Plug in a Bluetooth 4.0 or newer USB adapter; until then: headsup live --simulate",
        )
    if "adapters" not in answer.values:
        return Finding(
            _ADAPTER, State.WARNING, f"There is an adapter ({kernel.adapters[0]}), but its state is unknown.", _AFTER
        )
    if not adapters:
        return Finding(
            _ADAPTER,
            State.MISSING,
            f"BlueZ cannot use the adapter {kernel.adapters[0]}.",
            "Look at: dmesg | grep -i bluetooth",
        )
    low_energy = [a for a in adapters if a["roles"] is None or any("central" in role for role in a["roles"])]
    if not low_energy:
        return Finding(
            _ADAPTER,
            State.MISSING,
            "This Bluetooth adapter is too old for Low Energy sensors.",
            "Plug in a Bluetooth 4.0 or newer USB adapter.",
        )
    powered = [a for a in low_energy if a["powered"]]
    if not powered:
        return Finding(_ADAPTER, State.MISSING, "The Bluetooth adapter is switched off.", "bluetoothctl power on")
    return Finding(_ADAPTER, State.OK, f"The adapter '{powered[0]['name']}' is on.")


def hints(platform: str) -> list[Finding]:
    """What usually stands in the way where Bluetooth cannot be looked at from outside a running scan."""
    if platform == "darwin":
        return [
            Finding(
                _PERMISSION,
                State.WARNING,
                "macOS asks once whether your terminal may use Bluetooth; this cannot be checked from here.",
                "System Settings > Privacy & Security > Bluetooth: switch your terminal on, then try headsup scan",
            )
        ]
    if platform == "win32":
        return [
            Finding(
                _ADAPTER,
                State.WARNING,
                "Windows keeps its Bluetooth switch to itself; this cannot be checked from here.",
                "Settings > Bluetooth & devices: switch Bluetooth on; do not pair the sensor; then try headsup scan",
            )
        ]
    return [
        Finding(
            _ADAPTER,
            State.WARNING,
            "Bluetooth sensors work on Linux, macOS and Windows only.",
            "Recordings can be reviewed here all the same.",
        )
    ]


def findings() -> list[Finding]:
    """Bluetooth on this computer."""
    if not sys.platform.startswith("linux"):
        return hints(sys.platform)
    answer = ask(_PROBE)
    return [check_service(answer), check_adapter(read_kernel(Path("/sys/class")), answer)]
