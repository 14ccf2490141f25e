"""What may happen to notifications between a sensor's encoder and its radio: a buggy firmware, a confused host stack.

Each is a function from one payload to those that are sent in its place, oldest first; put it into
`VirtualPeripheral.tamper`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeAlias

Tamper: TypeAlias = Callable[[bytes], Sequence[bytes]]


def untouched(payload: bytes) -> Sequence[bytes]:
    """As it is."""
    return (payload,)


def nonsense(payload: bytes) -> Sequence[bytes]:
    """As long, but nothing that any family sends."""
    return (b"?" * len(payload),)


class Repeating:
    """A fraction of all notifications is sent twice."""

    def __init__(self, fraction: float, seed: int = 1) -> None:
        self._fraction = fraction
        self._random = random.Random(seed)

    def __call__(self, payload: bytes) -> Sequence[bytes]:
        return (payload, payload) if self._random.random() < self._fraction else (payload,)


class Swapping:
    """A fraction of all notifications is overtaken by the one behind it."""

    def __init__(self, fraction: float, seed: int = 1) -> None:
        self._fraction = fraction
        self._random = random.Random(seed)
        self._held: bytes | None = None

    def __call__(self, payload: bytes) -> Sequence[bytes]:
        held, self._held = self._held, None
        if held is not None:
            return payload, held
        if self._random.random() < self._fraction:
            self._held = payload
            return ()
        return (payload,)


class Garbling:
    """Before a fraction of all notifications comes one that is none: too long, empty, noise, or (`cut`) cut short."""

    def __init__(self, fraction: float, seed: int = 1, *, cut: bool = True) -> None:
        self._fraction = fraction
        self._cut = cut
        self._random = random.Random(seed)

    def __call__(self, payload: bytes) -> Sequence[bytes]:
        if self._random.random() >= self._fraction:
            return (payload,)
        noise = self._random.randbytes
        wrong = [payload + noise(7), b"", noise(len(payload)), noise(1)]
        if self._cut:
            wrong.append(payload[: len(payload) // 2])
        return self._random.choice(wrong), payload
