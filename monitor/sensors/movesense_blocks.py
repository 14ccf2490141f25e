"""Notifications of a Movesense sensor -> whole blocks of one subscription: parts joined, arrays taken apart.

A block may come in two notifications. A first part tells itself only by its size, so a notification that holds less
than a usual block waits for what comes next: its second part, or another block, which shows that it was whole - or
that its second part was lost. Every decision rests on the order of a subscription's notifications alone.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.sensors.bounds import MAX_ACC, MAX_GYR
from monitor.sensors.gsp import HEAD, MAX_BODY, STAMP, VECTOR, Quantity, Response, Subscription
from monitor.values import BoolArray, FloatArray, IntArray, PacketBlock

Refusal = tuple[int, tuple[int, str, str]]
"""Place of the notification that shows the damage, then offset, expected and got of a DecodeError."""

TO_SI: Final = {Quantity.ACC: (1.0, MAX_ACC), Quantity.GYR: (math.pi / 180, MAX_GYR), Quantity.MAG: (1e-6, 0.1)}
"""Factor to SI (m/s², rad/s, tesla) and what no such sensor can measure."""


class Notifications(NamedTuple):
    """Some notifications (n,): where they lie in `raw`, when they arrived, and what their heads say (-1: no head).

    is_data : a block or a part of one, not an answer
    """

    raw: NDArray[np.uint8]
    start: IntArray
    length: IntArray
    arrival_ns: IntArray
    response: IntArray
    reference: IntArray
    is_data: BoolArray

    @classmethod
    def of(cls, packets: PacketBlock, part: slice, held: list[tuple[bytes, int]]) -> Notifications:
        """Those of `part`, behind the `held` ones (bytes and arrival)."""
        starts = np.concatenate(([0], packets.ends))[:-1][part]
        ends = packets.ends[part]
        begin, stop = (int(starts[0]), int(ends[-1])) if len(ends) else (0, 0)
        before = b"".join(data for data, _ in held)
        lengths = np.array([len(data) for data, _ in held], np.int64)
        raw = np.frombuffer(before + packets.data[begin:stop], np.uint8)
        start = np.concatenate((np.cumsum(lengths) - lengths, starts - begin + len(before)))
        length = np.concatenate((lengths, ends - starts))
        arrival = np.concatenate((np.array([arrived for _, arrived in held], np.int64), packets.t_ns[part]))
        response, reference = np.full(len(start), -1, np.int64), np.full(len(start), -1, np.int64)
        headed = np.flatnonzero(length >= HEAD)
        response[headed], reference[headed] = raw[start[headed]], raw[start[headed] + 1]
        is_data = (response == Response.DATA) | (response == Response.DATA_PART2)
        return cls(raw, start, length, arrival, response, reference, is_data)

    def strangers(self, references: list[int]) -> list[Refusal]:
        """Those that are no part of the protocol, or of no subscription with one of these references."""
        ours = self.response == Response.ANSWER
        for reference in references:
            ours |= self.is_data & (self.reference == reference)
        of_ours = f"data of subscription {' or '.join(map(str, references))}"
        refused: list[Refusal] = []
        for i in np.flatnonzero(~ours).tolist():
            if self.length[i] < HEAD:
                damage = (int(self.length[i]), f"a head of {HEAD} bytes", f"{self.length[i]} bytes")
            elif self.is_data[i]:
                damage = (1, of_ours, f"{self.reference[i]}")
            else:
                damage = (0, "response 1, 2 or 3", f"{self.response[i]}")
            refused.append((i, damage))
        return refused


class Blocks(NamedTuple):
    """m blocks of one subscription, in order.

    packet (m,)  place of the notification that completed it, t_ms (m,) its stamp, samples (m,) how many it holds;
    values       of each quantity the vectors of all blocks end to end, SI
    """

    packet: IntArray
    t_ms: IntArray
    samples: IntArray
    values: dict[Quantity, FloatArray]


class BlockReader:
    """Reads the blocks of one subscription; keeps a first part, at most `MAX_BODY` bytes, until the next call."""

    def __init__(self, about: Subscription) -> None:
        self.about = about
        self.held: list[tuple[bytes, int]] = []

    def reset(self) -> None:
        """Forgets a first part."""
        self.held = []

    def blocks(self, of: Notifications, refused: list[Refusal]) -> Blocks:
        """The blocks that these notifications complete; fills `refused`."""
        mine = np.flatnonzero(of.is_data & (of.reference == self.about.reference))
        size = of.length[mine] - HEAD
        first = of.response[mine] == Response.DATA
        at_once = first & ((self._samples_in(size) >= self.about.usual_samples) | (size > MAX_BODY))
        waits = first & ~at_once
        self.held = []
        if len(mine) and waits[-1]:
            begin = int(of.start[mine[-1]])
            data = of.raw[begin : begin + int(of.length[mine[-1]])].tobytes()
            self.held = [(data, int(of.arrival_ns[mine[-1]]))]
            waits[-1] = False

        i = np.flatnonzero(at_once | waits)
        following = np.minimum(i + 1, len(mine) - 1)
        second = np.where(waits[i] & ~first[following], size[following], 0)
        samples = self._samples_in(size[i] + second)
        packet = mine[np.where(waits[i], following, i)]
        bad = np.flatnonzero(samples == 0)
        refused += [
            (int(at), self._wrong_size(int(one), int(two)))
            for at, one, two in zip(packet[bad], size[i[bad]], second[bad], strict=True)
        ]
        good = np.flatnonzero(samples)
        starts = of.start[mine[i[good]]], of.start[mine[following[good]]]
        return self._read(of.raw, packet[good], samples[good], starts, (size[i[good]], second[good]), refused)

    def _samples_in(self, size: IntArray) -> IntArray:
        """Samples in blocks of so many bytes (n,); 0 where no block has this size."""
        count, over = np.divmod(size - STAMP, VECTOR * len(self.about.quantities))
        return np.where((over == 0) & (count > 0) & (size <= MAX_BODY), count, 0)

    def _wrong_size(self, first: int, second: int) -> tuple[int, str, str]:
        if first > MAX_BODY or second:
            return HEAD + first, f"a block of {self.about.path}", f"{first + second} bytes"
        return HEAD + first, f"the rest of a block of {self.about.path}", "another block"

    def _read(
        self,
        raw: NDArray[np.uint8],
        packet: IntArray,
        samples: IntArray,
        starts: tuple[IntArray, IntArray],
        sizes: tuple[IntArray, IntArray],
        refused: list[Refusal],
    ) -> Blocks:
        """The blocks whose parts have their heads at `starts` and so many bytes behind them."""
        t_ms, real = np.empty(len(packet), np.int64), np.ones(len(packet), np.bool_)
        values = {quantity: np.empty((int(samples.sum()), 3)) for quantity in self.about.quantities}
        row = np.cumsum(samples) - samples
        forms = sizes[0] * (MAX_BODY + 1) + sizes[1]
        for form in sorted({*forms.tolist()}):
            which = np.flatnonzero(forms == form)
            one, two = divmod(form, MAX_BODY + 1)
            at = np.hstack(
                [s[which][:, np.newaxis] + HEAD + np.arange(n) for s, n in zip(starts, (one, two), strict=True)]
            )
            body = raw[at]
            t_ms[which] = np.ascontiguousarray(body[:, :STAMP]).view("<u4")[:, 0]
            n = int(samples[which[0]])
            arrays = np.ascontiguousarray(body[:, STAMP:]).view("<f4").reshape(len(which), -1, n, 3)
            to = (row[which][:, np.newaxis] + np.arange(n)).ravel()
            for place, quantity in enumerate(self.about.quantities):
                factor, limit = TO_SI[quantity]
                with np.errstate(all="ignore"):  # damaged floats may be signalling NaN or overflow
                    si = arrays[:, place].astype(np.float64) * factor
                    real[which] &= (np.abs(si) <= limit).all(axis=(1, 2))
                values[quantity][to] = si.reshape(-1, 3)
        if not real.all():
            refused += [(i, (HEAD + STAMP, "numbers an IMU can measure", "others")) for i in packet[~real].tolist()]
            of_real = np.repeat(real, samples)
            values = {quantity: each[of_real] for quantity, each in values.items()}
        return Blocks(packet[real], t_ms[real], samples[real], values)
