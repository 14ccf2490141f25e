"""Bluetooth on Linux: the kernel's adapters, its switches (rfkill), D-Bus, BlueZ and what that holds connected.

Tested from facts, and over a private D-Bus with a made-up BlueZ; **never run with a real adapter**.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.doctor.child import Answer
from monitor.doctor.finding import Finding, State
from monitor.doctor.surroundings import Surroundings, line_of
from monitor.sensors import registry

_ADAPTER = "Bluetooth adapter"
_SERVICE = "Bluetooth service"
_PERMISSION = "Bluetooth permission"
_AFTER = "Mend the Bluetooth service first, then run headsup doctor again."

OLDEST_BLUEZ = (5, 55)
"""bleak refuses to connect with an older one."""
_LONGEST_NAME = 40
_HELD = "Connected sensor"
_ADDRESS = re.compile(r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}", re.IGNORECASE)
_ANYWHERE = Surroundings("linux")

_NO_BUS = {
    "flatpak": "flatpak override --user --system-talk-name=org.bluez YOUR-TERMINAL, then open it again",
    "snap": "Use a Python that is no Snap: sudo apt-get install python3-venv",
}
"""By the sandbox that keeps BlueZ away."""

# The same question that bleak asks first. The adapter's roles hold "central" where it can do Low Energy.
PROBE = """
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
    objects = reply.body[0].values()
    value = lambda table, key, other: table[key].value if key in table else other
    adapters = [o["org.bluez.Adapter1"] for o in objects if "org.bluez.Adapter1" in o]
    devices = [o["org.bluez.Device1"] for o in objects if "org.bluez.Device1" in o]
    return {"adapters": [{
        "name": value(a, "Alias", ""),
        "powered": bool(value(a, "Powered", False)),
        "roles": value(a, "Roles", None),
        "discovering": bool(value(a, "Discovering", False)),
    } for a in adapters], "connected": [{
        "name": value(d, "Alias", ""),
        "address": value(d, "Address", ""),
        "services": value(d, "UUIDs", []),
    } for d in devices if value(d, "Connected", False)][:20]}

try:
    print(json.dumps(asyncio.run(adapters())))
except Exception as error:
    print(json.dumps({"error": type(error).__name__}))
"""


@dataclass(frozen=True, slots=True)
class Kernel:
    """What Linux itself knows of Bluetooth: its adapters, and whether a switch (rfkill) blocks them.

    `pluggable`: an adapter can be pulled out of a USB port; `wifi`: a wireless network is up.
    """

    adapters: tuple[str, ...]
    soft_blocked: bool = False
    hard_blocked: bool = False
    pluggable: bool = False
    wifi: bool = False


def read_kernel(sys_class: Path) -> Kernel:
    """The adapters and switches under /sys/class; an unreadable or absent folder counts as empty."""
    soft = hard = False
    for switch in sorted(sys_class.glob("rfkill/rfkill*")):
        if line_of(switch / "type") == "bluetooth":
            soft = soft or line_of(switch / "soft") == "1"
            hard = hard or line_of(switch / "hard") == "1"
    adapters = tuple(sorted(a.name for a in sys_class.glob("bluetooth/hci*") if ":" not in a.name))
    # The adapter is an interface of a USB device, which knows whether it sits in a port that one can reach.
    pluggable = any(
        line_of((sys_class / "bluetooth" / name / "device").resolve().parent / "removable") == "removable"
        for name in adapters
    )
    wifi = any((card / "wireless").exists() and line_of(card / "operstate") == "up" for card in sys_class.glob("net/*"))
    return Kernel(adapters, soft, hard, pluggable, wifi)


def check(kernel: Kernel, answer: Answer, version: str, place: Surroundings) -> list[Finding]:
    """Everything about Bluetooth on Linux; `version` is what `bluetoothctl --version` printed, '' where unknown."""
    return [
        check_service(answer, place),
        check_adapter(kernel, answer, place),
        *check_version(version),
        *check_held(answer),
        *check_busy(answer),
    ]


def check_service(answer: Answer, place: Surroundings = _ANYWHERE) -> Finding:
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
            "There is no system D-Bus here"
            + (": this is a container." if place.container else " (is this a container?)."),
            _NO_BUS.get(place.sandbox, "Run Heads Up on the desktop itself, or pass /run/dbus into the container."),
        )
    if error in ("PermissionError", "AuthError") or error.endswith(".AccessDenied"):
        return Finding(
            _SERVICE,
            State.MISSING,
            "You may not talk to BlueZ on this computer.",
            _NO_BUS.get(place.sandbox, "sudo usermod -aG bluetooth $USER, then log out and in again"),
        )
    if error.endswith((".ServiceUnknown", ".NameHasNoOwner")) or ".Spawn." in error:
        return Finding(
            _SERVICE,
            State.MISSING,
            "BlueZ, the Bluetooth service of Linux, is not running.",
            "sudo systemctl enable --now bluetooth (on Debian or Ubuntu, install it first: sudo apt-get install bluez)",
        )
    return Finding(_SERVICE, State.WARNING, "BlueZ could not be asked.", "Look at: systemctl status bluetooth")


def check_adapter(kernel: Kernel, answer: Answer, place: Surroundings = _ANYWHERE) -> Finding:
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
    if not adapters and not kernel.adapters and place.wsl:
        return Finding(
            _ADAPTER,
            State.MISSING,
            "Linux inside Windows (WSL) has no Bluetooth of its own.",
            "Install Heads Up in Windows itself and run it from PowerShell.",
        )
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
    return Finding(
        _ADAPTER, State.OK, f"The adapter '{_clean(powered[0]['name'])}' is on.", tip=_radio_tip(kernel, place)
    )


def _radio_tip(kernel: Kernel, place: Surroundings) -> str:
    """What disturbs the radio here, should links break."""
    if place.is_raspberry and kernel.wifi:
        return "If links break: this board's Wi-Fi shares the antenna; use a cable, 5 GHz Wi-Fi or a USB adapter."
    if kernel.pluggable:
        return "If links break: move the adapter away from USB 3 plugs and disks with a short extension cable."
    return "If links break: 2.4 GHz Wi-Fi nearby disturbs; 5 GHz does not." if kernel.wifi else ""


def check_version(version: str) -> list[Finding]:
    """Whether BlueZ is new enough; nothing where its version is not known or it is."""
    found = re.search(r"(\d{1,4})\.(\d{1,4})", version)
    if found is None or (int(found[1]), int(found[2])) >= OLDEST_BLUEZ:
        return []
    wanted = ".".join(map(str, OLDEST_BLUEZ))
    return [
        Finding(
            "BlueZ version",
            State.MISSING,
            f"BlueZ {found[0]} is too old: connecting needs {wanted} or newer.",
            "Update the system (Debian 11, Ubuntu 22.04, Raspberry Pi OS 11 or newer).",
        )
    ]


def check_held(answer: Answer) -> list[Finding]:
    """Sensors that the computer holds connected: they do not announce themselves, so a search cannot find them."""
    found = []
    for device in answer.values.get("connected", []):
        name, services = str(device["name"]), [str(uuid) for uuid in device["services"]]
        address = str(device["address"])
        if registry.match(name, services) is not None and _ADDRESS.fullmatch(address):
            sentence = f"{_clean(name)} is connected to this computer already, perhaps from a run that broke off."
            remedy = f"Heads Up takes it over; if it does not: bluetoothctl disconnect {address}"
            found.append(Finding(_HELD, State.WARNING, sentence, remedy))
    return found[:3]


def check_busy(answer: Answer) -> list[Finding]:
    """Another program that searches all the time slows every link down."""
    if any(a.get("discovering") for a in answer.values.get("adapters", [])):
        sentence = "Another program is searching for Bluetooth devices: links are slower meanwhile."
        return [Finding("Bluetooth search", State.WARNING, sentence, "Close the Bluetooth settings window.")]
    return []


def _clean(name: str) -> str:
    """A name that a stranger gave, fit for a terminal."""
    return "".join(c for c in name if c.isprintable())[:_LONGEST_NAME].strip()
