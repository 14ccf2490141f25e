"""Sensors and companions on one adapter: one scan, taking turns, whoever comes late, leaves or returns."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from itertools import permutations

import pytest
from ble_harness import AIR, HEAD, QUICK, Run, ramp, sensor
from busy_air import StrictRadio
from test_companions_ble import FAST, FOOT_POD, HEART, TIMING, TREADMILL

from monitor.simulator.heart_device import heart_strap
from monitor.simulator.treadmill_device import foot_pod, treadmill
from monitor.simulator.world import SimulatedRadio
from monitor.sources.ble import BleSource
from monitor.sources.ble_companions import CompanionKind, CompanionRequest, CompanionSource
from monitor.sources.radio import Radio
from monitor.sources.radio_shared import OneRadio
from monitor.sources.radio_source import RadioSource
from monitor.values import Ground, HeartRate, LinkChange, LinkState, PacketBlock

KEYS = ("head", "treadmill", "foot_pod", "heart_strap")
PERIPHERALS = {"head": "cap", "treadmill": "treadmill", "foot_pod": "foot_pod", "heart_strap": "heart_strap"}
"""The virtual device of each key."""


class Together(Run):
    """A running `OneRadio` of a head sensor and companions; leaving it checks that nothing is left."""

    def __init__(self, radio: Radio, *kinds: CompanionKind) -> None:
        super().__init__(radio)
        requests = [CompanionRequest(kind) for kind in kinds]
        self.source = OneRadio(BleSource([HEAD], radio, QUICK), CompanionSource(requests, radio, TIMING))  # type: ignore[assignment]

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        assert not [thread for thread in threading.enumerate() if thread.name == "companions"]

    def wait_until_all_stream(self, count: int = 1) -> None:
        for key in KEYS:
            self.wait_for_state(LinkState.STREAMING, count=count, key=key)


def four() -> SimulatedRadio:
    companions = (treadmill(rate_hz=FAST), foot_pod(rate_hz=FAST), heart_strap(rate_hz=FAST))
    return SimulatedRadio([sensor(key="cap", feed=ramp(20_000)), *companions], air=AIR)


def test_all_four_stream_over_an_adapter_that_scans_once_at_a_time() -> None:
    radio = StrictRadio(four())
    with Together(radio, TREADMILL, FOOT_POD, HEART) as run:
        run.wait_until_all_stream()
        run.wait(lambda: run.of(PacketBlock) and run.of(Ground) and run.of(HeartRate), "data of all")
    assert radio.broken == []
    assert (radio.scanning, radio.connecting) == (0, 0)
    assert {change.why for change in run.of(LinkChange) if "not available" in change.why} == set()


def test_side_by_side_they_would_be_refused() -> None:
    """That the strict radio would notice: the same two sources without a shared scan."""
    radio = StrictRadio(four())
    head, belt = BleSource([HEAD], radio, QUICK), CompanionSource([CompanionRequest(TREADMILL)], radio, TIMING)

    class Unshared(RadioSource):
        async def _share(self, backends, outlet, clock_ns) -> None:
            await asyncio.gather(*(source.serve(backends, outlet, clock_ns) for source in (head, belt)))

        async def _serve(self, backends, outlet, clock_ns) -> None:
            raise AssertionError

    run = Run(radio)
    run.source = Unshared([*head.keys, *belt.keys], radio, QUICK, "bluetooth")  # type: ignore[assignment]
    with run:
        run.wait(lambda: radio.broken, "a refusal")
    assert "a second scan" in radio.broken


@pytest.mark.parametrize("order", [*permutations(KEYS)][::5])
def test_they_may_come_late_and_in_any_order(order: tuple[str, ...]) -> None:
    inner = four()
    radio = StrictRadio(inner)
    for key in KEYS:
        inner.out_of_range(PERIPHERALS[key])
    with Together(radio, TREADMILL, FOOT_POD, HEART) as run:
        for key in KEYS:
            run.wait_for_state(LinkState.SEARCHING, "in sight", key=key)
        for key in order:
            inner.back_in_range(PERIPHERALS[key])
            run.wait_for_state(LinkState.STREAMING, key=key)
    assert radio.broken == []


@pytest.mark.parametrize("order", [KEYS, KEYS[::-1]])
def test_they_may_leave_and_return_in_any_order(order: tuple[str, ...]) -> None:
    inner = four()
    radio = StrictRadio(inner)
    with Together(radio, TREADMILL, FOOT_POD, HEART) as run:
        run.wait_until_all_stream()
        for key in order:
            inner.out_of_range(PERIPHERALS[key])
        for key in order:
            run.wait_for_state(LinkState.LOST, key=key)
        for key in reversed(order):
            inner.back_in_range(PERIPHERALS[key])
        run.wait_until_all_stream(count=2)
    assert radio.broken == []


def test_one_that_never_comes_does_not_keep_the_others_from_returning() -> None:
    inner = four()
    radio = StrictRadio(inner)
    inner.out_of_range("treadmill")
    with Together(radio, TREADMILL, FOOT_POD, HEART) as run:
        for turn in (1, 2):
            run.wait_for_state(LinkState.STREAMING, count=turn, key="head")
            run.wait_for_state(LinkState.STREAMING, count=turn, key="heart_strap")
            inner.hang_up("cap")
            inner.hang_up("heart_strap")
        run.wait_for_state(LinkState.STREAMING, count=3, key="head")
    assert radio.broken == []


def test_a_busy_adapter_is_tried_again_without_a_word() -> None:
    radio = StrictRadio(four(), refusals=2)
    with Together(radio, TREADMILL) as run:
        run.wait_for_state(LinkState.STREAMING, key="head")
        run.wait_for_state(LinkState.STREAMING, key="treadmill")
    assert radio.refusals == 0
    assert not [change for change in run.of(LinkChange) if "busy" in change.why]


def test_one_that_stays_busy_is_named_and_mended_when_it_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.sources.radio_air.PAUSES_S", (0.01, 0.02))
    radio = StrictRadio(four(), refusals=1_000_000)
    with Together(radio, TREADMILL) as run:
        for key in ("head", "treadmill"):
            run.wait_for_state(LinkState.SEARCHING, "the adapter is busy with another search", key=key)
        radio.refusals = 0
        for key in ("head", "treadmill"):
            run.wait_for_state(LinkState.STREAMING, key=key)


def test_the_fault_of_one_source_ends_that_one_alone(caplog: pytest.LogCaptureFixture) -> None:
    radio = four()

    class Broken(CompanionSource):
        async def _serve(self, backends, outlet, clock_ns) -> None:
            raise OSError("a bug")

    run = Run(radio)
    run.source = OneRadio(BleSource([HEAD], radio, QUICK), Broken([CompanionRequest(HEART)], radio, TIMING))  # type: ignore[assignment]
    with run:
        run.wait_for_state(LinkState.STOPPED, "a bug", key="heart_strap")
        run.wait_for_state(LinkState.STREAMING, key="head")


def test_stop_in_any_state_is_clean() -> None:
    for state in (LinkState.SEARCHING, LinkState.CONNECTING, LinkState.STREAMING):
        with Together(four(), TREADMILL, HEART) as run:
            run.wait_for_state(state)
        last = {change.sensor: change.state for change in run.of(LinkChange)}
        assert set(last.values()) == {LinkState.STOPPED}, state


def test_sources_must_fit_together() -> None:
    radio, other = four(), four()
    belt = CompanionSource([CompanionRequest(TREADMILL)], radio, TIMING)
    with pytest.raises(ValueError, match="different radios"):
        OneRadio(belt, CompanionSource([CompanionRequest(HEART)], other, TIMING))
    with pytest.raises(ValueError, match="same device"):
        OneRadio(belt, CompanionSource([CompanionRequest(TREADMILL)], radio, replace(TIMING)))
