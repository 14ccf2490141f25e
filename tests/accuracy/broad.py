"""Orientation filters against optical truth: `python -m tests.accuracy.broad` prints the table and writes BROAD.md.

BROAD (D. Laidig, M. Caruso, A. Cereatti, T. Seel, Data 2021, 6(7), 72; CC BY 4.0): a real IMU moved by hand in front of
cameras. Inclination is all that Heads Up uses of an orientation. Beside it the same filters on running, SIMULATED from
motion capture, because that is what they are for here. Takes a minute with the packages of `.[compare]`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.orientation.gravity import up_in_sensor
from monitor.values import STANDARD_GRAVITY
from tests.accuracy.estimators import ESTIMATORS, Estimator, Floats, rmse_deg

SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
RESULTS = Path(__file__).with_name("BROAD.md")
KEEP_EVERY = 3
"""Block means of three samples: 285.7 Hz become 95.2, about what a wearable sends."""
GROUPS = ("slow rotation", "fast rotation", "slow translation", "fast translation", "combined", "disturbed")
RUNS = ("run_headdown_180s", "run_headdown_shrug_240s")
RUN_SITE, RUN_HZ, RUN_SEEDS = "head_back", 100.0, range(8)
RUN_SPANS_S = {"20-90 s after the start": (20.0, 90.0), "from 90 s on": (90.0, np.inf)}
"""These runs have no rest before them, so a filter must learn the gyroscope's bias on the way."""
BIAS_DPS, WALK_DPS, SCALE, G_SENSITIVITY_DPS, NOISE_ACC, NOISE_GYR = 0.6, 0.005, 0.01, 0.05, 0.03, 0.003
"""A commodity gyroscope, 1 sigma: bias, its walk in a root of a second, scale error, deg/s for each g on each axis;
white noise of a sample in m/s² and rad/s."""


@dataclass(frozen=True)
class Trial:
    """One recording with truth: acc (n,3) m/s², gyr (n,3) rad/s, the true up in sensor axes (n,3), which samples count
    in which column of the table (n,), and the gyroscope's bias (3,) rad/s for filters that cannot learn it."""

    name: str
    period_s: float
    acc: Floats
    gyr: Floats
    truth: Floats
    judged: Mapping[str, NDArray[np.bool_]]
    bias: Floats


def group_of(name: str) -> str:
    """The group of a trial, from BROAD's own file names."""
    words = name.replace("_", " ")
    return next((group for group in GROUPS if group in words), "other")


def trial_paths(folder: Path = SHARED_DATA) -> list[Path]:
    """The BROAD trials that are here, by number; empty where there are none."""
    return sorted((folder / "orientation").glob("broad_*.npz"))


def broad_trial(path: Path) -> Trial:
    """One BROAD trial at about 95 Hz; judged in the movement phases, where the cameras saw the sensor."""
    with np.load(path) as z:
        rate_hz = float(json.loads(str(z["meta"]))["fs"])
        n = len(z["acc"]) // KEEP_EVERY * KEEP_EVERY
        acc, gyr = (z[k][:n].astype(np.float64).reshape(-1, KEEP_EVERY, 3).mean(axis=1) for k in ("acc", "gyr"))
        middle = slice(KEEP_EVERY // 2, n, KEEP_EVERY)
        truth = up_in_sensor(z["quat"][middle].astype(np.float64))
        moving = z["movement"][middle] == 1
    bias = gyr[: int(np.argmax(moving))].mean(axis=0)
    judged = moving & np.isfinite(truth).all(axis=1)
    name = path.stem.removeprefix("broad_")
    return Trial(name, KEEP_EVERY / rate_hz, acc, gyr, truth, {group_of(name): judged}, bias)


def running_trial(name: str, seed: int, folder: Path = SHARED_DATA) -> Trial:
    """Motion capture of running as an IMU at the back of the head, with a commodity gyroscope's faults: SIMULATED."""
    rng = np.random.default_rng(seed)
    with np.load(folder / "motion" / f"{name}.npz") as z:
        acc, gyr = (z[f"{k}_{RUN_SITE}"].astype(np.float64) for k in ("acc", "gyr"))
        truth = up_in_sensor(z["quat_head"].astype(np.float64))
    bias = np.radians(rng.normal(0, BIAS_DPS, 3))
    gyr *= 1 + rng.normal(0, SCALE, 3)
    gyr += bias + np.radians(acc / STANDARD_GRAVITY @ rng.normal(0, G_SENSITIVITY_DPS, (3, 3)))
    gyr += np.radians(np.cumsum(rng.normal(0, WALK_DPS / np.sqrt(RUN_HZ), gyr.shape), axis=0))
    gyr += rng.normal(0, NOISE_GYR, gyr.shape)
    acc += rng.normal(0, NOISE_ACC, acc.shape)
    t_s = np.arange(len(acc)) / RUN_HZ
    judged = {column: (t_s >= a) & (t_s < b) for column, (a, b) in RUN_SPANS_S.items()}
    return Trial(f"{name}, {seed}", 1.0 / RUN_HZ, acc, gyr, truth, judged, bias)


def score(estimator: Estimator, trial: Trial) -> dict[str, float]:
    """Inclination RMSE in degrees for each column that the trial counts in."""
    gyr = trial.gyr - trial.bias if estimator.knows_bias else trial.gyr
    up = estimator.up(trial.acc, gyr, trial.period_s)
    return {column: rmse_deg(up, trial.truth, judged) for column, judged in trial.judged.items()}


def absent(estimators: Iterable[Estimator] = ESTIMATORS) -> str:
    """One line on the filters whose packages are not installed; '' when all are here."""
    names = sorted({e.package for e in estimators if not e.is_here})
    return f"Not compared: {' and '.join(names)} not installed (pip install -e .[compare])." if names else ""


def measured(
    trials: Sequence[Trial],
    say: Callable[[str], None] = lambda _: None,
    estimators: Iterable[Estimator] = ESTIMATORS,
) -> dict[str, dict[str, list[float]]]:
    """RMSE of every trial, by filter and column, for the filters that are installed."""
    columns = {column for trial in trials for column in trial.judged}
    order = [*(c for c in GROUPS if c in columns), *(c for c in RUN_SPANS_S if c in columns)]
    order += sorted(columns - set(order))
    rows: dict[str, dict[str, list[float]]] = {}
    for estimator in estimators:
        if estimator.is_here:
            say(estimator.name)
            scores = [score(estimator, trial) for trial in trials]
            rows[estimator.name] = {column: [s[column] for s in scores if column in s] for column in order}
    return rows


def table(rows: Mapping[str, Mapping[str, Sequence[float]]], *, overall: bool = False) -> str:
    """Markdown: filters down, columns across with their number of trials; `overall`: the mean of all trials last."""
    counts = {column: len(values) for column, values in next(iter(rows.values())).items()}
    titles = [f"{column} ({n})" for column, n in counts.items()] + [f"all ({sum(counts.values())})"] * overall
    lines = ["| " + " | ".join(["inclination RMSE, deg", *titles]) + " |", "|---" * (len(titles) + 1) + "|"]
    for name, found in rows.items():
        means = [float(np.mean(values)) for values in found.values()]
        means += [float(np.mean([v for values in found.values() for v in values]))] * overall
        lines.append("| " + " | ".join([name, *(f"{mean:.2f}" for mean in means)]) + " |")
    return "\n".join(lines)


PAGE = """# Orientation filters against optical truth

`python -m tests.accuracy.broad` writes this page. The rows of both tables are one run of the same code.

## Real sensor, moved by hand: BROAD

{count} of BROAD's 39 trials ({names}),
block means at about 95 Hz, movement phases only. REAL data, optical truth.
D. Laidig, M. Caruso, A. Cereatti, T. Seel: BROAD, Data 2021, 6(7), 72; CC BY 4.0.

{broad}

## What the filters are for here: running

Motion capture of runners turned into an IMU at the back of the head, 100 Hz: **SIMULATED**.
{runs}, each with {seeds} different gyroscopes (1 sigma: bias {bias:g} deg/s on each
axis and its slow walk, scale error {scale:g} %, {g:g} deg/s for each g, noise). No rest before the run, so
the bias has to be learned in running.

{running}

Heads Up, live, beats plain VQF in {better}.
{absent}
## How to read it

- **Plain VQF is better than ours on BROAD** wherever the hand pushes the sensor about, and that is a choice. A filter
  tells gravity from acceleration by averaging. Plain VQF averages over 3 s, which suits a hand: its pushes last long
  and follow no rhythm, so a longer mean holds less of them. Heads Up averages over 1.5 s, and over less in the first
  40 s. In running the accelerations repeat with every stride and cancel within one; what remains is the gyroscope's
  own error times the averaging time, and there the shorter mean wins on the average, most of all while the
  bias is still being learned; in some runs the longer one is ahead. Who moves a sensor by hand should use plain VQF.
- **Best (offlineVQF)** looks at the future as well and keeps the long mean; it is for review, never for cues.
- **Madgwick and Fusion turn every acceleration into a direction before they average.** A stride's mean *force* is
  gravity, its mean *direction* is not: in flight there is almost no force, and its direction counts in full. So
  running is their worst case. Both are good filters for slower things. They run as published, not tuned by us.
  Madgwick's cannot learn a gyroscope bias, so one row is given it: from the rest before the movement (BROAD), or the
  true one (running). Fusion learns it by itself, but only while the sensor lies still.
- Fewer trials than BROAD has: a group with one trial says how that trial went, no more.
"""


def wins(rows: Mapping[str, Mapping[str, Sequence[float]]], name: str, other: str) -> str:
    """In how many trials of each column a filter beats another, in words."""
    pairs = {c: list(zip(rows[name][c], rows[other][c], strict=True)) for c in rows[name]}
    return " and ".join(f"{sum(a < b for a, b in p)} of {len(p)} runs {column}" for column, p in pairs.items())


def page(broad: Sequence[Trial], running: Sequence[Trial], say: Callable[[str], None]) -> str:
    """The whole report as Markdown."""
    missing, in_runs = absent(), measured(running, say)
    return PAGE.format(
        count=len(broad),
        names=", ".join(t.name for t in broad),
        broad=table(measured(broad, say), overall=True),
        runs=" and ".join(RUNS),
        seeds=len(RUN_SEEDS),
        bias=BIAS_DPS,
        scale=100 * SCALE,
        g=G_SENSITIVITY_DPS,
        running=table(in_runs),
        better=wins(in_runs, "Heads Up, live", "plain VQF"),
        absent=f"\n{missing}\n" if missing else "",
    )


def main() -> int:
    """Compare on everything that is here, print it and write BROAD.md; 2 where the data is absent."""
    paths = trial_paths()
    if not paths:
        print("The BROAD trials are not on this machine: nothing to compare.", file=sys.stderr)
        return 2
    if missing := absent():
        print(missing, file=sys.stderr)
    text = page(
        [broad_trial(path) for path in paths],
        [running_trial(name, seed) for name in RUNS for seed in RUN_SEEDS],
        lambda name: print(f"  {name} ...", file=sys.stderr, flush=True),
    )
    print(text)
    RESULTS.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
