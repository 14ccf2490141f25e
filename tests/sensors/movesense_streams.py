"""Blocks as a Movesense sensor sends them, every sample different, for the tests of its decoder."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from sensor_streams import block

from monitor.sensors import gsp
from monitor.sensors.base import Decoded
from monitor.sensors.gsp import Quantity, Subscription
from monitor.sensors.movesense_decoder import MovesenseDecoder, configuration
from monitor.values import FloatArray

DPS = math.radians(1)
IMU52, IMU104 = Subscription(99, "IMU6", 52), Subscription(99, "IMU6", 104)
ACC52, GYR52 = Subscription(98, "Acc", 52), Subscription(97, "Gyro", 52)
TOGETHER, FAST, APART = configuration([IMU52]), configuration([IMU104]), configuration([ACC52, GYR52])
SPAN = 1000 << 32
WHOLE = 512


def motion(first: int, n: int) -> tuple[FloatArray, FloatArray]:
    """acc m/s² and gyro dps of samples first ... first + n - 1, every one different."""
    k = np.arange(first, first + n, dtype=float)
    return np.stack((k / 64, 9.8125 - k / 128, -k / 32), axis=1), np.stack((k / 8, -k / 4, 1 + k / 2), axis=1)


def sent(about: Subscription, index: int, t_ms: int, size: int = WHOLE, n: int = 0) -> list[bytes]:
    """The notifications of block number `index`, with its usual number of samples or n."""
    n = n or about.usual_samples
    acc, gyr = motion(index * n, n)
    arrays = {Quantity.ACC: acc, Quantity.GYR: gyr, Quantity.MAG: np.ones((n, 3))}
    body = gsp.encode_block(t_ms, [arrays[quantity] for quantity in about.quantities])
    return list(gsp.in_notifications(about.reference, body, size))


def run(about: Subscription, blocks: int, size: int = WHOLE, first_ms: int = 1000) -> list[bytes]:
    """Block after block, 13 a second."""
    return [part for i in range(blocks) for part in sent(about, i, first_ms + int(i * 1000 / 13), size)]


def decode(payloads: Sequence[bytes], config: bytes = TOGETHER) -> Decoded:
    return MovesenseDecoder(config).push(block(payloads))


def assert_is_motion(decoded: Decoded, numbers: Sequence[int]) -> None:
    acc, gyr = (np.concatenate(parts) for parts in zip(*(motion(k, 1) for k in numbers), strict=True))
    np.testing.assert_array_equal(decoded.samples.acc, acc)
    np.testing.assert_allclose(decoded.samples.gyr, gyr * DPS, rtol=1e-12)


def ticks(decoded: Decoded) -> list[int]:
    assert decoded.samples.tick is not None
    return decoded.samples.tick.tolist()
