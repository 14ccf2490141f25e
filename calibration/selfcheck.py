"""Is the sensor itself sound? Judged on a few seconds of rest: the size of gravity, the gyroscope's offset and noise,
clipped samples, the rate. Each doubt is a finding in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibration.finding import Finding
from monitor.values import STANDARD_GRAVITY, BoolArray, FloatArray

GRAVITY_PART = 0.03
"""Gravity may read wrong by 3 %: 30 mg of offset turns the neutral by 2 deg, most of which calibration cancels."""
BROKEN_PART = 0.2
"""Beyond this the scale is wrong, not the offset."""
GYRO_BIAS_DPS = 6.0
"""The filter learns offsets up to this."""
GYRO_NOISE_DPS = (1e-4, 3.0)
"""Standard deviation at rest: below, it is not measuring; above, it shakes or is broken. Quiet standing is ~1."""
ACC_NOISE_M_S2 = (1e-5, 0.5)
CLIPPED_PART = 0.001
RATE_PART = 0.1
SHORTEST_S = 1.0


@dataclass(frozen=True, slots=True)
class Rest:
    """What a sensor sent while it rested.

    acc (n,3) m/s²; gyr (n,3) rad/s, NaN without a gyroscope; clipped (n,) bool; only samples that were received.
    rate_hz : measured; nominal_hz : asked for
    """

    acc: FloatArray
    gyr: FloatArray
    clipped: BoolArray
    rate_hz: float
    nominal_hz: float


def check_rest(sensor: str, rest: Rest) -> tuple[Finding, ...]:
    """Doubts about a sensor, worst first; empty = sound. A stretch too short to judge is a finding too."""
    n = len(rest.acc)
    if n < SHORTEST_S * rest.nominal_hz * 0.5 or n < 10:
        return (Finding(sensor, "short", f"The {sensor} sensor sent too little to be checked.", False),)
    findings = [*_gravity(sensor, rest.acc), *_gyro(sensor, rest.gyr)]
    clipped = float(rest.clipped.mean())
    if clipped > CLIPPED_PART:
        findings.append(
            Finding(
                sensor,
                "clipped",
                f"The {sensor} sensor reads its full scale in {100 * clipped:.1f} % of the samples even at rest.",
                clipped > 0.3,
            )
        )
    if abs(rest.rate_hz / rest.nominal_hz - 1.0) > RATE_PART:
        findings.append(
            Finding(
                sensor,
                "rate",
                f"The {sensor} sensor sends {rest.rate_hz:.0f} samples a second instead of {rest.nominal_hz:.0f}.",
                False,
            )
        )
    return tuple(sorted(findings, key=lambda f: not f.serious))


def _gravity(sensor: str, acc: FloatArray) -> list[Finding]:
    if not np.isfinite(acc).all():
        return [Finding(sensor, "gravity", f"The {sensor} sensor sent values that are no numbers.", True)]
    findings = []
    size = float(np.linalg.norm(acc.mean(axis=0)))
    wrong = size / STANDARD_GRAVITY - 1.0
    if abs(wrong) > GRAVITY_PART:
        findings.append(
            Finding(
                sensor,
                "gravity",
                f"The {sensor} sensor reads gravity as {size:.2f} m/s² ({100 * wrong:+.0f} %): its accelerometer "
                + ("does not measure rightly." if abs(wrong) > BROKEN_PART else "is a little off; calibrate it."),
                abs(wrong) > BROKEN_PART,
            )
        )
    noise = float(np.sqrt(acc.var(axis=0).mean()))
    if noise < ACC_NOISE_M_S2[0]:
        findings.append(Finding(sensor, "frozen", f"The {sensor} sensor sends the same values over and over.", True))
    elif noise > ACC_NOISE_M_S2[1]:
        findings.append(
            Finding(sensor, "shaking", f"The {sensor} sensor was shaken while it should have rested.", False)
        )
    return findings


def _gyro(sensor: str, gyr: FloatArray) -> list[Finding]:
    if np.isnan(gyr).all():
        return []
    findings = []
    degrees = np.degrees(gyr[np.isfinite(gyr).all(axis=1)])
    bias = float(np.abs(degrees.mean(axis=0)).max())
    if bias > GYRO_BIAS_DPS:
        findings.append(
            Finding(
                sensor,
                "gyro_bias",
                f"The {sensor} sensor's gyroscope turns by {bias:.1f} deg/s at rest, more than can be learned: "
                "lay it on a table for a minute, or calibrate it with the maker's app.",
                True,
            )
        )
    noise = float(np.sqrt(degrees.var(axis=0).mean()))
    if noise < GYRO_NOISE_DPS[0]:
        findings.append(Finding(sensor, "gyro_frozen", f"The {sensor} sensor's gyroscope sends one value only.", True))
    elif noise > GYRO_NOISE_DPS[1]:
        findings.append(
            Finding(
                sensor, "gyro_noise", f"The {sensor} sensor's gyroscope was not at rest ({noise:.1f} deg/s).", False
            )
        )
    return findings
