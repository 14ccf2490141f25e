"""The table of the track: the contract's columns as ever, and one for each shoulder where both are worn."""

from __future__ import annotations

import csv
import io

import numpy as np
from constructed_analysis import COLLAR, HEAD, analysis, seconds_where, track

from monitor.review.table import COLUMNS, SIDE_COLUMNS, main_track, write_track
from monitor.values import Reason, SensorInfo, Site

LEFT = SensorInfo("left_shoulder", Site.LEFT_SHOULDER, "demo", "Left IMU", "1", 100.0)
RIGHT = SensorInfo("right_shoulder", Site.RIGHT_SHOULDER, "demo", "Right IMU", "2", 100.0)


def table(run) -> tuple[list[str], dict[str, list[str]]]:
    out = io.StringIO()
    rows = write_track(run, out)
    head, *body = csv.reader(io.StringIO(out.getvalue()))
    assert len(body) == rows
    return head, {name: [row[i] for row in body] for i, name in enumerate(head)}


def test_one_shoulder_or_none_has_the_contracts_columns():
    head, collar = track("head", 4, sustained_deg=5.0), track("collar", 4, shoulder=0.25)
    for run in (
        analysis(seconds=0.0),
        analysis(head, seconds=4.0),
        analysis(head, collar, seconds=4.0),
        analysis(track(LEFT.key, 4, shoulder=0.1), seconds=4.0, sensors=(LEFT,)),
        # Worn, but it never sent anything.
        analysis(track(LEFT.key, 4, shoulder=0.1), seconds=4.0, sensors=(LEFT, RIGHT)),
    ):
        assert tuple(table(run)[0]) == COLUMNS
    assert set(table(analysis(head, collar, seconds=4.0))[1]["shoulder_score"]) == {"0.250"}


def test_each_shoulder_has_its_column_behind_the_others_and_the_higher_is_the_score():
    early = seconds_where(10, (0, 5))
    left = track(LEFT.key, 10, shoulder=np.where(early, 0.8, 0.1))
    right = track(RIGHT.key, 10, shoulder=0.3)
    run = analysis(track("head", 10, sustained_deg=5.0), right, left, seconds=10.0, sensors=(HEAD, RIGHT, LEFT))
    names, cells = table(run)
    assert tuple(names) == (*COLUMNS, *SIDE_COLUMNS)
    assert cells["shoulder_left"] == ["0.800"] * 125 + ["0.100"] * 125
    assert cells["shoulder_right"] == ["0.300"] * 250
    assert cells["shoulder_score"] == ["0.800"] * 125 + ["0.300"] * 125


def test_what_may_not_be_trusted_is_an_empty_cell():
    weak = track(LEFT.key, 10, shoulder=0.9, valid=False, reason=Reason.CANNOT_SEE)
    gap = seconds_where(10, (4, 6))
    right = track(RIGHT.key, 10, shoulder=0.2, valid=~gap)
    head = track("head", 10, sustained_deg=5.0)
    _, cells = table(analysis(head, weak, right, seconds=10.0, sensors=(HEAD, LEFT, RIGHT)))
    assert set(cells["shoulder_left"]) == {""}
    assert [cell == "" for cell in cells["shoulder_right"]].count(True) == 46  # within 0.1 s a neighbour still serves
    assert cells["shoulder_score"] == cells["shoulder_right"]


def test_the_main_track_is_the_heads_or_else_one_that_tells_something():
    blind, seeing = track("collar", 10, valid=False), track(RIGHT.key, 10, shoulder=0.2)
    assert main_track(analysis(blind, seeing, seconds=10.0, sensors=(COLLAR, RIGHT))) is seeing
    assert main_track(analysis(blind, seconds=10.0, sensors=(COLLAR,))) is blind
    head = track("head", 10, valid=False)
    assert main_track(analysis(seeing, head, seconds=10.0, sensors=(RIGHT, HEAD))) is head
    assert main_track(analysis(seconds=0.0)) is None
