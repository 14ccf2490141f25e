"""Geometry on directions: angles, tangent planes, and turning everything with a sensor that has turned.

A direction is a unit vector (3,) in sensor axes, normally the world's "up".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from calibration.model import Vector


def unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """The vector (3,) at length one."""
    return np.asarray(vector / np.linalg.norm(vector))


def angle_deg(directions: NDArray[np.float64], to: NDArray[np.float64]) -> NDArray[np.float64]:
    """Angles (n,) in degrees between unit vectors (n,3) and one unit vector (3,)."""
    chord = np.linalg.norm(directions - to, axis=1)
    return np.asarray(np.degrees(2 * np.arcsin(np.clip(chord / 2, 0.0, 1.0))))


def between_deg(one: Vector, other: Vector) -> float:
    """Angle in degrees between two directions."""
    return float(angle_deg(np.array([one]), np.array(other))[0])


def tangent(at: NDArray[np.float64], towards: NDArray[np.float64]) -> NDArray[np.float64]:
    """The part of `towards` (3,) orthogonal to the unit vector `at` (3,)."""
    return np.asarray(towards - (towards @ at) * at)


def basis(n: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two unit vectors (3,) that span the plane orthogonal to the unit vector `n` (3,)."""
    least = np.zeros(3)
    least[int(np.argmin(np.abs(n)))] = 1.0
    e1 = unit(np.cross(n, least))
    return e1, np.cross(n, e1)


def turn(from_: NDArray[np.float64], to: NDArray[np.float64]) -> NDArray[np.float64]:
    """The smallest rotation (3,3) that takes one unit vector (3,) to another; not for opposite ones."""
    v, c = np.cross(from_, to), float(from_ @ to)
    cross = np.array([[0.0, -v[2], v[1]], [v[2], 0.0, -v[0]], [-v[1], v[0], 0.0]])
    return np.asarray(np.eye(3) + cross + cross @ cross / (1.0 + c))


def as_vector(v: NDArray[np.float64]) -> Vector:
    """An array (3,) as a plain tuple."""
    return (float(v[0]), float(v[1]), float(v[2]))
