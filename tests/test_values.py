"""The travelling values keep their promises."""

import dataclasses

import numpy as np
import pytest

from monitor import values
from monitor.values import Event, EventKind, join_packets, packet


def test_joined_packets_hold_the_same_payloads_in_order():
    blocks = [packet("head", 10, b"abc"), packet("head", 20, b""), packet("head", 30, b"defgh")]
    joined = join_packets(blocks)
    assert joined.payloads() == [b"abc", b"", b"defgh"]
    assert joined.t_ns.tolist() == [10, 20, 30]
    assert join_packets([joined, packet("head", 40, b"x")]).payloads() == [b"abc", b"", b"defgh", b"x"]


def test_values_are_frozen():
    event = Event(1_500_000_000, EventKind.MARK)
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.t_ns = 3  # type: ignore[misc]
    frozen = [v for v in vars(values).values() if dataclasses.is_dataclass(v)]
    assert frozen
    assert all(v.__dataclass_params__.frozen for v in frozen)


def test_event_json_has_the_contract_keys():
    event = Event(12_345_678_900, EventKind.HEAD_DOWN, "head", prompted=True, detail={"onset_s": 6.25})
    assert event.as_json() == {
        "t_s": 12.346,
        "kind": "head_down",
        "sensor": "head",
        "prompted": True,
        "onset_s": 6.25,
    }


def test_event_kinds_are_the_contract():
    wanted = {
        "head_down",
        "look_up_due",
        "shoulders_up",
        "sensor_moved",
        "link_lost",
        "link_back",
        "mark",
        "form_check",
        "loosen_up",
    }
    assert {k.value for k in EventKind} == wanted


def test_empty_payload_offsets_are_consistent():
    joined = join_packets([packet("head", i, b"\x01" * i) for i in range(5)])
    assert np.array_equal(joined.ends, [0, 1, 3, 6, 10])
