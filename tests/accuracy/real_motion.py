"""Accuracy on real motion, through the command line: `python -m tests.accuracy.real_motion` prints the table.

Real motion capture of runners turned into an IMU (so the numbers are SIMULATED numbers), with sensor noise, bias and a
random mounting added here; then `headsup import`, `calibrate --from`, `analyze`, exactly as a user would.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from monitor.cli import main

SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
ROAD_ON_DEG = 20.0
"""Bouts deeper than the road limit count."""
LONG_BOUT_S = 15.0


@dataclass(frozen=True)
class Case:
    """One recording of the table."""

    name: str
    site: str
    rate_hz: float
    neutral: tuple[float, float]
    """The stretch that errors are relative to, s."""
    seed: int
    """Mounting, biases and noise: one sensor per site and rate."""


CALIBRATED_ON = "run_headdown_180s"
CALIBRATION_POSES = ("--neutral", "2:18", "--look", "down=102:124")
NEUTRALS = {
    "run_60s": (2.0, 18.0),
    "run_headdown_180s": (2.0, 18.0),
    "run_headdown_shrug_240s": (2.0, 40.0),
    "run_shrug_180s": (2.0, 28.0),
    "walk_60s": (2.0, 18.0),
}
SENSORS = tuple((site, rate) for site in ("head_back", "ear_r", "forehead") for rate in (100.0, 52.0))
CASES = tuple(
    Case(name, site, rate, neutral, 100 + number)
    for number, (site, rate) in enumerate(SENSORS)
    for name, neutral in NEUTRALS.items()
)


@dataclass(frozen=True)
class Result:
    """Sustained head pitch against truth (1 s means, relative to the neutral stretch), and events against bouts."""

    case: Case
    rmse_deg: float
    bias_deg: float
    p95_deg: float
    bouts: int
    found: int
    extra: int


def load(name: str) -> dict[str, NDArray[np.float64]]:
    """The arrays of one motion file as float64."""
    with np.load(SHARED_DATA / "motion" / f"{name}.npz") as z:
        return {key: z[key].astype(np.float64) for key in z.files if key != "meta"}


def bouts(name: str) -> list[tuple[float, float, float]]:
    """Head-down bouts of a file: on s, off s, degrees."""
    with np.load(SHARED_DATA / "motion" / f"{name}.npz") as z:
        meta = json.loads(str(z["meta"]))
    return [(float(a), float(b), float(d)) for a, b, d in meta.get("events_head", [])]


def virtual_sensor(
    data: dict[str, NDArray[np.float64]], site: str, rate_hz: float, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """t (n,), acc (n,3), gyr (n,3) of a commodity sensor mounted anyhow, and its rotation matrix (3,3) from the
    file's axes: white noise, constant biases (acc 0.1 m/s², gyro 0.6 deg/s, 1 sigma)."""
    rng = np.random.default_rng(seed)
    turn = Rotation.random(random_state=np.random.RandomState(seed)).as_matrix()
    t = np.arange(0.0, data["t_s"][-1], 1.0 / rate_hz)
    acc = np.stack([np.interp(t, data["t_s"], data[f"acc_{site}"][:, i]) for i in range(3)], axis=1) @ turn.T
    gyr = np.stack([np.interp(t, data["t_s"], data[f"gyr_{site}"][:, i]) for i in range(3)], axis=1) @ turn.T
    acc += rng.normal(0, 0.1, 3) + rng.normal(0, 0.03, acc.shape)
    gyr += np.radians(rng.normal(0, 0.6, 3)) + rng.normal(0, 0.003, gyr.shape)
    return t, acc, gyr, turn


def write_table(path: Path, t: NDArray[np.float64], acc: NDArray[np.float64], gyr: NDArray[np.float64] | None) -> None:
    """An IMU table as the import contract wants it."""
    header = "t_s,ax_m_s2,ay_m_s2,az_m_s2" + (",gx_rad_s,gy_rad_s,gz_rad_s" if gyr is not None else "")
    columns = np.column_stack([t, acc] if gyr is None else [t, acc, gyr])
    np.savetxt(path, columns, delimiter=",", header=header, comments="", fmt="%.6f")


@contextmanager
def workspace() -> Iterator[Path]:
    """An empty folder that is also the wearer's home."""
    before = os.environ.get("HEADSUP_HOME")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HEADSUP_HOME"] = folder
        try:
            yield Path(folder)
        finally:
            if before is None:
                del os.environ["HEADSUP_HOME"]
            else:
                os.environ["HEADSUP_HOME"] = before


def command(*args: str) -> None:
    """Run `headsup` in this process; a failure is an error here."""
    code = main([str(a) for a in args])
    if code:
        raise RuntimeError(f"headsup {' '.join(map(str, args))} exited with {code}")


def recorded(case: Case, folder: Path) -> Path:
    """The case's table, imported; kept for the sensor's other uses."""
    stem = f"{case.name}-{case.site}-{case.rate_hz:g}"
    recording = folder / f"{stem}.headsup"
    if not recording.exists():
        table_path = folder / f"{stem}.csv"
        t, acc, gyr, _ = virtual_sensor(load(case.name), case.site, case.rate_hz, case.seed)
        write_table(table_path, t, acc, gyr)
        command("import", "--head", str(table_path), "-o", str(recording))
    return recording


def evaluate(case: Case, folder: Path) -> Result:
    """Import, calibrate (on the recording with a look-down pose), analyse and score one case."""
    profile = f"{case.site}-{case.rate_hz:g}"
    if not (folder / "profiles" / f"{profile}.json").exists():
        posed = recorded(replace(case, name=CALIBRATED_ON), folder)
        command("calibrate", "--profile", profile, "--from", str(posed), *CALIBRATION_POSES)
    recording = recorded(case, folder)
    out, track = folder / "out.json", folder / "track.csv"
    command(
        "analyze", str(recording), "--profile", profile, "--mode", "road", "--json", str(out), "--track", str(track)
    )
    events = [e for e in json.loads(out.read_text())["events"] if e["kind"] == "head_down" and "repeat" not in e]
    return score(case, track, events, load(case.name))


def score(case: Case, track: Path, events: list[dict[str, float]], data: dict[str, NDArray[np.float64]]) -> Result:
    """Errors of 1 s means relative to the neutral stretch, and events against bouts."""
    rows = np.genfromtxt(track, delimiter=",", names=True, usecols=("t_s", "head_pitch_deg", "valid"))
    good = rows["valid"] > 0
    seconds = np.arange(int(data["t_s"][-1]))
    estimate = second_means(rows["t_s"][good], rows["head_pitch_deg"][good], len(seconds))
    truth = second_means(data["t_s"], data["gt_head_pitch_down_deg"], len(seconds))
    neutral = (seconds >= case.neutral[0]) & (seconds < case.neutral[1])
    error = (estimate - np.nanmean(estimate[neutral])) - (truth - np.nanmean(truth[neutral]))
    error = error[~np.isnan(error)]
    long = [(a, b) for a, b, deg in bouts(case.name) if b - a >= LONG_BOUT_S and deg > ROAD_ON_DEG]
    hits = [any(a + 5.0 <= e["t_s"] <= b + 1.0 for e in events) for a, b in long]
    extra = [e for e in events if not any(a + 5.0 <= e["t_s"] <= b + 1.0 for a, b in long)]
    return Result(
        case,
        float(np.sqrt(np.mean(error**2))),
        float(np.mean(error)),
        float(np.percentile(np.abs(error), 95)),
        len(long),
        sum(hits),
        len(extra),
    )


def second_means(t_s: NDArray[np.float64], values: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Means over whole seconds (n,), NaN where a second holds less than half of its usual values."""
    index = np.floor(t_s).astype(int)
    keep = (index >= 0) & (index < n)
    counts = np.bincount(index[keep], minlength=n)
    sums = np.bincount(index[keep], weights=values[keep], minlength=n)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(counts > 0.5 * np.median(counts[counts > 0]), sums / counts, np.nan)


def table(results: list[Result]) -> str:
    """The results as a Markdown table."""
    lines = [
        "| real motion (simulated IMU) | site | Hz | RMSE deg | bias deg | p95 deg | bouts found | extra events |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {r.case.name} | {r.case.site} | {r.case.rate_hz:g} | {r.rmse_deg:.2f} | {r.bias_deg:+.2f} "
        f"| {r.p95_deg:.2f} | {r.found} of {r.bouts} | {r.extra} |"
        for r in results
    ]
    return "\n".join(lines)


def run_all() -> list[Result]:
    """All cases."""
    with workspace() as folder:
        return [evaluate(case, folder) for case in CASES]


if __name__ == "__main__":
    if not SHARED_DATA.is_dir():
        sys.exit("the motion recordings are not on this machine")
    quiet = os.dup(1)
    with open(os.devnull, "w") as null:
        os.dup2(null.fileno(), 1)
        found = run_all()
    os.dup2(quiet, 1)
    print(table(found))
