"""Notifications for the decoder tests: blocks from payloads, regrouping, comparison bit for bit, running recipes."""

from collections.abc import Iterator, Sequence

import numpy as np

from monitor.sensors.base import Decoded, Decoder, Read, Recipe, Request, Step, StreamSetup
from monitor.values import PacketBlock


def block(payloads: Sequence[bytes]) -> PacketBlock:
    """Notifications that arrive 1000 ns apart, the first at 1000 ns."""
    return PacketBlock(
        "head",
        1000 * np.arange(1, len(payloads) + 1, dtype=np.int64),
        np.cumsum([len(p) for p in payloads], dtype=np.int64),
        b"".join(payloads),
    )


def grouped(payloads: Sequence[bytes], size: int) -> Iterator[PacketBlock]:
    """The same notifications in blocks of `size`."""
    whole = block(payloads)
    for first in range(0, len(payloads), size):
        last = min(first + size, len(payloads))
        begin = int(whole.ends[first - 1]) if first else 0
        end = int(whole.ends[last - 1])
        yield PacketBlock("head", whole.t_ns[first:last], whole.ends[first:last] - begin, whole.data[begin:end])


def everything(parts: Sequence[Decoded]) -> tuple[bytes, ...]:
    """All a decoder gave, as bytes, to compare bit for bit."""
    errors = repr([(e.offset, e.expected, e.got) for part in parts for e in part.errors]).encode()
    fields = ["arrival_ns", "acc", "gyr", "clipped"] + ["tick"] * (parts[0].samples.tick is not None)
    return (*(np.concatenate([getattr(part.samples, name) for part in parts]).tobytes() for name in fields), errors)


def in_blocks(decoder: Decoder, payloads: Sequence[bytes], size: int) -> tuple[bytes, ...]:
    """All a decoder gives for the payloads, pushed in blocks of `size`."""
    return everything([decoder.push(part) for part in grouped(payloads, size)])


def answered(recipe: Recipe, *answers: bytes) -> tuple[list[Step], StreamSetup]:
    """Runs a recipe, answering its Reads and Requests in turn; gives its steps and its result."""
    left = list(answers)
    steps: list[Step] = []
    answer: bytes | None = None
    while True:
        try:
            step = next(recipe) if answer is None else recipe.send(answer)
        except StopIteration as finished:
            return steps, finished.value
        steps.append(step)
        answer = left.pop(0) if isinstance(step, (Read, Request)) else b""
