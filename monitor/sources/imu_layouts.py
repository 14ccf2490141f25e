"""What the logs of known apps mean where their column names do not say it, each with its source.

Movella DOT        `PacketCounter,SampleTimeFine,Acc_X..,Gyr_X..` behind `sep=,`, `DeviceTag:`, `StartTime:` lines:
                   m/s², deg/s, stamps in microseconds of 32 bits. Source: the makers' BLE document (units and stamp)
                   and public code of the export's writer (lines and names).
Xsens MT Manager   the same names behind `//` lines: m/s², rad/s, stamps in ticks of 0.1 ms of 32 bits or none at all.
                   Source: public exports.
Core Motion        `accelerationX` beside `gravityX` (Sensor Logger's `Headphone.csv`: its published units page), or
                   `userAcceleration..` beside `gravity..` (public code of AirPods loggers): the sum is what an
                   accelerometer feels, counted downwards; in g where nothing else is said.

All other logs that are read (phyphox, Polar Sensor Logger, MetaBase, Axivity OMGUI, WitMotion, Physics Toolbox) say
their units in their names, or the numbers show them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from monitor.sources.imu_dates import first_instant
from monitor.sources.imu_text import TableHead

_RATE = re.compile(r"(?:update|output|data|sampl\w*)[ _]*rate\s*[:=,]\s*([\d.]{1,12})\s*hz", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """What a known app's log means. Units as in `imu_units`, '' = not said; `tick_s`: seconds per tick of its stamp,
    0 where it has no such stamp."""

    name: str = ""
    acc_unit: str = ""
    gyr_unit: str = ""
    tick_s: float = 0.0


MOVELLA_DOT = Layout("Movella DOT", "m/s2", "deg/s", 1e-6)
MT_MANAGER = Layout("Xsens MT Manager", "m/s2", "rad/s", 1e-4)
TICKS = float(1 << 32)
"""Where the 32-bit stamps of both start anew."""


def layout_of(head: TableHead) -> Layout:
    """The app that wrote a table, as far as it matters; an empty layout for all others."""
    names = {name.lower() for name in head.names}
    if "packetcounter" in names or "sampletimefine" in names:
        if any("devicetag" in line.lower() for line in head.preamble):
            return MOVELLA_DOT
        if any(line.lstrip().startswith("//") for line in head.preamble):
            return MT_MANAGER
    return Layout()


def stated_rate(head: TableHead) -> float | None:
    """Samples a second that the lines before the header state, None where they state none."""
    for line in head.preamble:
        found = _RATE.search(line)
        try:
            rate = float(found[1]) if found else 0.0
        except ValueError:
            continue
        if 1.0 <= rate <= 10_000.0:
            return rate
    return None


def stated_start(head: TableHead) -> float | None:
    """When the first row was measured, as Unix seconds, if a line before the header says so."""
    for line in head.preamble:
        if re.search("start|time|date|recorded", line, re.IGNORECASE):
            at = first_instant(line)
            if at is not None:
                return at
    return None


def phyphox_zero(notes: Mapping[str, str]) -> float | None:
    """Unix time of phyphox's experiment time 0, None without its companion `meta/time.csv`.

    A line there is `"START",experiment time,system time,...`.
    """
    for line in notes.get("time.csv", "").splitlines():
        cells = [cell.strip().strip('"') for cell in re.split("[,;\t]", line)]
        if len(cells) >= 3 and cells[0] == "START":
            try:
                return float(cells[2]) - float(cells[1])
            except ValueError:
                return None
    return None


def standardised(notes: Mapping[str, str]) -> bool:
    """Did Sensor Logger turn all into m/s² and Android's signs? Its `Metadata.csv` says so."""
    lines = [line.split(",") for line in notes.get("metadata.csv", "").splitlines()[:2]]
    if len(lines) < 2 or "standardisation" not in lines[0]:
        return False
    at = lines[0].index("standardisation")
    return at < len(lines[1]) and lines[1][at].strip().lower() == "true"
