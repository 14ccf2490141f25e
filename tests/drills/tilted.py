"""Heads tilted as a test wants them: angles over time -> up directions in any mounting -> posture blocks."""

import math
from dataclasses import fields, replace
from itertools import pairwise

import numpy as np

from calibration.model import HeadCalibration, SiteCalibration
from monitor.posture.channel import PostureBlock
from monitor.values import NS_PER_S, Reason

RATE_HZ = 100.0


def turn_of(quaternion=(1.0, 0.0, 0.0, 0.0)):
    """Rotation matrix (3,3) from the wearer's axes to the sensor's."""
    w, x, y, z = np.array(quaternion) / np.linalg.norm(quaternion)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def up_of(pitch_deg, roll_deg, mounting=None):
    """Up (n,3) in sensor axes of a head pitched (nose down), then rolled (right ear down)."""
    p, r = np.radians(np.broadcast_arrays(pitch_deg, roll_deg))
    up = np.stack([-np.sin(p), np.cos(p) * np.sin(r), np.cos(p) * np.cos(r)], axis=-1)
    return up if mounting is None else up @ mounting.T


def site_of(mounting=None, **more):
    """A flawless calibration."""
    m = np.eye(3) if mounting is None else mounting
    neutral, nod = tuple(map(float, m @ [0, 0, 1])), tuple(map(float, m @ [-1, 0, 0]))
    head = HeadCalibration(neutral, nod, 10.0)
    return SiteCalibration("head", "head", "cap", "", "vqf", (), head=head, standing=neutral, **more)


def path(*legs, rate_hz=RATE_HZ, start=(0.0, 0.0)):
    """(pitch, roll) (n,) each: legs of (seconds, pitch, roll), straight lines from one to the next, in degrees."""
    at, pitch, roll = start, [], []
    for seconds, p, r in legs:
        n = round(seconds * rate_hz)
        share = np.arange(1, n + 1) / n
        pitch.append(at[0] + (p - at[0]) * share)
        roll.append(at[1] + (r - at[1]) * share)
        at = (p, r)
    return np.concatenate(pitch), np.concatenate(roll)


def circles(n, period_s=4.0, radius_deg=30.0, way=1, rate_hz=RATE_HZ, start_rad=0.0):
    """(pitch, roll) of n circles; way 1: right ear first after the chin."""
    k = np.arange(1, round(n * period_s * rate_hz) + 1)
    phase = start_rad + way * math.tau * k / (period_s * rate_hz)
    return radius_deg * np.cos(phase), radius_deg * np.sin(phase)


def join(*parts):
    """Several (pitch, roll) one after the other."""
    return np.concatenate([p for p, _ in parts]), np.concatenate([r for _, r in parts])


def block_of(up, *, first=0, rate_hz=RATE_HZ, reason=None, shoulder=None, restart=False):
    """A posture block of up directions (n,3)."""
    n = len(up)
    index = first + np.arange(n)
    t_ns = np.round(NS_PER_S + index * (NS_PER_S / rate_hz)).astype(np.int64)
    known = {
        "index": first,
        "period_s": 1.0 / rate_hz,
        "t_ns": t_ns,
        "arrival_ns": t_ns,
        "up": np.asarray(up, float),
        "activity": np.zeros(n, np.int8),
        "reason": np.full(n, Reason.OK, np.int8) if reason is None else np.asarray(reason, np.int8),
        "restart": restart,
    }
    if shoulder is not None:
        known["shoulder"] = np.asarray(shoulder, float)
    # What the drills do not read is nowhere.
    return PostureBlock(**{f.name: known.get(f.name, np.full(n, np.nan)) for f in fields(PostureBlock)})


def cut(block, edges):
    """A block as several, cut before the slots `edges`."""
    out = []
    marks = [0, *sorted({e for e in edges if 0 < e < len(block)}), len(block)]
    columns = [f.name for f in fields(PostureBlock) if f.name not in ("index", "period_s", "restart")]
    for a, b in pairwise(marks):
        arrays = {name: getattr(block, name)[a:b] for name in columns}
        out.append(replace(block, index=block.index + a, restart=block.restart and a == 0, **arrays))
    return out
