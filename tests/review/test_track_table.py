"""The table of the track: the contract's columns as ever, and one for each shoulder where both are worn."""

from __future__ import annotations

import csv
import dataclasses
import io

import numpy as np
from constructed_analysis import COLLAR, HEAD, analysis, seconds_where, track

from monitor.posture.slope import GroundLine
from monitor.review.table import main_track
from monitor.review.track_columns import write_track
from monitor.values import NS_PER_S, Ground, Reason, SensorInfo, Site

COLUMNS = (
    "t_s",
    "activity",
    "cadence_spm",
    "head_pitch_deg",
    "head_pitch_sustained_deg",
    "gaze_m",
    "gaze_low_m",
    "gaze_high_m",
    "shoulder_score",
    "valid",
    "reason",
)
SIDE_COLUMNS = ("shoulder_left", "shoulder_right")
"""Behind the others, where both shoulders have a sensor."""
KNOWN_COLUMNS = ("lean_deg", "speed_m_s", "slope_deg", "look_ahead_s")
"""At the end, each only where anything of it is known."""

LEFT = SensorInfo("left_shoulder", Site.LEFT_SHOULDER, "demo", "Left IMU", "1", 100.0)
RIGHT = SensorInfo("right_shoulder", Site.RIGHT_SHOULDER, "demo", "Right IMU", "2", 100.0)


def table(run) -> tuple[list[str], dict[str, list[str]]]:
    out = io.BytesIO()
    rows = write_track(run, out)
    head, *body = csv.reader(io.StringIO(out.getvalue().decode()))
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


def walked(*entries: tuple[float, float, float]) -> GroundLine:
    return GroundLine(Ground(round(t * NS_PER_S), speed, grade) for t, speed, grade in entries)


def test_lean_speed_slope_and_look_ahead_follow_where_they_are_known():
    nan = float("nan")
    lean = np.where(seconds_where(10, (0, 5)), nan, 3.25)
    head = track("head", 10, sustained_deg=np.where(seconds_where(10, (0, 8)), 24.0, -5.0), lean_deg=lean)
    left, right = track(LEFT.key, 10, shoulder=0.1), track(RIGHT.key, 10, shoulder=0.3)
    ground = walked((2, 2.5, nan), (4, nan, 0.1), (6, 2.5, nan))
    names, cells = table(
        analysis(head, left, right, seconds=10.0, sensors=(HEAD, LEFT, RIGHT), ground=ground)
    )  # fmt: skip
    assert tuple(names) == (*COLUMNS, *SIDE_COLUMNS, *KNOWN_COLUMNS)
    by_second = {name: cells[name][12::25] for name in KNOWN_COLUMNS}
    assert by_second["lean_deg"] == [""] * 5 + ["3.250"] * 5
    assert by_second["speed_m_s"] == [""] * 2 + ["2.500"] * 2 + [""] * 2 + ["2.500"] * 4
    assert by_second["slope_deg"] == [""] * 4 + ["5.711"] * 2 + [""] * 4
    # 24 deg of head lower the gaze by 40: 1.931 m, 0.772 s ahead; a raised head looks infinitely far.
    assert by_second["look_ahead_s"] == ["", "", "0.772", "0.772", "", "", "0.772", "0.772", "inf", "inf"]
    assert cells["gaze_m"][12] == "1.931"
    assert float(cells["gaze_m"][5 * 25]) < 1.8  # uphill it lands nearer


def test_each_further_column_stands_alone():
    nan = float("nan")
    head = track("head", 4, sustained_deg=24.0)
    for entries, wanted in (
        (((0, 3.0, nan),), ("speed_m_s", "look_ahead_s")),
        (((0, nan, 0.0),), ("slope_deg",)),
        (((0, nan, nan),), ()),
        (((9, 3.0, 0.1),), ()),  # after the end
    ):
        assert tuple(table(analysis(head, seconds=4.0, ground=walked(*entries)))[0]) == (*COLUMNS, *wanted)
    standing = table(analysis(head, seconds=4.0, ground=walked((0, 0.0, nan))))
    assert standing[0][len(COLUMNS) :] == ["speed_m_s"]
    # The run's clock is not the log's: entries hold from their place in the log.
    late = walked((100, 3.0, nan))
    arrived = dataclasses.replace(head, arrival_ns=head.t_ns + 99 * NS_PER_S)
    cells = table(analysis(arrived, seconds=4.0, ground=late, origin_ns=98 * NS_PER_S))[1]
    assert cells["speed_m_s"] == [""] * 25 + ["3.000"] * 75
