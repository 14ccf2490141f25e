"""Which stretches make a pose, and what the wearer is told about the others."""

import numpy as np
import pytest

from calibration.poses import Stretch, capture
from monitor.errors import CalibrationError

HZ = 50


def stretch(seconds=5.0, sway_deg=0.3, trusted=1.0, moving=False, length=1.0, seed=0):
    rng = np.random.default_rng(seed)
    n = round(seconds * HZ)
    up = np.array([0, 0, 1.0]) + np.radians(sway_deg) / np.sqrt(2) * rng.standard_normal((n, 3)) * [1, 1, 0]
    sure = np.ones(n, bool)
    sure[: n - round(trusted * n)] = False
    return Stretch(up * length, sure, moving, 1 / HZ)


def test_a_still_stretch_is_a_pose():
    pose = capture("neutral", stretch())
    assert np.allclose(pose.up, (0, 0, 1), atol=2e-3)
    assert np.linalg.norm(pose.up) == pytest.approx(1)
    assert pose.spread_deg == pytest.approx(0.3, rel=0.2)
    assert pose.duration_s == pytest.approx(5)
    assert not pose.moving


def test_one_stride_means_shorter_than_one_are_directions_all_the_same():
    assert np.allclose(capture("neutral", stretch(length=0.9)).up, capture("neutral", stretch()).up)


def test_the_untrusted_part_does_not_count():
    s = stretch(trusted=0.85)
    s.up[~s.trusted] = [1.0, 0, 0]
    assert np.allclose(capture("neutral", s).up, (0, 0, 1), atol=2e-3)


@pytest.mark.parametrize(
    ("bad", "reason", "remedy"),
    [
        (stretch(seconds=2.9), "only 2.9 s", "at least 3 seconds"),
        (stretch(seconds=0), "only 0.0 s", "at least 3 seconds"),
        (stretch(trusted=0.79), "79 % of it can be trusted", "streamed for five seconds"),
        (stretch(trusted=0.0), "0 % of it can be trusted", "streamed for five seconds"),
        (stretch(sway_deg=4.0), "moved by", "quite still"),
        (stretch(sway_deg=5.5, moving=True), "moved by", "run evenly"),
    ],
)
def test_refusals_say_why_and_what_to_do(bad, reason, remedy):
    with pytest.raises(CalibrationError) as caught:
        capture("look down", bad)
    assert caught.value.pose == "look down"
    assert reason in caught.value.reason
    assert remedy in caught.value.remedy


def test_running_may_sway_a_little_more_than_standing():
    assert capture("neutral", stretch(sway_deg=3.5, moving=True)).moving
    with pytest.raises(CalibrationError):
        capture("neutral", stretch(sway_deg=3.5))


@pytest.mark.parametrize(
    "up", [np.tile([[0, 0, 1.0], [0, 0, -1.0]], (100, 1)), np.zeros((200, 3)), np.full((200, 3), np.nan)]
)
def test_directions_that_cancel_or_are_none_are_refused_not_nan(up):
    with pytest.raises(CalibrationError, match="no steady direction"):
        capture("neutral", Stretch(up, np.ones(200, bool), False, 1 / HZ))
