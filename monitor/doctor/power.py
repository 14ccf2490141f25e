"""Whether the computer falls asleep during a run: its lid on the treadmill, its idle time, its battery.

Linux is asked through logind and sysfs, macOS by `pmset`, Windows by `powercfg`. **Of these only sysfs was ever read on
the real thing**; the words of the others come from their documentation and from printed examples.
"""

from __future__ import annotations

import ctypes
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from monitor.doctor.child import tool
from monitor.doctor.finding import Finding, State
from monitor.doctor.surroundings import line_of

_TOPIC = "Power"
LONG_RUN_MIN = 90.0
LOW_PERCENT = 40
_LID = {
    "linux": "Leave the lid open, or: systemd-inhibit --what=handle-lid-switch headsup live",
    "darwin": "Leave the lid open.",
    "win32": "Leave the lid open, or Control Panel > Power Options > what closing the lid does: nothing.",
}
_IDLE = {
    "linux": "systemd-inhibit --what=idle:sleep headsup live",
    "darwin": "caffeinate -i headsup live",
    "win32": "Settings > System > Power: set sleep to never for the run.",
}


@dataclass(frozen=True, slots=True)
class Power:
    """What is known of a computer's power; None where it is not.

    `lid_sleeps` and `idle_min` (0: never) hold for how it is powered now; `percent` of its battery.
    """

    laptop: bool | None = None
    lid_sleeps: bool | None = None
    idle_min: float | None = None
    on_battery: bool | None = None
    percent: int | None = None


def check_power(power: Power, platform: str) -> list[Finding]:
    """What would end a run early; a single good word where nothing would."""
    key = "linux" if platform.startswith("linux") else platform
    found = []
    if power.on_battery and power.percent is not None and power.percent < LOW_PERCENT:
        sentence = f"The computer's battery is at {power.percent} % and not charging."
        found.append(Finding(_TOPIC, State.WARNING, sentence, "Plug the charger in for the run."))
    if power.idle_min:
        when = "in the middle of a run" if power.idle_min < LONG_RUN_MIN else "in a long run"
        sentence = f"Untouched, this computer sleeps after {power.idle_min:.0f} min: {when}."
        found.append(Finding("Sleep", State.WARNING, sentence, _IDLE.get(key, _IDLE["linux"])))
    if power.laptop and power.lid_sleeps is not False:
        sure = power.lid_sleeps or key == "darwin"
        sentence = f"With its lid closed this laptop {'sleeps' if sure else 'may sleep'}, and the run ends there."
        found.append(Finding("Lid", State.WARNING, sentence, _LID.get(key, _LID["linux"])))
    known = power.idle_min is not None or power.laptop is False
    return found or ([Finding(_TOPIC, State.OK, "The computer stays awake for a run.")] if known else [])


def linux_power(sys_class: Path, lid: bool, logind: str) -> Power:
    """From /sys/class/power_supply, whether there is a lid switch, and `logind_question`'s answer."""
    percent = on_battery = None
    for supply in sorted(sys_class.glob("power_supply/*")):
        # A mouse or a headset with a battery says so; the computer's own has no scope or "System".
        if line_of(supply / "type") == "Battery" and line_of(supply / "scope") != "Device":
            on_battery = on_battery or line_of(supply / "status") == "Discharging"
            text = line_of(supply / "capacity")
            percent = int(text) if text.isascii() and text.isdigit() and int(text) <= 100 else percent
    laptop = lid or on_battery is not None
    docked = re.search(r"HandleLidSwitchExternalPower=(\S*)", logind)
    usual = re.search(r"HandleLidSwitch=(\S*)", logind)
    action = docked[1] if docked and docked[1] and not on_battery else (usual[1] if usual else "")
    idle = re.search(r"^IdleAction=(\S+)", logind, re.MULTILINE)
    after = re.search(r"^IdleActionUSec=(.+)", logind, re.MULTILINE)
    idle_min = None
    if idle is not None:
        sleeps = idle[1] in ("suspend", "hibernate", "hybrid-sleep", "suspend-then-hibernate", "poweroff", "halt")
        idle_min = minutes_of(after[1]) if sleeps and after else 0.0
    return Power(laptop, (action not in ("ignore", "lock")) if action else None, idle_min, on_battery, percent)


def desktop_idle_min(text: str) -> float | None:
    """What GNOME's settings say: 'uint32 1200' or '1200' seconds, as `gsettings get` prints them."""
    found = re.fullmatch(r"(?:uint32 |int32 )?(\d{1,7})", text.strip())
    return int(found[1]) / 60 if found else None


def mac_power(settings: str, battery: str) -> Power:
    """From `pmset -g` and `pmset -g batt`. A Mac laptop sleeps with its lid closed unless a screen is attached."""
    sleep = re.search(r"^\s*sleep\s+(\d{1,5})", settings, re.MULTILINE)
    percent = re.search(r"InternalBattery.*?(\d{1,3})%", battery)
    laptop = percent is not None if battery else None
    return Power(
        laptop,
        laptop,
        float(sleep[1]) if sleep else None,
        "'Battery Power'" in battery if battery else None,
        int(percent[1]) if percent else None,
    )


def windows_power(lid: str, idle: str, status: bytes) -> Power:
    """From `powercfg /q SCHEME_CURRENT SUB_BUTTONS LIDACTION` and `... SUB_SLEEP STANDBYIDLE`, in any language (the
    last two numbers of each are what holds with the charger and without), and the system's SYSTEM_POWER_STATUS."""
    laptop = on_battery = percent = None
    if len(status) >= 3:
        line, flag, left = status[:3]
        laptop = None if flag == 255 else not flag & 128  # 128: there is no battery
        on_battery = {0: True, 1: False}.get(line)
        percent = left if laptop and left <= 100 else None
    lids, idles = (re.findall(r"0x([0-9a-fA-F]{1,8})\b", text)[-2:] for text in (lid, idle))
    now = 1 if on_battery else 0
    return Power(
        laptop,
        int(lids[now], 16) != 0 if len(lids) == 2 else None,
        int(idles[now], 16) / 60 if len(idles) == 2 else None,
        on_battery,
        percent,
    )


def _windows_status() -> bytes:
    """SYSTEM_POWER_STATUS; b'' where this is not Windows."""
    libraries = getattr(ctypes, "windll", None)
    status = ctypes.create_string_buffer(12)
    return status.raw if libraries is not None and libraries.kernel32.GetSystemPowerStatus(status) else b""


def minutes_of(text: str) -> float:
    """A span as systemd prints it: '30min', '1h 30min', '1800000000' (microseconds). 0 where it says nothing."""
    if text.strip().isdigit():
        return int(text.strip()[:15]) / 60e6
    units = {"h": 60.0, "min": 1.0, "s": 1 / 60}
    return sum(int(n) * units[unit] for n, unit in re.findall(r"(\d{1,6})(h|min|s)\b", text))


def findings() -> list[Finding]:
    """The power of this computer."""
    system: str = sys.platform
    if system == "darwin":
        power = mac_power(tool("pmset", "-g", seconds=1.5), tool("pmset", "-g", "batt", seconds=1.5))
    elif system == "win32":
        query = ("powercfg", "/q", "SCHEME_CURRENT")
        lid = tool(*query, "SUB_BUTTONS", "LIDACTION", seconds=1.5)
        power = windows_power(lid, tool(*query, "SUB_SLEEP", "STANDBYIDLE", seconds=1.5), _windows_status())
    elif system.startswith("linux"):
        power = _of_linux()
    else:
        return []
    return check_power(power, system)


def _of_linux() -> Power:
    names = ("HandleLidSwitch", "HandleLidSwitchExternalPower", "IdleAction", "IdleActionUSec")
    manager = ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")
    said = tool("busctl", "get-property", *manager, *names, seconds=1.5).splitlines()
    logind = "\n".join(f"{n}={v.partition(' ')[2].strip().strip(chr(34))}" for n, v in zip(names, said, strict=False))
    power = linux_power(Path("/sys/class"), any(Path("/proc/acpi/button/lid").glob("*/state")), logind)
    which = "battery" if power.on_battery else "ac"
    schema = "org.gnome.settings-daemon.plugins.power"
    if "nothing" not in tool("gsettings", "get", schema, f"sleep-inactive-{which}-type", seconds=1.0):
        idle = desktop_idle_min(tool("gsettings", "get", schema, f"sleep-inactive-{which}-timeout", seconds=1.0))
        if idle is not None:
            return Power(power.laptop, power.lid_sleeps, idle, power.on_battery, power.percent)
    return power
