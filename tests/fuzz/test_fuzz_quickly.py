"""Every parser with arbitrary bytes and with changed good input, and held to its bounds: what `make test` runs."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.sensors.registry import families
from tests.fuzz.every_target import chosen, targets
from tests.fuzz.fuzz_target import BrokenPromiseError, Target, check_cost, check_sentence, promise, try_input
from tests.fuzz.minimise import smaller
from tests.fuzz.mutations import changed

NAMES = sorted(targets())
SECONDS = 0.3
"""About so long for each target: the slower ones get fewer inputs."""


def _inputs(target: Target) -> int:
    """How many inputs fit the time."""
    if target.name.startswith("recording:forged"):
        return 8
    return 25 if target.disk or target.name.startswith(("decoder", "slots")) else 60


@pytest.mark.parametrize("name", NAMES)
def test_any_bytes(name):
    target = targets()[name]

    @settings(max_examples=_inputs(target), deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(data=st.binary(max_size=min(target.longest, 500)))
    def try_any(data):
        try_input(target, data)

    try_any()


@pytest.mark.parametrize("name", NAMES)
def test_changed_good_input(name):
    target = targets()[name]
    seeds = list(target.seeds())

    @settings(max_examples=_inputs(target), deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(which=st.integers(0, len(seeds) - 1), number=st.integers(0, 1 << 32))
    def try_changed(which, number):
        data = changed(seeds[which], seeds, target.words, random.Random(number))
        try_input(target, data[: target.longest])

    if not seeds:
        pytest.skip("the library that this format needs is not installed")
    try_changed()


@pytest.mark.parametrize("name", NAMES)
def test_good_input_stays_within_the_bounds(name):
    target = targets()[name]
    seeds = sorted(target.seeds(), key=len)
    if not seeds:
        pytest.skip("the library that this format needs is not installed")
    for seed in (seeds[0], seeds[-1]):
        check_cost(target, seed[: target.longest])


@pytest.mark.parametrize("name", NAMES)
def test_some_good_input_is_taken(name):
    """A target whose every seed is refused would test nothing but its first line."""
    target = targets()[name]
    seeds = list(target.seeds())
    if not seeds:
        pytest.skip("the library that this format needs is not installed")
    assert not all(try_input(target, seed) for seed in seeds), "a new family? run python -m tests.fuzz.record_seeds"


# ------------------------------------------------------------------ the instrument itself


def test_every_family_is_fuzzed():
    for family in families():
        kinds = {target.name.split(":")[0] for target in chosen([family.key])}
        assert {"decoder", "slots"} <= kinds
        assert ("recipe" in kinds) == bool(family.data)
    with pytest.raises(KeyError):
        chosen(["nobody"])


def test_a_broken_promise_is_noticed_and_made_small():
    def run(data):
        promise(b"bad" not in data, "bad was let through")

    target = Target("test", run, list)
    with pytest.raises(BrokenPromiseError, match="let through"):
        try_input(target, b"x" * 50 + b"bad" + b"y" * 50)
    assert smaller(target, b"x" * 50 + b"bad" + b"y" * 50) == b"bad"
    assert smaller(target, b"good") == b"good"


def test_costs_are_noticed():
    with pytest.raises(BrokenPromiseError, match="MB"):
        check_cost(Target("test", lambda data: bytearray(10_000_000), list), b"")
    with pytest.raises(BrokenPromiseError, match=r" s$"):
        check_cost(Target("test", lambda data: sum(range(3_000_000)), list, seconds=0.001), b"")


@pytest.mark.parametrize("text", ["", " ", "two\nlines", "\x1b[2J cleared", "x" * 3000])
def test_what_is_no_sentence_is_noticed(text):
    with pytest.raises(BrokenPromiseError):
        check_sentence(text)
