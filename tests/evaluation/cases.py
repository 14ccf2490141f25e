"""One SIMULATED run of the yardstick: how it is asked for, and how it is made."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from monitor.settings import Settings
from monitor.values import Mode, PacketBlock
from tests.evaluation import outings
from tests.evaluation.calibrated import mistaken, profile_of
from tests.evaluation.labelled import TRUTH_HZ, Floats, LabelledRun, Samples, Truth
from tests.evaluation.motion import Motion, move, site_of
from tests.evaluation.outings import Outing
from tests.evaluation.stitched import REAL_SITES
from tests.evaluation.wearing import Wearing, arrive, measure, sensor_info

SETTLED_S = 8.0
"""After a start or a hole the link is not good for this long: estimate and rhythm settle."""


@dataclass(frozen=True, slots=True)
class Case:
    """A row's run. `source`: 'treadmill', 'trail', 'collar', 'collar trail' (gait model) or a site of the real motion.

    `outing`: 'events', 'quiet' (glances, turned heads, drinks), 'hills', 'stops', 'gaps', 'slip' or 'shrugs'.
    """

    row: str
    source: str
    outing: str
    seed: int
    minutes: float = 15.0
    mode: Mode = Mode.ROAD
    bounce: float = 1.0
    shrug_deg: float = 12.0
    neutral_off_deg: float = 0.0
    """How far the wearer's neutral was taken too low: what a hurried calibration does."""
    wearing: Wearing = field(default_factory=lambda: Wearing(0))

    @property
    def real_motion(self) -> bool:
        """Made from motion capture rather than from the gait model."""
        return self.source in REAL_SITES


def case(
    row: str,
    source: str,
    outing: str,
    seed: int,
    *,
    minutes: float = 15.0,
    mode: Mode = Mode.ROAD,
    bounce: float = 1.0,
    shrug_deg: float = 12.0,
    neutral_off_deg: float = 0.0,
    **wearing: float | str,
) -> Case:
    """A case whose sensor has the given properties; mounting and biases follow from its seed."""
    worn = replace(Wearing(seed), **wearing)  # type: ignore[arg-type]
    return Case(row, source, outing, seed, minutes, mode, bounce, shrug_deg, neutral_off_deg, worn)


def make(case: Case) -> LabelledRun:
    """The run and its truth; the same case gives the same bits."""
    trail = "trail" in case.source
    site = site_of(case.source)
    info = sensor_info(case.wearing, site)
    # Calibration waits for a good link, so only the run itself loses packets.
    calm = replace(case, wearing=replace(case.wearing, loss=0.0))
    posed = _worn(calm, outings.calibration(case.seed, trail=trail), noise_seed=1)
    profile = mistaken(profile_of(info, posed.packets), case.neutral_off_deg)
    neutral = _within(posed.motion.t_s, outings.POSES.neutral)
    outing = _outing(case, trail)
    run = _worn(case, outing, noise_seed=2)
    truth = _truth(run.motion, outing, neutral_deg=float(posed.motion.pitch_deg[neutral].mean()))
    return LabelledRun(case.row, info, (run.packets,), profile, run.samples, truth)


@dataclass(frozen=True, slots=True)
class _Worn:
    """A motion as the worn sensor measured it, and as it arrived."""

    motion: Motion
    samples: Samples
    packets: PacketBlock


def _worn(case: Case, outing: Outing, noise_seed: int) -> _Worn:
    motion = move(case.source, outing.scenario, case.wearing.true_rate_hz, bounce=case.bounce, shrug_deg=case.shrug_deg)
    samples = measure(motion, case.wearing, noise_seed)
    packets, received = arrive(samples, case.wearing, site_of(case.source), outing.outages, noise_seed)
    return _Worn(motion, replace(samples, received=received), packets)


def _outing(case: Case, trail: bool) -> Outing:
    rng = np.random.default_rng([case.seed, 21])
    if case.outing == "events":
        deeper = 1.6 if case.mode is Mode.TRAIL else 1.0
        return outings.with_events(rng, case.minutes, case.seed, trail=trail, deeper=deeper)
    if case.outing in ("quiet", "hills", "stops"):
        hills, stops = case.outing != "quiet", case.outing == "stops" and not case.real_motion
        return outings.negative(rng, case.minutes, case.seed, trail=trail, stops=stops, hills=hills)
    if case.outing == "gaps":
        return outings.with_gaps(rng, case.minutes, case.seed, trail=trail)
    if case.outing == "slip":
        return outings.with_slip(case.minutes, case.seed, trail=trail, site=site_of(case.source))
    if case.outing == "shrugs":
        return outings.with_shrugs(rng, case.minutes, case.seed, trail=trail)
    raise ValueError(f"no such outing: {case.outing}")


def _truth(motion: Motion, outing: Outing, neutral_deg: float) -> Truth:
    t_s = np.arange(0.0, motion.t_s[-1], 1 / TRUTH_HZ)
    at = np.clip(np.searchsorted(motion.t_s, t_s), 0, len(motion.t_s) - 1)
    running = motion.running[at]
    eligible = running & (t_s >= Settings().grace_s)
    starts = t_s[np.flatnonzero(np.diff(running.astype(int), prepend=0) > 0)]
    outages = np.array(outing.outages, float).reshape(-1, 2)
    for a, b in [*((s, s) for s in starts.tolist()), *outages.tolist()]:
        eligible &= (t_s < a) | (t_s >= b + SETTLED_S)
    return Truth(
        t_s=t_s,
        pitch_deg=motion.pitch_deg[at] - neutral_deg,
        shoulder=motion.shoulder[at],
        cadence_spm=motion.cadence_spm[at],
        running=running,
        eligible=eligible,
        neutral_s=outings.NEUTRAL_S,
        outages=outages,
    )


def _within(t_s: Floats, span: tuple[float, float]) -> np.ndarray:
    return (t_s >= span[0]) & (t_s < span[1])
