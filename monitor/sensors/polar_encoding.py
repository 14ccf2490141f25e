"""Writes frames of Polar's measurement data as the sensor would: what `polar_frames` reads."""

from __future__ import annotations

from typing import Final

import numpy as np

from monitor.sensors.polar_frames import AXES, FORMS, MOST_BITS, Measurement
from monitor.values import FloatArray, IntArray

BLOCK_SAMPLES: Final = 10
"""Differences written with equally many bits."""


def encode_frame(measurement: Measurement, form: int, stamp_ns: int, si: FloatArray, factor: float = 1.0) -> bytes:
    """One frame of n >= 1 samples `si` (n, 3) in m/s² or rad/s, the last measured at `stamp_ns`.

    Whole numbers are rounded and saturate like a sensor's; `factor` is that of the sensor. Raises KeyError for a form
    that the measurement does not have, ValueError for no samples.
    """
    shape = FORMS[measurement, form]
    si = np.asarray(si, np.float64).reshape(-1, AXES)
    if not len(si):
        raise ValueError("a frame holds one sample or more")
    values = si / (shape.per_count * (factor if shape.scaled else 1.0))
    end = 1 << (8 * shape.size - 1)
    if shape.real:
        counts = values.astype(np.float32).view(np.int32).astype(np.int64)
    else:
        counts = np.clip(np.rint(values), -end, end - 1).astype(np.int64)
    head = bytes((measurement,)) + stamp_ns.to_bytes(8, "little") + bytes((form,))
    if not shape.packed:
        return head + _packed(counts, 8 * shape.size)
    parts = [head, _packed(counts[:1], 8 * shape.size)]
    deltas = np.diff(counts, axis=0).astype(np.int32).astype(np.int64)  # they wrap as their sums do
    for first in range(0, len(deltas), BLOCK_SAMPLES):
        block = deltas[first : first + BLOCK_SAMPLES]
        bits = _bits(block)
        parts.append(bytes((bits, len(block))) + _packed(block, bits))
    return b"".join(parts)


def _bits(deltas: IntArray) -> int:
    """Bits that hold each of these signed numbers (n, 3), at least 1."""
    largest = int(np.max(np.where(deltas < 0, ~deltas, deltas)))
    return min(MOST_BITS, largest.bit_length() + 1)


def _packed(counts: IntArray, bits: int) -> bytes:
    """Signed numbers (n, 3) with so many bits each, end to end, the lowest bit first."""
    each = (counts.reshape(-1, 1) >> np.arange(bits)) & 1
    return np.packbits(each.astype(np.uint8), bitorder="little").tobytes()
