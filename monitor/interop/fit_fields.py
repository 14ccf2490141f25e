"""Our developer fields in a FIT file: what they are called, and their values as bytes.

    every record   head_pitch deg, gaze_distance m (at most 15: farther is only 'far'), shoulder_score % of the
                   wearer's own full shrug, posture_state (0 good, 1 head down, 2 shoulders up, 3 both)
    session, laps  head_pitch_avg deg, head_down_time s, shoulder_score_avg %, posture_cues

Where nothing may be trusted a value is the pattern for 'not known'. Of a SIMULATED run every name says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from monitor.interop.fit_wire import BaseType, FieldSpec, GlobalMessage, encode_value, whole_message
from monitor.interop.posture_series import UNKNOWN_STATE, PostureRows, PostureSummary
from monitor.posture.gaze import FAR_M

APPLICATION_ID: Final = bytes.fromhex("5d1c0c5e9b2f4e63a0d7f61b3c8e4a29")
"""Ours, so that other programs and we ourselves know our fields again."""
APPLICATION_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class DeveloperField:
    """One developer field: number, name and unit in ASCII, type of its value."""

    number: int
    name: str
    units: str
    base: BaseType

    @property
    def size(self) -> int:
        """Bytes of a value."""
        return {BaseType.FLOAT32: 4, BaseType.UINT16: 2}.get(self.base, 1)


RECORD_FIELDS: Final = (
    DeveloperField(0, "head_pitch", "deg", BaseType.FLOAT32),
    DeveloperField(1, "gaze_distance", "m", BaseType.FLOAT32),
    DeveloperField(2, "shoulder_score", "%", BaseType.FLOAT32),
    DeveloperField(3, "posture_state", "code", BaseType.UINT8),
)
SUMMARY_FIELDS: Final = (
    DeveloperField(4, "head_pitch_avg", "deg", BaseType.FLOAT32),
    DeveloperField(5, "head_down_time", "s", BaseType.FLOAT32),
    DeveloperField(6, "shoulder_score_avg", "%", BaseType.FLOAT32),
    DeveloperField(7, "posture_cues", "cues", BaseType.UINT16),
)
CARRIED: Final = {
    GlobalMessage.RECORD: RECORD_FIELDS,
    GlobalMessage.LAP: SUMMARY_FIELDS,
    GlobalMessage.SESSION: SUMMARY_FIELDS,
}
"""Which messages carry which of our fields."""
RECORD_SIZE: Final = sum(field.size for field in RECORD_FIELDS)


def entries(fields: tuple[DeveloperField, ...], index: int) -> tuple[tuple[int, int, int], ...]:
    """(number, size, developer index) of each field, as a definition lists them."""
    return tuple((f.number, f.size, index) for f in fields)


def describe(local: int, index: int, *, simulated: bool) -> bytes:
    """The messages that introduce us and our fields, with definitions of this local number."""
    out = whole_message(
        local,
        GlobalMessage.DEVELOPER_DATA_ID,
        [
            (1, BaseType.BYTES, APPLICATION_ID),
            (3, BaseType.UINT8, index),
            (4, BaseType.UINT32, APPLICATION_VERSION),
        ],
    )
    for field in (*RECORD_FIELDS, *SUMMARY_FIELDS):
        out += whole_message(
            local,
            GlobalMessage.FIELD_DESCRIPTION,
            [
                (0, BaseType.UINT8, index),
                (1, BaseType.UINT8, field.number),
                (2, BaseType.UINT8, int(field.base)),
                (3, BaseType.STRING, f"simulated_{field.name}" if simulated else field.name),
                (8, BaseType.STRING, field.units),
            ],
        )
    return out


def record_bytes(rows: PostureRows, *, big_endian: bool = False) -> bytes:
    """The values of `RECORD_FIELDS` for k moments, `RECORD_SIZE` bytes each, end to end."""
    order = ">" if big_endian else "<"
    names = [(field.name, f"{order}u4") for field in RECORD_FIELDS[:3]]
    out = np.empty(len(rows.state), np.dtype([*names, ("posture_state", "u1")]))
    gaze = np.minimum(rows.gaze_m, FAR_M)
    for (name, _), values in zip(names, (rows.head_pitch_deg, gaze, 100.0 * rows.shoulder), strict=True):
        pattern = values.astype(np.float32).view(np.uint32)
        out[name] = np.where(np.isfinite(values), pattern, 0xFFFF_FFFF)
    out["posture_state"] = rows.state
    return out.tobytes()


def summary_bytes(summary: PostureSummary, *, big_endian: bool = False) -> bytes:
    """The values of `SUMMARY_FIELDS`."""
    shoulder = None if summary.shoulder_mean is None else 100.0 * summary.shoulder_mean
    values = (summary.head_pitch_mean_deg, summary.head_down_s, shoulder, summary.cues)
    out = b""
    for field, value in zip(SUMMARY_FIELDS, values, strict=True):
        encoded = encode_value(FieldSpec(field.number, field.base, field.size), value)
        out += encoded[::-1] if big_endian else encoded
    return out


assert UNKNOWN_STATE == 0xFF, "the pattern for 'not known' of the state's type"
