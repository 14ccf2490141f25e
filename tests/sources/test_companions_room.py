"""What treadmills, foot pods and straps of real rooms send, over the virtual radio: absurd, in parts, or nothing."""

from __future__ import annotations

import math
import struct
from dataclasses import replace

import pytest
from ble_harness import AIR
from test_companions_ble import FAST, FOOT_POD, HEART, TIMING, TREADMILL, Companions, at, unknown

from monitor.simulator.heart_device import heart_strap
from monitor.simulator.treadmill_device import Belt, BeltScript, foot_pod, steps, treadmill
from monitor.simulator.world import SimulatedRadio
from monitor.values import Ground, HeartRate, LinkState


def kmh(centi: int, *, grade_permille: int | None = None, ramp_tenths: int = 0x7FFF) -> bytes:
    """Treadmill Data with raw fields."""
    if grade_permille is None:
        return struct.pack("<HH", 0x0000, centi)
    return struct.pack("<HHhh", 0x0008, centi, grade_permille, ramp_tenths)


def then(*parts: tuple[float, BeltScript]) -> BeltScript:
    """Each script from its time on."""
    return lambda t_s: next(script(t_s) for at_s, script in reversed(parts) if at_s <= t_s)


def always(what: Belt | bytes | None) -> BeltScript:
    return lambda t_s: what


@pytest.mark.parametrize(
    "absurd",
    [
        pytest.param(kmh(30_000), id="300 km/h"),
        pytest.param(kmh(0xFFFF), id="not known"),
        pytest.param(kmh(0x10000 - 500), id="minus 5 km/h in a field without a sign"),
    ],
)
def test_a_speed_that_nobody_runs_is_not_known_and_the_next_good_one_counts(absurd: bytes) -> None:
    script = then((0.0, always(Belt(3.0))), (0.3, always(absurd)), (0.6, always(Belt(2.5))))
    with Companions(SimulatedRadio([treadmill(script=script, rate_hz=FAST)], air=AIR), TREADMILL) as run:
        run.wait_for_ground(at(3.0, 0.0))
        run.wait_for_ground(at(2.5, 0.0))
    assert {round(g.speed_m_s, 2) for g in run.of(Ground) if not math.isnan(g.speed_m_s)} <= {3.0, 2.5}
    assert LinkState.STALE not in run.states(), "it is talking"


@pytest.mark.parametrize("permille", [1001, -32_768, 32_766])
def test_a_slope_that_nobody_climbs_is_not_known(permille: int) -> None:
    script = always(kmh(1080, grade_permille=permille))
    with Companions(SimulatedRadio([treadmill(script=script, rate_hz=FAST)], air=AIR), TREADMILL) as run:
        run.wait_for_ground(at(3.0))
    assert [math.isnan(g.grade) for g in run.of(Ground)] == [True]


def test_a_treadmill_that_says_no_more_while_its_belt_stands_still_stands() -> None:
    script = then((0.0, steps((0.0, Belt(3.0)), (0.3, Belt(0.0)))), (0.5, always(None)), (1.2, always(Belt(2.0))))
    radio = SimulatedRadio([treadmill(script=script, rate_hz=FAST)], air=AIR)
    with Companions(radio, TREADMILL, timing=replace(TIMING, lost_s=15.0)) as run:
        run.wait_for_state(LinkState.STALE, "no data")
        run.wait_for_ground(at(2.0, 0.0))
    assert [g.speed_m_s for g in run.of(Ground)] == [3.0, 0.0, 2.0]
    assert LinkState.LOST not in run.states()


def test_the_second_part_of_a_record_lost_now_and_then_does_no_harm() -> None:
    count = 0

    def script(t_s: float) -> Belt | bytes:
        nonlocal count
        count += 1
        only_first_part = struct.pack("<Hhh", 0x0009, 20, 11)
        return only_first_part if count % 3 == 0 else Belt(3.0, 0.02)

    radio = SimulatedRadio([treadmill(script=script, splits=True, rate_hz=FAST)], air=AIR)
    with Companions(radio, TREADMILL, timing=replace(TIMING, stale_s=5.0, lost_s=10.0)) as run:
        run.wait_for_ground(at(3.0, 0.02))
        run.wait(lambda: count > 12, "several records")
    assert [(g.speed_m_s, round(g.grade, 3)) for g in run.of(Ground)] == [(3.0, 0.02)]


def test_a_foot_pod_tells_256ths_of_a_metre_and_what_dropped_out_is_not_believed() -> None:
    script = always(struct.pack("<BHBHI", 0x07, 0x0312, 84, 118, 12_345))
    radio = SimulatedRadio([foot_pod(script=script, rate_hz=FAST)], air=AIR)
    with Companions(radio, FOOT_POD) as run:
        run.wait_for_ground(at(0x0312 / 256, source="foot_pod"))
        radio.out_of_range("foot_pod")
        run.wait_for_state(LinkState.LOST)
        run.wait_for_ground(unknown)
        radio.back_in_range("foot_pod")
        run.wait_for_ground(at(0x0312 / 256, source="foot_pod"), count=2)
    assert [unknown(g) for g in run.of(Ground)] == [False, True, False]


def test_a_strap_off_the_skin_has_no_pulse_however_steady_its_number() -> None:
    off, on = bytes((0x04, 72)), bytes((0x06, 90))
    radio = SimulatedRadio([heart_strap(script=lambda t_s: off if t_s < 0.4 else on, rate_hz=FAST)], air=AIR)
    with Companions(radio, HEART) as run:
        run.wait_for_bpm(lambda bpm: bpm == 90)
    assert {beat.bpm for beat in run.of(HeartRate) if not math.isnan(beat.bpm)} == {90.0}
