"""`python -m tests.evaluation [--quick] [--workers N] [--out FILE]`: the yardstick's report, as Markdown."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from monitor.errors import CalibrationError
from monitor.values import Mode
from tests.evaluation import plan, tables, targets
from tests.evaluation.cases import Case
from tests.evaluation.judge import Judged, judge
from tests.evaluation.scenarios import Row, mixed_hour, run_scenario, steep_hill
from tests.evaluation.seeds import REPORT
from tests.evaluation.stitched import present

RESULTS = Path(__file__).with_name("RESULTS.md")


def main(arguments: list[str] | None = None) -> int:
    """Run everything, print the report, write it; 0 whatever the figures are: a report, not a gate."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about a minute: a few runs of each kind, nothing written")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out", type=Path, default=None, help=f"where to write (default: {RESULTS.name} beside this)")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    real = present()
    cases = plan.report(real=real, quick=options.quick)
    with ProcessPoolExecutor(max(1, options.workers)) as pool:
        jobs = [pool.submit(_judged, case) for case in cases]
        scenario_jobs = [pool.submit(job) for job in _scenario_jobs(options.quick)]
        judged: list[Judged] = []
        refused: list[str] = []
        for number, job in enumerate(jobs, 1):
            found = job.result()
            if isinstance(found, str):
                refused.append(found)
            else:
                judged.append(found)
            print(f"\r{number} of {len(jobs)} runs", end="", file=sys.stderr, flush=True)
        scenarios = [job.result() for job in scenario_jobs]
    print(file=sys.stderr)
    text = report(judged, refused, scenarios, quick=options.quick, real=real, took_s=time.monotonic() - started)
    print(text)
    out = options.out or (None if options.quick else RESULTS)
    if out:
        out.write_text(text + "\n", encoding="utf-8")
    return 0


def _judged(case: Case) -> Judged | str:
    """The judged run, or one sentence on why its calibration was refused."""
    try:
        return judge(case, with_peers=case.row in (*plan.NO_LOSS, *plan.QUIET))
    except CalibrationError as error:
        return f"{case.row}, seed {case.seed}: {error}"


def _scenario_jobs(quick: bool) -> list[Callable[[], Row]]:
    variants = [(Mode.ROAD, 1.0), (Mode.TRAIL, 1.0), (Mode.ROAD, 0.25), (Mode.TRAIL, 0.25)]
    jobs: list[Callable[[], Row]] = [partial(run_scenario, name, *v) for v in variants for name in "ABCDEFGH"]
    jobs.append(steep_hill)
    return jobs + [partial(mixed_hour, bounce) for bounce in ([1.0] if quick else [1.0, 0.5, 0.25])]


def report(
    judged: list[Judged], refused: list[str], scenarios: list[Row], *, quick: bool, real: bool, took_s: float
) -> str:
    """The whole report."""
    hours = sum(j.case.minutes for j in judged) / 60
    command = "python -m tests.evaluation" + (" --quick" if quick else "")
    parts = [
        "# How good it is: SIMULATED runs with truth",
        f"`{command}`, {datetime.now(UTC):%Y-%m-%d}: {len(judged)} runs, {hours:.0f} h of SIMULATED running "
        f"(seeds from {REPORT.start}), {took_s / 60:.1f} min.",
        'Every figure here is simulated: the gait is a model, or ("real motion") motion capture of runners turned '
        "into an IMU; noise, biases, mountings and the link are models. No human wore a sensor. Calibration poses go "
        "through the product's own capture and fits. Peers are re-implemented rules, not the products.",
        *([] if real else ["The motion recordings are not on this machine: rows of real motion are missing."]),
        f"Calibrations refused by the product: {len(refused)} of {len(judged) + len(refused)}."
        + "".join(f"\n- {line}" for line in refused),
        "## Targets",
        targets.as_table(targets.targets(judged, scenarios)),
        "## Head-down events",
        "Truth: the centred one-stride mean of the true pitch past 20 deg (until below 15) for 6 s, leaking like the "
        "settings say. A match lies between 1 s before onset + dwell and 1 s after the end. Don't care: depth within "
        "3 deg of the limit, or length within 1 s of the dwell. Many events sit on the threshold on purpose.",
        tables.events_table(judged),
        "## Nothing to tell",
        "Glances, turned and tilted heads, drinking, hills that take the head along by 10 deg, stops with bends, "
        "walking.",
        tables.quiet_table(judged),
        "## Sustained head pitch",
        "1 s means of eligible time, relative to the neutral stretch (30-50 s).",
        tables.pitch_table(judged),
        "## Holes of the link",
        tables.gaps_table(judged),
        "## A sensor that slips",
        tables.slip_table(judged),
        "## Shoulders",
        tables.shoulders_table(judged),
        "## Beside the peers' rules",
        "The same runs (no loss). A peer has its own dwell, so for peers an alert at any moment of an event is a hit, "
        "and nothing within the don't-care band is held against it.",
        tables.peers_table(judged),
        "## Scenarios A-H and the mixed hour",
        tables.scenarios_table(scenarios),
    ]
    return "\n\n".join(parts)


if __name__ == "__main__":
    sys.exit(main())
