"""Whether a -wal holds more than SQLite reads of it: it stops at the first damaged frame, and says nothing.

Layout and check sums: SQLite file format, sections 4.1 and 4.2. A frame that a power cut tore is no damage: it belongs
to the last transaction, which was never complete. Damage is a broken frame with a whole later transaction behind it.
"""

from __future__ import annotations

import os
import struct
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from monitor.recording.format import PAGE_SIZE

HEADER_BYTES, FRAME_HEADER_BYTES = 32, 24
MAX_LOOKED_AT_BYTES = 64 << 20
"""Sixty times what a -wal grows to; of a larger one nothing is said."""
_LITTLE, _BIG = 0x377F0682, 0x377F0683
_FRAME_BYTES = FRAME_HEADER_BYTES + PAGE_SIZE
_MASK = 0xFFFFFFFF

Sums: TypeAlias = tuple[int, int]
"""The running check sum, which chains each frame to the one before."""
Words: TypeAlias = NDArray[np.uint32]


def hides_commits(wal: Path) -> bool:
    """Whether transactions that were complete lie behind a damaged place of a -wal. False where it cannot be read."""
    try:
        with wal.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if not HEADER_BYTES + _FRAME_BYTES <= size <= MAX_LOOKED_AT_BYTES:
                return False
            header = file.read(HEADER_BYTES)
            found = _hides(file, header, (size - HEADER_BYTES) // _FRAME_BYTES)
            file.seek(0)
            # A writer that begins the -wal anew while we look leaves its old frames behind new ones.
            return found and file.read(HEADER_BYTES) == header
    except OSError:
        return False


def _hides(file: BinaryIO, header: bytes, count: int) -> bool:
    magic, *_, salt1, salt2, sum1, sum2 = struct.unpack(">8I", header)
    words = ">u4" if magic == _BIG else "<u4"
    sums = check_sums(header[:24], (0, 0), words)
    if magic not in (_LITTLE, _BIG) or sums != (sum1, sum2):
        return _header_is_damaged(file, count)
    salts = (salt1, salt2)
    broken = complete = False
    before = sums
    for _ in range(count):
        frame = file.read(_FRAME_BYTES)
        if len(frame) < _FRAME_BYTES:
            break
        _, commit, *found_salts, sum1, sum2 = struct.unpack_from(">6I", frame)
        genuine = tuple(found_salts) == salts and _sums_of(frame, before, words) == (sum1, sum2)
        if complete and genuine:
            return True
        broken |= not genuine
        complete |= broken and tuple(found_salts) == salts and commit > 0
        before = (sum1, sum2)
    return False


def _header_is_damaged(file: BinaryIO, count: int) -> bool:
    """Whether this was a -wal: two frames that agree. Then nothing of it is read."""
    frames = [file.read(_FRAME_BYTES) for _ in range(min(count, 3))]
    for first, second in pairwise(frames):
        if len(second) < _FRAME_BYTES or first[8:16] != second[8:16]:
            continue
        chained = struct.unpack_from(">2I", first, 16)
        if any(_sums_of(second, chained, words) == struct.unpack_from(">2I", second, 16) for words in ("<u4", ">u4")):
            return True
    return False


def _sums_of(frame: bytes, before: Sums, words: str) -> Sums:
    """The check sum of a frame: over the first 8 bytes of its header and its page."""
    return check_sums(frame[:8] + frame[FRAME_HEADER_BYTES:], before, words)


def check_sums(data: bytes, before: Sums, words: str) -> Sums:
    """SQLite's check sum of data of a multiple of 8 bytes, continued from `before`; `words`: dtype of their words.

    Of each pair of words: s0 += x0 + s1, then s1 += x1 + s0. That is linear, so it is done for all pairs at once.
    """
    pairs = np.frombuffer(data, words).astype(np.uint32).reshape(-1, 2)
    odd, even = _fibonacci(len(pairs))
    first, both = pairs[:, 0], pairs[:, 0] + pairs[:, 1]
    down = slice(len(pairs) - 1, None, -1)  # the last pair counts once, those before it ever more
    s0 = int((odd[:-1][down] * first).sum(dtype=np.uint64)) + int((even[:-1][down] * both).sum(dtype=np.uint64))
    s1 = int((even[:-1][down] * first).sum(dtype=np.uint64)) + int((odd[1:][down] * both).sum(dtype=np.uint64))
    n = len(pairs)
    s0 += int(odd[n]) * before[0] + int(even[n]) * before[1]
    s1 += int(even[n]) * before[0] + (int(odd[n]) + int(even[n])) * before[1]
    return s0 & _MASK, s1 & _MASK


@lru_cache(maxsize=4)
def _fibonacci(n: int) -> tuple[Words, Words]:
    """F(2m-1) and F(2m) for m = 0..n, (n+1,) each, modulo 2^32: the entries of ((1, 1), (1, 2)) to the power m."""
    odd, even = np.empty(n + 1, np.uint32), np.empty(n + 1, np.uint32)
    a, b = 1, 0
    for m in range(n + 1):
        odd[m], even[m] = a, b
        a, b = (a + b) & _MASK, (a + 2 * b) & _MASK
    return odd, even
