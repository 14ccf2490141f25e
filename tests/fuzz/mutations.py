"""Changes that hostile and damaged files are made of: flipped bits, cuts, splices, repeats, and fields that lie."""

from __future__ import annotations

import random
from collections.abc import Sequence

LIES = (
    b"\xff", b"\x00", b"\x7f", b"\x80", b"\xff\xff", b"\xff\x7f", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f",
    b"\x00\x00\x00\x80", b"\xff" * 8, b"\xff" * 7 + b"\x7f", b"\x00\x00\xc0\x7f", b"\x00\x00\x80\x7f",
    b"\x01\x00\x80\x7f",
)  # fmt: skip
"""What a length, a count or a float may claim: the ends of their ranges, NaN, infinity, a signalling NaN."""


def changed(seed: bytes, others: Sequence[bytes], words: Sequence[bytes], dice: random.Random) -> bytes:
    """The seed after one to six changes."""
    data = bytearray(seed)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(data) + 1)
        length = min(1 << dice.randrange(9), dice.randint(1, 300))
        kind = dice.randrange(7)
        if kind == 0 and data:
            data[at % len(data)] ^= 1 << dice.randrange(8)
        elif kind == 1:
            lie = dice.choice(LIES)
            data[at : at + len(lie)] = lie
        elif kind == 2:
            del data[at : at + length]
        elif kind == 3:
            other = dice.choice(others)
            begin = dice.randrange(len(other) + 1)
            data[at:at] = other[begin : begin + length]
        elif kind == 4:
            data[at:at] = bytes(data[at : at + 40]) * dice.randint(1, 8)
        elif kind == 5 and words:
            data[at:at] = dice.choice(words)
        else:
            data[at : at + 4] = dice.randbytes(4)
    return bytes(data)
