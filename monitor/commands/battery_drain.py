"""How fast each sensor's battery went down in the last runs, from their recordings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from statistics import median

from monitor.errors import RecordingError
from monitor.recording.reader import open_recording
from monitor.values import NS_PER_S, BatteryLevel, Control

LOOKED_AT = 5
"""So many of the newest recordings."""
MOST_LISTED = 20_000
LARGEST_BYTES = 500_000_000
"""A larger recording is not opened for this: the run is to start soon."""
SHORTEST_S = 1200.0
"""A shorter stretch tells too little of a battery that reports whole percents."""


def drains(folder: Path) -> dict[str, float]:
    """Percent an hour by the sensor's address, the median over the newest runs; without those nothing is known of.

    Never raises: a recording that cannot be read tells nothing.
    """
    found: dict[str, list[float]] = {}
    for path in _newest(folder):
        with suppress(RecordingError, OSError), open_recording(path) as recording:
            if recording.run.simulated:
                continue
            addresses = {s.key: s.address for s in recording.sensors if s.address}
            for key, drain in per_hour(recording.contents.controls).items():
                if key in addresses:
                    found.setdefault(addresses[key], []).append(drain)
    return {address: median(values) for address, values in found.items()}


def per_hour(controls: Iterable[Control]) -> Mapping[str, float]:
    """Percent an hour of each sensor of one run; nothing where it was charged meanwhile, or watched too briefly."""
    levels: dict[str, list[BatteryLevel]] = {}
    for entry in controls:
        if isinstance(entry, BatteryLevel):
            levels.setdefault(entry.sensor, []).append(entry)
    out = {}
    for key, seen in levels.items():
        hours = (seen[-1].t_ns - seen[0].t_ns) / NS_PER_S / 3600
        lost = seen[0].percent - seen[-1].percent
        if hours * 3600 >= SHORTEST_S and lost > 0:
            out[key] = lost / hours
    return out


def _newest(folder: Path) -> list[Path]:
    """The newest few recordings of bearable size."""
    dated: list[tuple[float, Path]] = []
    with suppress(OSError):
        for path in islice(folder.glob("*.headsup"), MOST_LISTED):
            with suppress(OSError):
                about = path.stat()
                if about.st_size <= LARGEST_BYTES:
                    dated.append((about.st_mtime, path))
    return [path for _, path in sorted(dated, reverse=True)[:LOOKED_AT]]
