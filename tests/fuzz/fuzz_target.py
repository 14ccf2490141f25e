"""What a fuzz target is: a parser, what it may raise, and how much time and memory an input may cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from monitor.errors import HeadsUpError
from tests.fuzz.weighing import weighing

LONGEST_SENTENCE = 2000


class BrokenPromiseError(AssertionError):
    """A parser did what it promised not to do; the text says what."""


def promise(kept: object, what: str) -> None:
    """Raise BrokenPromiseError unless `kept`. (An `assert` would lose its text where pytest does not rewrite it.)"""
    if not kept:
        raise BrokenPromiseError(what)


@dataclass(frozen=True, slots=True)
class Target:
    """One parser.

    name      'kind:which', e.g. 'decoder:witmotion'
    run       feeds it bytes and checks what comes out; raises BrokenPromiseError for what must never come
    seeds     inputs that make sense, so that changed ones get past the first check
    may_raise what a caller must expect; each is a sentence for a person
    longest   bytes of an input
    seconds   of processor time that no input may take
    memory, per_byte : Python memory that no input may take: `memory + per_byte * len(input)` bytes
    words     what such inputs are made of, for the changes
    disk      goes through a file: slower
    threads   a library's own threads take part, so that the memory of the whole process is weighed
    """

    name: str
    run: Callable[[bytes], object]
    seeds: Callable[[], Iterable[bytes]]
    may_raise: tuple[type[Exception], ...] = (HeadsUpError,)
    longest: int = 1024
    seconds: float = 0.25
    memory: int = 2 << 20
    per_byte: int = 1000
    words: tuple[bytes, ...] = ()
    disk: bool = False
    threads: bool = False

    def allowed(self, size: int) -> int:
        """Bytes of memory that an input of this size may take."""
        return self.memory + self.per_byte * size


@dataclass(frozen=True, slots=True)
class Cost:
    """What an input cost: processor seconds, and the peak of Python memory in bytes where that was measured."""

    seconds: float
    peak: int = 0


@dataclass(slots=True)
class Tally:
    """What many inputs cost at most, and with which input."""

    inputs: int = 0
    refused: int = 0
    slowest: Cost = field(default_factory=lambda: Cost(0.0))
    slowest_input: bytes = b""
    largest: Cost = field(default_factory=lambda: Cost(0.0))
    largest_input: bytes = b""


def try_input(target: Target, data: bytes) -> bool:
    """Run an input; whether it was refused with a sentence. Raises whatever a target must not raise."""
    try:
        target.run(data)
    except target.may_raise as error:
        if isinstance(error, HeadsUpError):
            check_sentence(str(error))
        return True
    return False


def check_sentence(text: str) -> None:
    """One line that a terminal may show: what a file holds must not move the cursor or recolour the screen."""
    promise(text.strip(), "a refusal without a word")
    promise(len(text) <= LONGEST_SENTENCE, f"a refusal of {len(text)} characters")
    strange = next((c for c in text if not c.isprintable()), "")
    promise(not strange, f"a refusal holds the unprintable {strange!r}: {text[:200]!r}")


def timed(target: Target, data: bytes) -> tuple[bool, Cost]:
    """Run an input by the processor's clock; refused or not, and its cost."""
    begin = time.process_time()
    refused = try_input(target, data)
    return refused, Cost(time.process_time() - begin)


def weighed(target: Target, data: bytes) -> Cost:
    """Run an input with its memory weighed: several times as slow where every allocation is counted."""
    begin = time.process_time()
    with weighing(threads=target.threads) as peak:
        try_input(target, data)
    return Cost(time.process_time() - begin, peak.size)


def check_cost(target: Target, data: bytes) -> Cost:
    """Run an input and hold it to the target's bounds. Raises BrokenPromiseError."""
    try_input(target, data)  # what a first run loads is not the input's
    peak = weighed(target, data).peak
    promise(peak <= target.allowed(len(data)), f"{len(data)} bytes took {peak / 1e6:.1f} MB")
    seconds = min(timed(target, data)[1].seconds for _ in range(2))
    promise(seconds <= target.seconds, f"{len(data)} bytes took {seconds:.2f} s")
    return Cost(seconds, peak)
