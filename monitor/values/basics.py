"""Array types, constants, and the words that places, modes, activities, reasons and events go by."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]
CodeArray: TypeAlias = NDArray[np.int8]

NS_PER_S = 1_000_000_000
STANDARD_GRAVITY = 9.80665
"""m/s² per g, by definition (ISO 80000-3)."""


class Site(StrEnum):
    """Where a sensor is worn; also the run's key for that sensor."""

    HEAD = "head"
    COLLAR = "collar"
    """Shirt collar, shoulder seam or strap: rides on the trunk, and on the outer shoulder where it is clipped there."""
    LEFT_SHOULDER = "left_shoulder"
    RIGHT_SHOULDER = "right_shoulder"
    BACK = "back"
    """Upper back or breastbone: rides on the trunk alone."""


class Mode(StrEnum):
    """What the runner's gaze should do on this ground."""

    ROAD = "road"
    TRAIL = "trail"
    TECHNICAL = "technical"


class Activity(IntEnum):
    """What the wearer is doing, from the rhythm of the acceleration."""

    UNKNOWN = 0
    STILL = 1
    WALK = 2
    RUN = 3
    OTHER = 4
    """Moving, but without a walking or running rhythm (bending, drinking, handling the sensor)."""


class Reason(IntEnum):
    """Why a posture value may not be trusted; `OK` = it may."""

    OK = 0
    NO_DATA = 1
    NOT_CALIBRATED = 2
    STARTING = 3
    """The orientation estimate is still settling."""
    GAP = 4
    """Samples were lost a moment ago."""
    CANNOT_SEE = 5
    """This placement cannot see this posture (d' below 2)."""
    SENSOR_FAULT = 6
    """Clipped or frozen samples."""
    SPARSE = 7
    """Of the last second too little was received to give a cue on; what is seen still counts."""


class EventKind(StrEnum):
    """The kinds of events, as the command line's JSON names them."""

    HEAD_DOWN = "head_down"
    LOOK_UP_DUE = "look_up_due"
    SHOULDERS_UP = "shoulders_up"
    SENSOR_MOVED = "sensor_moved"
    LINK_LOST = "link_lost"
    LINK_BACK = "link_back"
    MARK = "mark"
    FORM_CHECK = "form_check"
    LOOSEN_UP = "loosen_up"
