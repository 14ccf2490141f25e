"""What a column's name says: which quantity, which axis, which unit. Names only; values are not looked at.

Understood are the spellings of many loggers: `ax_m_s2`, `AccX(g)`, `Accel-X (g)`, `Acceleration x (m/s^2)`, `gFx`,
`rotationRateY`, `AsX(°/s)`, `Gyr_X`, `x-axis (deg/s)`, `X [mg]`, `time[ms]`, `seconds_elapsed`, `SampleTimeFine`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from monitor.sources.imu_units import OTHER, quantity, unit_named


class Kind(StrEnum):
    """What a column holds, as far as its name tells."""

    TIME = "time"
    ACC = "acceleration"
    GYR = "gyro"
    LINEAR = "linear acceleration"
    """Acceleration with gravity taken off: useless for posture."""
    GRAVITY = "gravity"
    BARE = "x, y, z"
    """An axis and nothing else."""
    COUNTER = "counter"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the name of a column says.

    `axis`: 'x', 'y', 'z' or ''. `unit`: as in `imu_units`, '' where the name tells none. `group`: what else the name
    says, so that the columns of two devices or two quantities in one table are told apart.
    """

    kind: Kind
    axis: str
    unit: str
    group: str


_ACC = {"acc", "ac", "accel", "acceler", "accelerometer", "acceleration", "gforce", "gf", "accelerations"}
_GYR = {
    "gyr",
    "gyro",
    "gy",
    "gyroscope",
    "omega",
    "as",
    "angvel",
    "gyros",
    "rotationrate",
    "rotrate",
    "angularvelocity",
}
_LINEAR = {"linear", "lin", "free", "user", "nograv"}
_GRAVITY = {"gravity", "grav", "gravitational"}
_OTHER = {
    "mag", "magn", "magnetometer", "magnetic", "quat", "quaternion", "q", "euler", "angle", "angles", "orientation",
    "attitude", "roll", "pitch", "yaw", "bias", "var", "cov", "vel", "position", "pos", "std", "delta", "jerk",
    "clip", "temp", "pressure", "b", "h", "m", "absolute", "magnitude", "ori", "offset",
}  # fmt: skip
_TIME = {
    "t", "time", "times", "timestamp", "timestamps", "ts", "epoch", "epoc", "datetime", "date", "elapsed", "unixtime",
    "unix", "utc",
}  # fmt: skip
_COUNTER = {"packetcounter", "counter", "count", "index", "sample", "idx", "packet", "seq"}
_AXIS_STEMS = _ACC | _GYR | _LINEAR | _GRAVITY | {"a", "g", "w", "rot", "rate", "rotation", "velocity", "m", "h", "b"}
_ENDINGS: dict[tuple[str, ...], str] = {
    ("m", "s", "2"): "m/s2", ("m", "s2"): "m/s2", ("rad", "s"): "rad/s", ("deg", "s"): "deg/s",
    **{(word,): word for word in (
        "ms2", "mps2", "rads", "dps", "degs", "mdps", "mg", "g", "s", "ms", "us", "ns", "sec", "seconds", "millis",
        "secs", "milliseconds", "microseconds", "nanoseconds", "micros", "nanos", "rps",
    )},
}  # fmt: skip
"""The last words of a name that are a unit, and how `imu_units` spells it."""
_FOREIGN = {"加速度": " acc ", "角速度": " gyro ", "时间": " time ", "角度": " angle ", "磁场": " mag "}
"""As the Chinese edition of WitMotion's program names its columns."""
_BRACKET = re.compile(r"[\[(]([^\])]{0,30})[\])]\s*:?\s*$")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d*|\d+")


def read_name(name: str) -> Meaning:
    """The meaning of a column's name."""
    text = unicodedata.normalize("NFKC", name[:200])
    for foreign, english in _FOREIGN.items():
        text = text.replace(foreign, english)
    unit = ""
    bracket = _BRACKET.search(text)
    if bracket:
        unit, text = unit_named(bracket[1]), text[: bracket.start()]
        if not re.search("[a-zA-Z°]", bracket[1]):
            unit = ""  # a time zone, or empty brackets
    words = [word.lower() for word in _WORD.findall(text)]
    if not unit:
        words, unit = _unit_at_the_end(words)
    return _meaning(words, unit, name)


def _unit_at_the_end(words: list[str]) -> tuple[list[str], str]:
    """`ax_m_s2` ends with a unit; the longest ending counts, and something else must stand in front of it."""
    for length in range(min(3, len(words) - 1), 0, -1):
        spelled = _ENDINGS.get(tuple(words[-length:]))
        if spelled:
            return words[:-length], OTHER if spelled == "rps" else unit_named(spelled)
    return words, ""


def _meaning(words: list[str], unit: str, name: str) -> Meaning:
    axis, rest = _axis(words)
    said = set(rest)
    group = " ".join(rest)
    if not axis:
        # A counter is no clock, whatever else its name says; 'SampleTimeFine' is one.
        unit = unit or ("s" if "seconds" in said else "ms" if said & {"ms", "millis"} else "")
        if said & _TIME and quantity(unit) in ("", "time"):
            return Meaning(Kind.TIME, "", "" if unit == OTHER else unit, group)
        if unit and quantity(unit) == "time" and said <= {"seconds", "millis", "since", "start"}:
            return Meaning(Kind.TIME, "", unit, group)
        if said & _COUNTER or "packetcounter" in group.replace(" ", ""):
            return Meaning(Kind.COUNTER, "", "", group)
        return Meaning(Kind.OTHER, "", "", group)
    # Gauss is spelled like g, but only as a capital in brackets behind an axis that nothing calls an acceleration.
    if unit == "g" and re.search(r"[\[(]G[\])]", name) and not said & (_ACC | {"a"}):
        unit = OTHER
    return Meaning(_kind(said, unit), axis, unit, group)


def _kind(said: set[str], unit: str) -> Kind:
    measured = quantity(unit)
    angular = bool(said & {"angular", "rotation", "rotational", "rot", "turn"})
    acc = bool(said & _ACC) or {"g", "f"} <= said
    gyr = bool(said & _GYR) or (angular and not acc and not said & {"angle", "angles"})
    if unit == OTHER or measured == "time" or (angular and acc):
        return Kind.OTHER
    if said & _GRAVITY:
        return Kind.GRAVITY
    if acc:
        return Kind.LINEAR if said & _LINEAR else Kind.ACC if measured != "gyr" else Kind.OTHER
    if gyr:
        return Kind.GYR if measured != "acc" else Kind.OTHER
    if said & {"a"} and not said & _OTHER:
        return Kind.ACC if measured != "gyr" else Kind.OTHER
    if said & {"g", "w"} and not said & _OTHER:
        return Kind.GYR if measured != "acc" else Kind.ACC
    if said & _OTHER:
        return Kind.OTHER
    if measured:
        return Kind.ACC if measured == "acc" else Kind.GYR
    return Kind.BARE if not said - {"axis", "raw", "value", "data"} else Kind.OTHER


def _axis(words: list[str]) -> tuple[str, list[str]]:
    """The axis, and the words without it: a word of its own, or the last letter of one that may carry it."""
    lone = [i for i, word in enumerate(words) if word in ("x", "y", "z")]
    if len(lone) == 1:
        i = lone[0]
        return words[i], words[:i] + words[i + 1 :]
    if not lone and words:
        last = words[-1]
        stem = last[:-1]
        if last[-1] in "xyz" and (stem in _AXIS_STEMS or (stem == "f" and words[0] == "g")):
            return last[-1], [*words[:-1], stem]
    return "", words
