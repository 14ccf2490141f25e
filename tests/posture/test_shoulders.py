"""Shoulder score: 0 relaxed, 1 at the own shrug, blind to the lean that was shown, for any mounting."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from calibration.fit import fit_shoulders
from calibration.model import Pose
from monitor.posture.shoulders import score

angles = st.floats(-180, 180)
SHRUG_AXIS = np.array([-1.0, 0.3, 0.0]) / np.hypot(1.0, 0.3)


def up_seen(shrug_deg, lean_deg, mounting):
    """Up in sensor axes of a clip turned by a shrug (mostly about the fore-aft axis) and a forward lean."""
    body = Rotation.from_rotvec([0, np.radians(lean_deg), 0]) * Rotation.from_rotvec(SHRUG_AXIS * np.radians(shrug_deg))
    return (body * mounting).inv().apply([0.0, 0.0, 1.0])


def pose(name, up, spread=0.6):
    return Pose(name, tuple(up), spread, 10.0, True)


def calibrated(mounting, *, lean=True, full_deg=12.0):
    return fit_shoulders(
        pose("neutral", up_seen(0, 0, mounting)),
        [pose("shrug", up_seen(full_deg, 0, mounting))],
        pose("lean", up_seen(0, 10, mounting)) if lean else None,
    )


@settings(deadline=None, max_examples=100)
@given(mount=st.tuples(angles, st.floats(-90, 90), angles), full=st.floats(8, 20), part=st.floats(0, 1.2))
def test_the_score_is_the_part_of_the_own_shrug_for_any_mounting(mount, full, part):
    mounting = Rotation.from_euler("ZYX", mount, degrees=True)
    got = score(up_seen(part * full, 0, mounting)[None], calibrated(mounting, full_deg=full))[0]
    assert got == pytest.approx(part, abs=0.02)


@settings(deadline=None, max_examples=60)
@given(mount=st.tuples(angles, st.floats(-90, 90), angles), lean=st.floats(-10, 10))
def test_a_lean_that_was_shown_hardly_counts(mount, lean):
    mounting = Rotation.from_euler("ZYX", mount, degrees=True)
    known = abs(score(up_seen(0, lean, mounting)[None], calibrated(mounting))[0])
    assert known < 0.1
    # A naive projection on the shrug's arc counts a part of it.
    naive = abs(score(up_seen(0, lean, mounting)[None], calibrated(mounting, lean=False))[0])
    assert known <= naive + 1e-9


def test_one_row_and_many_give_the_same_bits():
    rows = np.random.default_rng(0).standard_normal((300, 3))
    shoulders = calibrated(Rotation.from_euler("ZYX", [10, 20, 30], degrees=True))
    single = np.concatenate([score(rows[i : i + 1], shoulders) for i in range(300)])
    assert score(rows, shoulders).tobytes() == single.tobytes()
