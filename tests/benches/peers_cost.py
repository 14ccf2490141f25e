"""What peers cost on the hour that the analysis is timed on, in one run: each in its own process and its own Python.

`HEADSUP_PEERS` names the Pythons that have them, one after the other as in PATH:

    python3 -m venv peers && peers/bin/pip install scikit-digital-health gaitmap imufusion ahrs vqf
    HEADSUP_PEERS=peers/bin/python make bench

No peer does what the analysis does, so the words beside each say what it does less or more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from monitor.values import FloatArray
from tests.benches.analysis_cost import measured
from tests.benches.material import record
from tests.benches.progress import say
from tests.benches.rows import Row, missing

VARIABLE = "HEADSUP_PEERS"
CHILD = Path(__file__).with_name("peers_child.py")
LONGEST_S = 900.0
DOES = {
    "vqf": "orientation alone; the filter that the analysis is built on",
    "gaitmap": "Madgwick's orientation alone, compiled; the first call compiles",
    "imufusion": "orientation alone, sample by sample from Python",
    "ahrs": "Madgwick's orientation alone, in Python",
    "skdh": "more of gait: bouts, steps, stride lengths and times; no orientation, no head",
    "eargait": "gait events of an ear sensor, of five minutes only, its first call, which compiles; no head pitch",
}
WHOLE = "decoding, time, orientation, posture, gait, rules, cues"


def rows(acc: FloatArray, gyr: FloatArray) -> list[Row]:
    """Heads Up's analysis and every peer that is found, on an hour of one sensor, `acc`, `gyr` (n,3)."""
    with tempfile.TemporaryDirectory() as folder:
        path, samples = Path(folder) / "bench.headsup", Path(folder) / "samples.npz"
        record(path, "head", acc, gyr, stamped=False, lost=0.0)
        np.savez(samples, acc=acc, gyr=gyr)
        found = measured(path, samples, runs=3)
        ours_s, bare_s = found["took_s"], found["bare_s"]
        text = f"{ours_s:.2f} s, {found['peak_mb']:.0f} MB ({ours_s / bare_s:.1f} x bare vqf)"
        out = [Row(f"1 h of one sensor through Heads Up: {WHOLE}", text)]
        return out + [_row(name, does, samples, ours_s, bare_s) for name, does in DOES.items()]


def _row(name: str, does: str, samples: Path, ours_s: float, bare_s: float) -> Row:
    what = f"... through {name}: {does}"
    say(f"peer {name}")
    told = _told(name, samples)
    if isinstance(told, str):
        return missing(what, told)
    took_s = told["best_s"]
    first = f", first call {told['first_s']:.1f} s" if told["first_s"] > 2 * took_s else ""
    text = f"{took_s:.2f} s{first}, {told['peak_mb']:.0f} MB; {told['made']} ({name} {told['version']})"
    return Row(what, f"{text}; {took_s / ours_s:.1f} x Heads Up, {took_s / bare_s:.1f} x bare vqf")


def _told(name: str, samples: Path) -> dict[str, Any] | str:
    """What the child printed, from the first Python that has the peer; else why there is nothing."""
    named = [python for python in os.environ.get(VARIABLE, "").split(os.pathsep) if python]
    why = f"not installed here; {VARIABLE} may name a Python that has it"
    for python in [*named, sys.executable]:
        command = [python, "-W", "ignore", str(CHILD), name, str(samples)]
        try:
            child = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_S, check=False)
        except subprocess.TimeoutExpired:
            return f"more than {LONGEST_S / 60:.0f} minutes"
        except OSError as error:
            return f"{VARIABLE} names {python}, which does not start ({error.strerror})"
        if child.returncode == 0:
            told: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
            return told
        if child.returncode != 3:  # it is installed, but does not get through
            last = (child.stderr.strip().splitlines() or ["no word"])[-1]
            why = f"it ended with: {last[:150]}"
    return why
