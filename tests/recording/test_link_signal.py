"""The signal a sensor was found with is kept in the recording; older recordings and nonsense are told apart."""

from __future__ import annotations

import json

import pytest

from monitor.recording.blocks import DamagedRowError
from monitor.recording.items import control_item, control_value, item_row
from monitor.values import LinkChange, LinkState


def row(**changes):
    body = {"sensor": "head", "state": "connecting", "why": ""} | changes
    return item_row(1, "link", 5, json.dumps(body))


@pytest.mark.parametrize("dbm", [None, -127, -62, 0, 20])
def test_what_is_written_is_read(dbm):
    change = LinkChange("head", 5, LinkState.CONNECTING, "Cap IMU", dbm)
    kind, t_ns, body = control_item(change)
    assert control_value(item_row(1, kind, t_ns, body)) == change
    assert ("rssi_dbm" in body) is (dbm is not None)  # without one, the row is as it always was


def test_a_recording_of_an_older_program_has_none():
    assert control_value(row()) == LinkChange("head", 5, LinkState.CONNECTING)


@pytest.mark.parametrize("dbm", [None, 21, -128, 1e9, "strong", True, -62.0, [], 10**30])
def test_nonsense_is_refused(dbm):
    with pytest.raises(DamagedRowError, match="rssi_dbm"):
        control_value(row(rssi_dbm=dbm))
