"""What is missing or wrong on this computer, and how to mend it: the work behind `headsup doctor`.

Each room-mate module has pure checks (facts in, `Finding` out) and one `findings()` that gathers the facts of
this computer. Nothing here imports Qt, bleak or PortAudio: children do, under a time limit.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from monitor.doctor import bluetooth, clock, packages, power, sound, speed, storage, window
from monitor.doctor.finding import Finding, State
from monitor.doctor.report import as_json, render
from monitor.doctor.surroundings import check_tried

__all__ = ["Finding", "State", "as_json", "diagnose", "render"]

LIMIT_S = 6.0
"""No check may take longer."""

Check: TypeAlias = Callable[[], list[Finding]]


def diagnose(folder: Path | None = None, own_clips: Path | None = None, sound_device: str = "") -> tuple[Finding, ...]:
    """All findings about this computer, in at most `LIMIT_S`; never raises.

    `folder` is where recordings shall go (default: the current folder), `own_clips` where the wearer's own voice is,
    `sound_device` the output that the settings name. In an order in which what is wrong earlier explains what is wrong
    later.
    """
    return run_checks(
        {
            "Packages": packages.findings,
            "Bluetooth": bluetooth.findings,
            "Screen": window.findings,
            "Sound": lambda: sound.findings(own_clips, sound_device),
            "Recordings": lambda: storage.findings(folder or Path.cwd()),
            "Speed": speed.findings,
            "Power": power.findings,
            "Clock": clock.findings,
            "These checks": lambda: check_tried(sys.platform),
        },
        LIMIT_S,
    )


def run_checks(checks: dict[str, Check], limit_s: float) -> tuple[Finding, ...]:
    """The findings of named checks, run side by side: one that fails or hangs becomes a finding of its own."""
    results: dict[str, list[Finding]] = {}

    def run(topic: str, check: Check) -> None:
        try:
            results[topic] = check()
        except Exception as error:
            results[topic] = [_unchecked(topic, f"This could not be checked ({type(error).__name__}).")]

    # Daemons: a check stuck in the kernel (a dead network disk) must not keep the program from ending.
    threads = [threading.Thread(target=run, args=item, daemon=True) for item in checks.items()]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + limit_s
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    late = "This could not be checked in time."
    return tuple(f for topic in checks for f in results.get(topic, [_unchecked(topic, late)]))


def _unchecked(topic: str, sentence: str) -> Finding:
    return Finding(topic, State.WARNING, sentence, "Try headsup doctor once more; if it stays, please report it.")
