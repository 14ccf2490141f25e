"""Each sensor family of the registry: its decoder, the timing behind it, its set-up recipes, its battery answers.

A family that joins the registry is fuzzed without a word here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from monitor.errors import DecodeError, HeadsUpError, SensorSetupError
from monitor.sensors import scheme
from monitor.sensors.base import (
    Await,
    Decoded,
    NotificationSize,
    Pause,
    Read,
    Request,
    SensorFamily,
    StreamSetup,
    Write,
)
from monitor.sensors.bounds import MAX_ACC, MAX_GYR
from monitor.sensors.registry import families
from monitor.sensors.table import encode_rows
from monitor.timing.sensor_slots import SensorSlots
from monitor.values import GridBlock, PacketBlock, SensorInfo, Site
from tests.fuzz.fuzz_target import Target, promise
from tests.fuzz.shared_vectors import SEEDS, frames, frames_of
from tests.fuzz.taking import Taking, one_by_one, packet_block, pauses_ns, strung

MOST_STEPS = 300
"""No set-up needs more; a recipe that goes on asking for ever would hang the link."""
MOST_PAUSE_S = 30.0
LONGEST_WRITE = 512
LONGEST = 800
"""Bytes of a stream: three of the longest notifications."""
MOST_CONFIG = 1 << 16
MOST_NOTIFICATIONS = 8
"""In an input: enough for every count that wraps and every pair that comes apart, and quick."""
CONFIG_GIVEN, ONE_BY_ONE, AFTER_RESET, WHICH_CONFIG = 0x80, 0x40, 0x20, 0x1F
"""Of an input's first byte: what to feed and what to compare; not everything with every input, for speed."""
PER_BYTE = 9
"""Samples that a byte may become: three axes of one bit each make 2.7."""
_DIY = tuple(scheme.encode(s) for s in (scheme.DIY, scheme.DIY_I16))


def sensor_targets() -> Iterator[Target]:
    """Two targets for each family, one more for the set-up over a radio, one more for a battery that is read."""
    for family in families():
        seeds = partial(_streams, family.key)
        yield Target(f"decoder:{family.key}", partial(_decode, family), seeds, longest=LONGEST)
        yield Target(
            f"slots:{family.key}", partial(_slots, family), seeds, longest=LONGEST, seconds=0.5, memory=16 << 20
        )
        if not family.data:
            continue  # a table has no radio
        yield Target(f"recipe:{family.key}", partial(_set_up, family), partial(_answers, family.key))
        if family.read_battery is not None or family.battery_percent is not None:
            yield Target(f"battery:{family.key}", partial(_battery, family), partial(_answers, family.key))


# ------------------------------------------------------------------ seeds


@cache
def _configs(key: str) -> tuple[bytes, ...]:
    """Configurations that the family's decoder takes: from what its own recipe makes of known answers."""
    family = _family(key)
    told = _told(key)
    tried = [bytes.fromhex(told.get("config", "")), b"", *_DIY]
    for _, answer in frames():
        try:
            tried.append(_run(family.start(family.default_rate_hz), Taking(strung(answer) * 20)).config)
        except (HeadsUpError, AttributeError):
            continue
    good = []
    for config in dict.fromkeys(tried):
        try:
            family.decoder(config)
        except HeadsUpError:
            continue
        good.append(config)
    return tuple(good) or (b"",)


def _family(key: str) -> SensorFamily:
    return next(family for family in families() if family.key == key)


@cache
def _told(key: str) -> dict[str, Any]:
    """What the family's virtual sensor said; empty where nobody has listened to it yet."""
    found: dict[str, Any] = json.loads(SEEDS.read_text("utf-8")).get(key, {})
    return found


def _streams(key: str) -> list[bytes]:
    """Notifications of the family, alone and one behind the other."""
    family = _family(key)
    known = frames_of(family.data)
    rng = np.random.default_rng(1)
    rows = encode_rows(np.arange(3) * 10**7, rng.normal(0, 9, (3, 3)), rng.normal(0, 1, (3, 3)))
    said = [bytes.fromhex(text) for text in _told(key).get("notifications", ())]
    known = [*said, *known[:60], rows, b"", b"\0"]
    pause = b"\x30"
    alone = [bytes((ONE_BY_ONE | AFTER_RESET,)) + strung(pause + frame) for frame in known]
    together = [bytes((flag | i,)) + b"".join(strung(pause + frame) for frame in known[:6])
                for flag in (0, ONE_BY_ONE, AFTER_RESET) for i in range(3)]  # fmt: skip
    with_config = [b"\xff" + strung(config) + strung(pause + known[0]) for config in _configs(key)[:4]]
    return [seed for seed in [*alone, *together, *with_config] if len(seed) <= LONGEST]


def _answers(key: str) -> list[bytes]:
    """Answers of the sensor, the same again and again and in turn."""
    known = [*_DIY, *(data for _, data in frames() if len(data) < 200)][:80]
    said = [bytes.fromhex(text) for text in _told(key).get("answers", ())]
    whole = [b"\0" + strung(*said), b"\x01" + strung(*said, *said)]
    return whole + [b"\0" + strung(answer) * 3 for answer in known] + [b"\0", b"\x01" + strung(b"", b"\0")]


# ------------------------------------------------------------------ decoders


def _stream(family: SensorFamily, data: bytes) -> tuple[int, bytes, PacketBlock | None]:
    """What to compare, a configuration and notifications out of the fuzzer's bytes."""
    taking = Taking(data)
    choice = taking.u8()
    known = _configs(family.key)
    config = taking.string() if choice & CONFIG_GIVEN else known[(choice & WHICH_CONFIG) % len(known)]
    parts = taking.strings(MOST_NOTIFICATIONS)
    pauses = [pauses_ns(part[0]) if part else 1 for part in parts]
    return choice, config, packet_block([part[1:] for part in parts], pauses)


def _decode(family: SensorFamily, data: bytes) -> None:
    """Any bytes: finite, bounded samples; and however the notifications are grouped, the same."""
    choice, config, block = _stream(family, data)
    decoder = family.decoder(config)
    if block is None:
        return
    whole = decoder.push(block)
    check_decoded(family, block, whole)
    if choice & ONE_BY_ONE:
        other = family.decoder(config)
        singly = [other.push(part) for part in one_by_one(block)]
        promise(_as_bytes([whole]) == _as_bytes(singly), "one by one, the notifications give something else")
    if choice & AFTER_RESET:
        decoder.reset()
        check_decoded(family, block, decoder.push(block))


def check_decoded(family: SensorFamily, block: PacketBlock, decoded: Decoded) -> None:
    """What a decoder promises of its samples. Raises BrokenPromiseError."""
    samples = decoded.samples
    n = len(samples)
    promise(n <= PER_BYTE * (len(block.data) + 64), f"{n} samples from {len(block.data)} bytes")
    promise(samples.acc.shape == samples.gyr.shape == (n, 3), "arrays of other shapes")
    promise(samples.arrival_ns.shape == samples.clipped.shape == (n,), "arrays of other lengths")
    promise(samples.arrival_ns.dtype == np.int64 and samples.clipped.dtype == np.bool_, "arrays of other kinds")
    promise((family.clock is None) == (samples.tick is None), "a time stamp against the family's word")
    if samples.tick is not None:
        promise(samples.tick.shape == (n,) and samples.tick.dtype == np.int64, "time stamps of another kind")
    promise(bool((np.abs(samples.acc) <= MAX_ACC).all()), "an acceleration that no sensor can measure")
    if family.has_gyro:
        promise(bool((np.abs(samples.gyr) <= MAX_GYR).all()), "an angular rate that no sensor can measure")
    else:
        promise(not np.isinf(samples.gyr).any(), "an infinite angular rate")
    arrivals = set(samples.arrival_ns.tolist())
    promise(arrivals <= set(block.t_ns.tolist()), "an arrival that never was")
    promise(bool((np.diff(samples.arrival_ns) >= 0).all()), "arrivals out of order")
    promise(len(decoded.errors) <= len(block.t_ns) + len(block.data), f"{len(decoded.errors)} complaints")
    promise(all(isinstance(error, DecodeError) for error in decoded.errors), "a complaint of another kind")


def _as_bytes(parts: Sequence[Decoded]) -> tuple[object, ...]:
    blocks = [part.samples for part in parts]
    columns = [np.concatenate([getattr(b, name) for b in blocks]) for name in ("arrival_ns", "acc", "gyr", "clipped")]
    ticks = [b.tick for b in blocks if b.tick is not None]
    told = tuple((e.offset, e.expected) for part in parts for e in part.errors)
    return (*(c.tobytes() for c in columns), np.concatenate(ticks).tobytes() if ticks else b"", told)


# ------------------------------------------------------------------ the timing behind a decoder


def _slots(family: SensorFamily, data: bytes) -> None:
    """Wild time stamps and arrivals: slots in order, no more of them than the time that passed allows."""
    choice, config, block = _stream(family, data)
    info = SensorInfo("head", Site.HEAD, family.key, "x", "", family.default_rate_hz, config)
    slots = SensorSlots(info)
    if block is None:
        return
    whole = slots.push(block)
    _check_slots(slots, whole)
    if not choice & ONE_BY_ONE:
        return
    other = SensorSlots(info)
    singly = [made for part in one_by_one(block) for made in other.push(part)]
    promise(_grid(whole) == _grid(singly), "one by one, the notifications give other slots")


def _check_slots(slots: SensorSlots, blocks: Sequence[GridBlock]) -> None:
    last = -(1 << 62)
    for block in blocks:
        n = len(block)
        promise(n and math.isfinite(block.period_s) and 1e-5 < block.period_s < 10, "a senseless slot length")
        # Equal times are allowed: a clock that leaps back is held up until it has caught up.
        promise(int(block.t_ns[0]) >= last and bool((np.diff(block.t_ns) >= 0).all()), "slots out of order")
        last = int(block.t_ns[-1])
        promise(bool(np.isnan(block.acc[~block.real]).all()), "a missing slot has a value")
        promise(bool(np.isfinite(block.acc[block.real]).all()), "a real slot has no value")
    real, every = sum(int(b.real.sum()) for b in blocks), sum(len(b) for b in blocks)
    promise(every <= real * (round(60 * slots.info.rate_hz) + 2), f"{every} slots for {real} samples")


def _grid(blocks: Sequence[GridBlock]) -> tuple[object, ...]:
    names = ("t_ns", "arrival_ns", "acc", "gyr", "real", "clipped")
    return tuple(np.concatenate([getattr(b, name) for b in blocks]).tobytes() if blocks else b"" for name in names)


# ------------------------------------------------------------------ set-up and battery


def _run(recipe: object, answers: Taking) -> StreamSetup:
    """Drive a recipe with arbitrary answers, as the link does; the link gives up where no answer fits."""
    answer: bytes | None = None
    for _ in range(MOST_STEPS):
        try:
            step = next(recipe) if answer is None else recipe.send(answer)  # type: ignore[attr-defined, call-overload]
        except StopIteration as finished:
            return finished.value
        answer = b""
        if isinstance(step, (Write, Request)):
            promise(step.characteristic, "a write to nowhere")
            promise(len(step.data) <= LONGEST_WRITE, f"a write of {len(step.data)} bytes")
        if isinstance(step, Pause):
            promise(0 <= step.seconds <= MOST_PAUSE_S, f"a pause of {step.seconds} s")
        elif isinstance(step, Read):
            answer = answers.string()[:LONGEST_WRITE]
        elif isinstance(step, NotificationSize):
            answer = answers.string()[:2].ljust(2, b"\0")
        elif isinstance(step, (Request, Await)):
            answer = _answer(step, answers)
            if answer is None:
                recipe.close()  # type: ignore[attr-defined]
                raise SensorSetupError("the link", "waiting", "no answer came")
    raise AssertionError(f"a recipe of more than {MOST_STEPS} steps")


def _answer(step: Request | Await, answers: Taking) -> bytes | None:
    """The next notification that is an answer; None where none comes."""
    if step.is_answer is None:
        return answers.string()[:LONGEST_WRITE]
    while answers.left:
        answer = answers.string()[:LONGEST_WRITE]
        if step.is_answer(answer):
            return answer
    return None


def _set_up(family: SensorFamily, data: bytes) -> None:
    """Any answers: the recipe ends, with a decoder for what it found or a sentence; and so does the stop."""
    answers = Taking(data)
    rates = (family.default_rate_hz, *family.rates_hz, 0.5, 1e9, 33.3)
    rate = rates[answers.u8() % len(rates)]
    setup = _run(family.start(rate), answers)
    promise(isinstance(setup, StreamSetup), "a recipe that ends without a result")
    promise(len(setup.config) <= MOST_CONFIG, f"a configuration of {len(setup.config)} bytes")
    promise(math.isfinite(setup.rate_hz) and 0 < setup.rate_hz < 1e6, f"a rate of {setup.rate_hz}")
    block = packet_block([answers.take(answers.left)], [1])
    try:
        decoder = family.decoder(setup.config)
    except HeadsUpError as error:
        raise AssertionError(f"the decoder refuses what the recipe took: {error}") from error
    if block is not None:
        check_decoded(family, block, decoder.push(block))
    _run(family.stop(), Taking(data[1:]))  # asked the same once more, it says the same


def _battery(family: SensorFamily, data: bytes) -> None:
    """Any answer and any notification: 0 to 100 or nothing."""
    answers = Taking(data[1:])
    if family.read_battery is not None:
        _check_percent(_run(family.read_battery(), answers))
    if family.battery_percent is not None:
        for notification in (data, *Taking(data[1:]).strings()):
            _check_percent(family.battery_percent(notification))


def _check_percent(percent: object) -> None:
    promise(percent is None or (type(percent) is int and 0 <= percent <= 100), f"a battery of {percent!r} %")
