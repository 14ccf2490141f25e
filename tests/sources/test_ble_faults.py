"""The Bluetooth source over the virtual radio, when things go wrong: nothing ends it, and it says what is wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from ble_harness import AIR, HEAD, QUICK, Run, numbers, ramp, sensor

from monitor.simulator.tampering import nonsense, untouched
from monitor.simulator.world import Fault, FaultKind, SimulatedRadio
from monitor.sources.base import SensorReady
from monitor.sources.ble import SensorRequest
from monitor.values import LinkChange, LinkState, PacketBlock, Site


@pytest.mark.parametrize("family", ["witmotion", "openearable2"])
def test_a_stall_ends_in_a_burst_and_loses_nothing(family: str) -> None:
    radio = SimulatedRadio([sensor(family)], air=AIR)
    with Run(radio) as run:
        run.wait_for_packets(5)
        radio.stall("s", 0.3)
        run.wait_for_packets(20)
    (samples,) = run.decoded()
    assert np.all(np.diff(numbers(samples)) == 1)
    assert LinkState.LOST not in run.states()


def test_a_hang_up_is_told_and_mended() -> None:
    radio = SimulatedRadio([sensor()], air=AIR)
    with Run(radio) as run:
        for count in (1, 2):
            run.wait_for_state(LinkState.STREAMING, count=count)
            radio.hang_up("s")
            lost = run.wait_for_state(LinkState.LOST, count=count)
            assert "link broke" in lost.why
        run.wait_for_state(LinkState.STREAMING, count=3)
        run.wait(lambda: len(run.decoded()) == 3)
    assert len(run.of(SensorReady)) == 3
    assert all(np.all(np.diff(numbers(samples)) == 1) for samples in run.decoded())


def test_supervision_timeout_and_return() -> None:
    radio = SimulatedRadio([sensor("openearable2")], air=AIR)
    with Run(radio) as run:
        run.wait_for_state(LinkState.STREAMING)
        radio.out_of_range("s")
        run.wait_for_state(LinkState.LOST)
        run.wait_for_state(LinkState.SEARCHING, "not in sight")
        radio.back_in_range("s")
        run.wait_for_state(LinkState.STREAMING, count=2)
    before, after = run.decoded()
    assert numbers(after)[0] > numbers(before)[-1] + 10, "the runner ran on while the link was down"


def test_out_of_range_at_the_start() -> None:
    radio = SimulatedRadio([sensor()], air=AIR)
    radio.out_of_range("s")
    with Run(radio) as run:
        assert "switch it on" in run.wait_for_state(LinkState.SEARCHING, "no sensor in sight").why
        radio.back_in_range("s")
        run.wait_for_packets(3)
    assert LinkState.LOST not in run.states(), "a sensor that was never there cannot be lost"


def test_going_out_of_range_while_connecting_is_survived() -> None:
    radio = SimulatedRadio([sensor()], air=replace(AIR, connection_interval_s=0.02))
    with Run(radio) as run:
        run.wait_for_state(LinkState.CONNECTING)
        radio.out_of_range("s", 0.8)
        run.wait_for_packets(3)
    assert LinkState.LOST not in run.states()


def test_a_sensor_gone_silent_is_stale_then_given_up_then_back() -> None:
    radio = SimulatedRadio([sensor()], air=AIR)
    with Run(radio) as run:
        run.wait_for_state(LinkState.STREAMING)
        radio.silent("s")
        run.wait_for_state(LinkState.STALE, "no data")
        assert "connected, but no data" in run.wait_for_state(LinkState.LOST).why
        radio.speak_again("s")
        run.wait_for_state(LinkState.STREAMING, count=2)


@pytest.mark.parametrize("family", ["witmotion", "openearable2"])
def test_a_sensor_that_sends_nothing_readable_is_lost_like_a_silent_one(family: str) -> None:
    radio = SimulatedRadio([sensor(family)], air=AIR)
    with Run(radio) as run:
        run.wait_for_state(LinkState.STREAMING)
        radio.tamper("s", nonsense)
        run.wait_for_state(LinkState.STALE, "nothing readable")
        assert run.wait_for_state(LinkState.LOST).why == "connected, but nothing that it sends can be read"
        radio.tamper("s", untouched)
        run.wait_for_state(LinkState.STREAMING, count=2)


def test_what_never_can_be_read_is_not_called_streaming() -> None:
    radio = SimulatedRadio([sensor("openearable2")], air=AIR)
    radio.tamper("s", nonsense)
    with Run(radio) as run:
        run.wait_for_state(LinkState.SEARCHING, "nothing that it sends can be read")
    assert not {LinkState.STREAMING, LinkState.LOST} & set(run.states())
    assert run.of(PacketBlock) != [], "it is recorded all the same"


def test_a_short_silence_is_stale_and_streams_on_without_a_new_connection() -> None:
    timing = replace(QUICK, lost_s=10.0)
    radio = SimulatedRadio([sensor()], air=AIR)
    with Run(radio, timing=timing) as run:
        run.wait_for_state(LinkState.STREAMING)
        radio.silent("s", 0.5)
        run.wait_for_state(LinkState.STALE)
        run.wait_for_state(LinkState.STREAMING, count=2)
    assert len(run.of(SensorReady)) == 1


def test_a_sensor_that_never_sends_is_not_called_lost() -> None:
    radio = SimulatedRadio([sensor("openearable2")], air=AIR)
    radio.silent("s")
    with Run(radio) as run:
        run.wait_for_state(LinkState.SEARCHING, "connected, but no data")
    assert LinkState.LOST not in run.states()
    assert run.of(PacketBlock) == []


@pytest.mark.parametrize("family", ["witmotion", "openearable2"])
def test_a_refused_command_in_the_set_up_is_told_and_tried_again(family: str) -> None:
    radio = SimulatedRadio([sensor(family)], air=AIR)
    radio.refuse("s", times=2)
    with Run(radio) as run:
        run.wait_for_state(LinkState.SEARCHING, "refused a command")
        run.wait_for_packets(3)


def test_a_reboot_starts_the_device_clock_anew() -> None:
    radio = SimulatedRadio([sensor("openearable2", clock_offset_s=3600.0)], air=AIR)
    with Run(radio) as run:
        run.wait_for_packets(5)
        radio.reboot("s")
        run.wait_for_state(LinkState.STREAMING, count=2)
        run.wait(lambda: len(run.decoded()) == 2)
    before, after = run.decoded()
    assert before.tick is not None
    assert after.tick is not None
    assert after.tick[0] - 3_600_000_000 < 10_000_000
    assert numbers(after)[0] > numbers(before)[-1]


def test_samples_lost_before_the_radio_are_missing_and_the_rest_is_in_order() -> None:
    radio = SimulatedRadio([sensor("openearable2", samples_per_notification=1)], air=AIR)
    radio.lose_samples("s", 0.4)
    with Run(radio) as run:
        run.wait_for_packets(40)
    (samples,) = run.decoded()
    steps = np.diff(numbers(samples))
    assert steps.min() == 1
    assert steps.max() > 1
    sent = [first for first, _ in radio.peripherals["s"].sent]
    assert numbers(samples).tolist() == sent[: len(samples)]


def test_a_device_of_the_right_name_but_another_layout_is_left_for_the_real_one() -> None:
    # An OpenEarable layout under a WitMotion name: the nearer one is tried first and turns out to be unfit.
    radio = SimulatedRadio(
        [sensor("openearable2", key="impostor", name="WT-lamp", rssi_dbm=-30), sensor(key="real", name="WT-real")],
        air=AIR,
    )
    with Run(radio, timing=replace(QUICK, choose_s=0.2, search_s=1.0)) as run:
        run.wait_for_state(LinkState.SEARCHING, "does not have the data channel")
        run.wait_for_packets(3)
    assert {ready.info.name for ready in run.of(SensorReady)} == {"WT-real"}


@pytest.mark.parametrize(
    ("name", "kind", "remedy"),
    [
        ("Movesense 12345 SIMULATED", "openearable2", "update it with the Movesense app, to firmware 2.3 or newer"),
        ("Polar H10 1234 SIMULATED", "openearable2", "update it with the Polar Flow app, and set it up there once"),
        ("OpenEarable-9 SIMULATED", "witmotion", "update its firmware, as its maker's page tells"),
    ],
)
def test_a_device_without_its_familys_channels_is_refused_with_the_familys_remedy(name, kind, remedy) -> None:
    radio = SimulatedRadio([sensor(kind, name=name)], air=AIR)
    with Run(radio, SensorRequest(Site.HEAD, name=name)) as run:
        assert remedy in run.wait_for_state(LinkState.SEARCHING, "does not have the data channel").why
    assert run.of(SensorReady) == []


def test_a_named_device_that_is_no_sensor_is_named_in_the_reason() -> None:
    radio = SimulatedRadio([sensor(name="kettle")], air=AIR)
    with Run(radio, SensorRequest(Site.HEAD, name="kettle")) as run:
        run.wait_for_state(LinkState.SEARCHING, "kettle is there, but is no sensor this program knows")


def test_after_a_loss_the_same_sensor_is_wanted_not_just_any() -> None:
    radio = SimulatedRadio([sensor(key="own", name="WT-own"), sensor(key="strange", name="WT-x")], air=AIR)
    radio.out_of_range("strange")
    with Run(radio) as run:
        run.wait_for_state(LinkState.STREAMING)
        radio.out_of_range("own")
        radio.back_in_range("strange")
        run.wait_for_state(LinkState.LOST)
        run.wait_for_state(LinkState.SEARCHING, "WT-own is not in sight")
        radio.back_in_range("own")
        run.wait_for_state(LinkState.STREAMING, count=2)
    assert {ready.info.name for ready in run.of(SensorReady)} == {"WT-own"}


def test_one_sensor_out_of_range_does_not_keep_the_other_from_streaming() -> None:
    radio = SimulatedRadio([sensor(key="a", name="WT-a"), sensor(key="b", name="WT-b")], air=AIR)
    radio.out_of_range("b")
    with Run(radio, SensorRequest(Site.HEAD, name="WT-a"), SensorRequest(Site.COLLAR, name="WT-b")) as run:
        run.wait_for_state(LinkState.STREAMING, key="head")
        run.wait_for_state(LinkState.SEARCHING, "WT-b is not in sight", key="collar")
        radio.hang_up("a")
        run.wait_for_state(LinkState.STREAMING, count=2, key="head")
        radio.back_in_range("b")
        run.wait_for_state(LinkState.STREAMING, key="collar")


def test_stop_while_searching_connecting_and_out_of_range_is_clean() -> None:
    for states in ((LinkState.SEARCHING,), (LinkState.CONNECTING,), (LinkState.STREAMING, LinkState.STALE)):
        radio = SimulatedRadio([sensor()], air=replace(AIR, supervision_timeout_s=5.0))
        with Run(radio, timing=replace(QUICK, farewell_s=0.3, lost_s=5.0)) as run:
            for state in states:
                run.wait_for_state(state)
                radio.out_of_range("s")
        assert run.states()[-1] is LinkState.STOPPED


def test_a_script_of_faults_runs_by_itself() -> None:
    radio = SimulatedRadio(
        [sensor("openearable2")],
        script=[Fault(0.3, FaultKind.HANG_UP, "s"), Fault(1.5, FaultKind.OUT_OF_RANGE, "s", seconds=0.6)],
        air=AIR,
    )
    with Run(radio, HEAD) as run:
        run.wait_for_state(LinkState.LOST, count=2)
        run.wait_for_state(LinkState.STREAMING, count=3)


def test_a_sensor_whose_motion_ends_goes_stale() -> None:
    with Run(SimulatedRadio([sensor("openearable2", ramp(50))], air=AIR)) as run:
        run.wait_for_state(LinkState.STALE)
    assert numbers(run.decoded()[0])[-1] <= 49


def test_the_same_trouble_is_told_once_not_for_ever() -> None:
    radio = SimulatedRadio([sensor()], air=AIR)
    radio.out_of_range("s")
    with Run(radio, timing=replace(QUICK, search_s=0.05)) as run:
        run.wait_for_state(LinkState.SEARCHING, "no sensor in sight")
        radio.back_in_range("s")
        run.wait_for_state(LinkState.STREAMING)
    assert len([c for c in run.of(LinkChange) if "in sight" in c.why]) <= 2
