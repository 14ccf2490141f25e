"""Unit quaternions (w, x, y, z) on whole arrays: just what the runner model needs."""

from __future__ import annotations

import numpy as np

from monitor.values import FloatArray


def from_euler(yaw: FloatArray, pitch: FloatArray, roll: FloatArray) -> FloatArray:
    """Quaternions (n,4) of yaw about z, then pitch about the new y, then roll about the new x; radians (n,)."""
    cy, sy = np.cos(yaw / 2), np.sin(yaw / 2)
    cp, sp = np.cos(pitch / 2), np.sin(pitch / 2)
    cr, sr = np.cos(roll / 2), np.sin(roll / 2)
    return np.stack(
        [
            cy * cp * cr + sy * sp * sr,
            cy * cp * sr - sy * sp * cr,
            cy * sp * cr + sy * cp * sr,
            sy * cp * cr - cy * sp * sr,
        ],
        axis=-1,
    )


def about(axis: FloatArray, angle: FloatArray) -> FloatArray:
    """Quaternions (n,4) of a turn by `angle` (n,) radians about the unit vector `axis` (3,)."""
    return np.concatenate([np.cos(angle / 2)[:, None], np.sin(angle / 2)[:, None] * axis], axis=1)


def product(a: FloatArray, b: FloatArray) -> FloatArray:
    """Hamilton product a b, (n,4) or broadcastable to it: first b, then a."""
    aw, ax, ay, az = np.moveaxis(a, -1, 0)
    bw, bx, by, bz = np.moveaxis(b, -1, 0)
    return np.stack(
        [
            aw * bw - ax * bx - ay * by - az * bz,
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
        ],
        axis=-1,
    )


def conjugate(q: FloatArray) -> FloatArray:
    """The inverse of unit quaternions, (...,4)."""
    return np.asarray(q * np.array([1.0, -1.0, -1.0, -1.0]))


def rotate(q: FloatArray, v: FloatArray) -> FloatArray:
    """Vectors v (n,3) or (3,) turned by q (n,4)."""
    w, u = q[..., :1], q[..., 1:]
    t = 2 * np.cross(u, v)
    return np.asarray(v + w * t + np.cross(u, t))


def rotation_vector(q: FloatArray) -> FloatArray:
    """Rotation vectors (n,3), radians, of unit quaternions (n,4), the short way round."""
    q = np.where(q[:, :1] < 0, -q, q)
    norm = np.linalg.norm(q[:, 1:], axis=1, keepdims=True)
    angle = 2 * np.arctan2(norm, q[:, :1])
    scale = np.divide(angle, norm, out=np.full_like(norm, 2.0), where=norm > 1e-12)
    vector: FloatArray = q[:, 1:] * scale
    return vector


def random_unit(rng: np.random.Generator) -> FloatArray:
    """One quaternion (4,), uniform over all orientations."""
    q = rng.standard_normal(4)
    unit: FloatArray = q / np.linalg.norm(q)
    return unit
