"""The recording form of an imported IMU table: rows of seven numbers, with the table's own time as device clock.

A payload is rows of little-endian `<q6d`: time (ns), acceleration xyz (m/s²), angular rate xyz (rad/s; NaN in the
family `table-acc`, for tables without). There is no radio behind these families.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from monitor.errors import DecodeError, SensorSetupError
from monitor.sensors.base import Decoded, Decoder, DeviceClock, Recipe, SensorFamily
from monitor.sensors.bounds import MAX_ACC, MAX_GYR
from monitor.values import FloatArray, IntArray, PacketBlock, SampleBlock

ROW: Final = np.dtype([("t_ns", "<i8"), ("acc", "<f8", 3), ("gyr", "<f8", 3)])
MAX_T_NS: Final = 1 << 62
"""146 years: sums and differences of such times still fit 64 bits."""


class TableDecoder:
    """`monitor.sensors.base.Decoder` of table rows. A payload holds whole rows: nothing is held between calls.

    With `gyro_required` a row whose angular rate is absent is refused: better a gap than a NaN in a filter.
    """

    def __init__(self, *, gyro_required: bool = False) -> None:
        self._gyro_required = gyro_required

    def reset(self) -> None:
        """Nothing to forget."""

    def push(self, packets: PacketBlock) -> Decoded:
        """The rows of these payloads; one error for each payload with a cut row, and one for its first bad row."""
        lengths = np.diff(packets.ends, prepend=0)
        counts, cut = np.divmod(lengths, ROW.itemsize)
        data = packets.data
        if cut.any():
            data = b"".join(payload[: len(payload) - len(payload) % ROW.itemsize] for payload in packets.payloads())
        rows = np.frombuffer(data, ROW, int(counts.sum()))
        source = np.repeat(np.arange(len(counts)), counts)
        good = _measurable(rows, self._gyro_required)

        refused = [(i, int(counts[i]) * ROW.itemsize, True) for i in np.flatnonzero(cut).tolist()]
        if not good.all():
            first_row = np.cumsum(counts) - counts
            payloads, bad = np.unique(source[~good], return_index=True)
            offsets = (np.flatnonzero(~good)[bad] - first_row[payloads]) * ROW.itemsize
            refused += [(i, at, False) for i, at in zip(payloads.tolist(), offsets.tolist(), strict=True)]
            rows, source = rows[good], source[good]
        errors = tuple(
            DecodeError(at, f"a row of {ROW.itemsize} bytes", f"{cut[i]} bytes")
            if is_cut
            else DecodeError(at, "a row an IMU can measure", "other numbers")
            for i, at, is_cut in sorted(refused)
        )
        t_ns = rows["t_ns"].astype(np.int64)
        clipped = np.zeros(len(rows), np.bool_)  # a table does not tell its sensor's full scale
        acc, gyr = rows["acc"].astype(np.float64), rows["gyr"].astype(np.float64)
        samples = SampleBlock(packets.t_ns[source], t_ns, acc, gyr, clipped)
        return Decoded(samples, errors)


def _measurable(rows: NDArray[np.void], gyro_required: bool) -> NDArray[np.bool_]:
    """Rows with a plausible time and acceleration, and a plausible angular rate or, where allowed, none at all."""
    turning = _within(rows["gyr"], MAX_GYR)
    if not gyro_required and not turning.all():
        turning |= np.isnan(rows["gyr"]).all(axis=1)
    good: NDArray[np.bool_] = turning & _within(rows["acc"], MAX_ACC)
    return good & (rows["t_ns"] > -MAX_T_NS) & (rows["t_ns"] < MAX_T_NS)


def _within(si: FloatArray, limit: float) -> NDArray[np.bool_]:
    """Rows (n,) of three numbers that are real and within ±`limit`."""
    within = np.abs(si) <= limit
    # Nearly always all are: one flat pass is several times as fast as one per row.
    return np.ones(len(si), np.bool_) if within.all() else np.asarray(within.all(axis=1))


def encode_rows(t_ns: IntArray, acc: FloatArray, gyr: FloatArray | None = None) -> bytes:
    """Rows end to end from `t_ns` (n,), `acc` (n,3) m/s² and `gyr` (n,3) rad/s or None where the table has none.

    Any whole number of rows, `ROW.itemsize` bytes each, may be one payload.
    """
    rows = np.empty(len(t_ns), ROW)
    rows["t_ns"], rows["acc"] = t_ns, acc
    rows["gyr"] = np.nan if gyr is None else gyr
    return rows.tobytes()


def start(rate_hz: float) -> Recipe:
    """Always raises SensorSetupError: a table is imported, not connected."""
    del rate_hz
    yield from ()
    raise SensorSetupError("imported table", "connecting", "a table has no radio; use 'headsup import'")


def stop() -> Recipe:
    """Always raises SensorSetupError, like `start`."""
    return start(0.0)


def decoder(config: bytes) -> Decoder:
    """A fresh decoder of the family `table`; `config` is empty for tables."""
    del config
    return TableDecoder(gyro_required=True)


def accelerometer_decoder(config: bytes) -> Decoder:
    """A fresh decoder of the family `table-acc`; `config` is empty for tables."""
    del config
    return TableDecoder()


FAMILY: Final = SensorFamily(
    key="table",
    label="Imported IMU table",
    name_prefixes=(),
    service="",
    data="",
    clock=DeviceClock(tick_ns=1, wrap_bits=0),
    has_gyro=True,
    rates_hz=(),
    default_rate_hz=100.0,
    acc_full_scale=math.inf,
    gyr_full_scale=math.inf,
    notification_interval_s=1.0,
    min_mtu=0,
    sites=("wherever the table was recorded",),
    checked_against="our own format",
    cannot=(
        "it is a file: it cannot be connected to",
        "it does not tell the sensor's full scale: clipping is not seen",
    ),
    start=start,
    stop=stop,
    decoder=decoder,
    exact_clock=True,
)

ACCELEROMETER_FAMILY: Final = replace(
    FAMILY,
    key="table-acc",
    label="Imported accelerometer table",
    has_gyro=False,
    gyr_full_scale=0.0,
    decoder=accelerometer_decoder,
)
"""A table without angular rates."""
