"""A battery that is low when the run begins, and one that runs low in it: told once each. Over the virtual radio."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

from monitor.commands.listeners import CueListener, ModelListener, NewsListener
from monitor.commands.news import News
from monitor.commands.wanted import expected
from monitor.dashboard.viewmodel import LiveModel
from monitor.outputs.phrases import LOW_BATTERY
from monitor.outputs.player import NullPlayer
from monitor.session import Session
from monitor.settings import Settings
from monitor.simulator.world import SimulatedRadio
from monitor.sources.ble import BleSource

sys.path.insert(0, str(Path(__file__).parents[1] / "sources"))
from ble_harness import AIR, HEAD, QUICK, ramp, sensor


def until(condition) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_low_at_the_start_is_shown_and_lower_in_the_run_is_said():
    cap = sensor("openearable2", ramp(20_000, 50.0), key="cap", battery_percent=22)
    radio = SimulatedRadio([cap], air=AIR)
    settings, news, player = Settings(), News(), NullPlayer()
    session: Session
    model = LiveModel(settings, expected([HEAD], simulated=True), {}, True, lambda: session.clock_ns())
    listeners = [ModelListener(model), NewsListener(news), CueListener(player)]
    session = Session(BleSource([HEAD], radio, QUICK), settings, None, None, listeners)
    session.start()
    until(lambda: news.current(time.monotonic()) == "Cap sensor: battery 22 %, charge it soon")
    assert player.log() == ()
    radio.peripherals["cap"].sensor = replace(cap, battery_percent=14)
    until(lambda: player.log())
    radio.peripherals["cap"].sensor = replace(cap, battery_percent=9)
    until(lambda: model.snapshot().links[0].battery_pct == 9)
    session.stop()
    assert session.failure is None
    assert [record.sounds for record in player.log()] == [LOW_BATTERY]
    assert [(line.title, line.why) for line in model.snapshot().log] == [("Cap sensor: battery low", "14 %")]
