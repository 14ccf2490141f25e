"""The SIMULATED wearer's two sensors before they are clipped on: lying there, and now and then one of them shaken."""

from __future__ import annotations

import numpy as np

from monitor.simulator.motion import ArrayFeed
from monitor.simulator.peripheral import VirtualSensor
from monitor.simulator.wearer import COLLAR_NAME, COLLAR_RATE_HZ, HEAD_NAME, HEAD_RATE_HZ
from monitor.simulator.world import SimulatedRadio
from monitor.values import STANDARD_GRAVITY, FloatArray

ROUND_S = 18.0
HEAD_SHAKEN_S, COLLAR_SHAKEN_S = (2.0, 8.0), (11.0, 17.0)
"""When in each round."""
SHAKE_HZ, SHAKE_M_S2 = 3.0, 14.0
NOISE_M_S2, NOISE_RAD_S = 0.03, 0.003


def handled(
    rate_hz: float, shaken_s: tuple[float, float] | None, seed: int, seconds: float = ROUND_S
) -> tuple[FloatArray, FloatArray]:
    """acc (n,3) m/s² and gyr (n,3) rad/s of a sensor that lies flat, and is shaken by hand for a while."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    acc = rng.normal(0.0, NOISE_M_S2, (len(t), 3)) + np.array([0.0, 0.0, STANDARD_GRAVITY])
    gyr = rng.normal(0.0, NOISE_RAD_S, (len(t), 3))
    if shaken_s is not None:
        inside = (t >= shaken_s[0]) & (t < shaken_s[1])
        swing = np.sin(2 * np.pi * SHAKE_HZ * t[inside])
        acc[inside] += SHAKE_M_S2 * swing[:, None] * np.array([0.6, 0.3, 0.7])
        gyr[inside] += 3.0 * np.cos(2 * np.pi * SHAKE_HZ * t[inside])[:, None] * np.array([0.2, 0.9, 0.1])
    return acc, gyr


def handled_radio() -> SimulatedRadio:
    """A virtual radio with the sensors that `monitor.simulator.wearer.calibration_radio` then wears."""
    head = handled(HEAD_RATE_HZ, HEAD_SHAKEN_S, 31)
    collar = handled(COLLAR_RATE_HZ, COLLAR_SHAKEN_S, 32)
    return SimulatedRadio(
        [
            VirtualSensor("head", "openearable2", ArrayFeed(*head, HEAD_RATE_HZ, loop=True), name=HEAD_NAME),
            VirtualSensor("collar", "witmotion", ArrayFeed(*collar, COLLAR_RATE_HZ, loop=True), name=COLLAR_NAME),
        ]
    )
