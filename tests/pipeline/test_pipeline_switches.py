"""Cues that the runner has switched off: the events stay, each with its reason."""

import dataclasses

import pytest
from scenario_traces import INFO, SCENARIOS, log, profile, trace
from simulated_log import merged

from monitor.alerts.policy import Silence
from monitor.pipeline import Pipeline
from monitor.settings import Settings
from monitor.values import EventKind, LinkChange, LinkState, packet

S = 10**9


def events(**off):
    block = log(trace(SCENARIOS["D"], seconds=200.0))[0]
    split = [packet(block.sensor, int(t), data) for t, data in zip(block.t_ns, block.payloads(), strict=True)]
    split = [p for p in split if not 180.0 < p.t_ns[0] / S < 184.0]
    control = [LinkChange("head", 181 * S, LinkState.LOST), LinkChange("head", 184 * S, LinkState.STREAMING)]
    settings = Settings(cues=dataclasses.replace(Settings().cues, **off))
    pipeline = Pipeline([INFO], profile(), settings)
    out = pipeline.push(merged(split, control))
    return [e for e in out.events if "repeat" not in e.detail], out.praise_ns


def told(found, kind):
    return [e.prompted for e in found if e.kind is kind]


def test_all_are_told_by_default():
    found, praise = events()
    assert told(found, EventKind.HEAD_DOWN) == [True, True]
    assert told(found, EventKind.LINK_LOST) == told(found, EventKind.LINK_BACK) == [True]
    assert len(praise) == 1


@pytest.mark.parametrize(
    ("switch", "kinds"),
    [("head", [EventKind.HEAD_DOWN]), ("link", [EventKind.LINK_LOST, EventKind.LINK_BACK])],
)
def test_what_is_off_is_noted_with_the_reason(switch, kinds):
    found, _ = events(**{switch: False})
    for kind in kinds:
        of_kind = [e for e in found if e.kind is kind]
        assert of_kind
        assert not any(e.prompted for e in of_kind)
        assert {e.detail["silent"] for e in of_kind} == {Silence.OFF.value}


def test_no_good_where_it_is_off():
    assert events(good=False)[1] == ()
