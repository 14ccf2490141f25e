"""A form check: what was compared, in numbers for the log and in words for the runner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from monitor.coaching import words
from monitor.coaching.baseline import SensorForm, Stretch
from monitor.coaching.bins import Bin
from monitor.coaching.compare import CADENCE_SPM, HEAD_DEG, OVER, SHOULDER, Change, Scale, change
from monitor.coaching.seen import Seen
from monitor.coaching.words import Why
from monitor.values import Mode

Detail: TypeAlias = dict[str, float | int | str | bool]
MOST_NAMED = 2
"""More differences than this nobody keeps in mind; the numbers of all are in the detail."""
CREPT_PART = 0.5
"""Where the adaptation of the neutral followed so much of a change, the sensor may be what moved."""
MOST_SLOPE_DEG = 2.0
"""On ground that slopes by more than this otherwise (3.5 % of grade) heads and steps are not alike."""


@dataclass(frozen=True, slots=True)
class Result:
    """The numbers of a check by name, and its sentences."""

    detail: Detail
    said: tuple[str, ...]


def check(
    seen: Seen,
    forms: Mapping[str, SensorForm],
    stretches: Mapping[str, Stretch],
    mode: Mode,
    *,
    looking_back: bool = False,
) -> Result:
    """The result of comparing the stretches (by sensor key; at least one) of the sensors that see something.

    `looking_back`: they are the five minutes before a mark, not the last half minute.
    """
    comparing = _Comparison(seen, forms, stretches, mode, looking_back)
    head = next((key for key in seen.heads if key in stretches), None)
    shoulders = [key for key in seen.shoulders if key in stretches]
    if head is not None:
        comparing.head(head)
    for key in shoulders:
        comparing.shoulder(key)
    comparing.cadence(next(key for key in (head, *shoulders) if key is not None))
    return comparing.result()


def in_baseline(seen: Seen, sensor: str, bins: Sequence[Bin]) -> Detail:
    """The numbers of a sensor's baseline."""
    detail: Detail = {}
    if sensor in seen.heads:
        _put(detail, "head_deg", _mean(bins, "neck_deg"))
        _put(detail, "head_over_share", _mean(bins, "over"))
    if sensor in seen.shoulders:
        name = _shoulder_name(seen.side(sensor))
        _put(detail, f"{name}_score", _mean(bins, "shoulder"))
        if sensor not in seen.heads:
            _put(detail, f"{name}_over_share", _mean(bins, "over"))
    _put(detail, "cadence_spm", _mean(bins, "cadence_spm"))
    return detail


class _Comparison:
    """Gathers numbers and remarks, the most important first."""

    def __init__(
        self,
        seen: Seen,
        forms: Mapping[str, SensorForm],
        stretches: Mapping[str, Stretch],
        mode: Mode,
        looking_back: bool,
    ) -> None:
        self._looking_back = looking_back
        self._seen = seen
        self._forms = forms
        self._stretches = stretches
        self._mode = mode
        self._from_start = all(s.from_start for s in stretches.values() if s.base)
        self._detail: Detail = {}
        self._heads: list[Change] = []
        self._shoulders: list[Change] = []
        self._remarks: list[tuple[str, ...]] = []

    def head(self, key: str) -> None:
        stretch = self._stretches[key]
        why = self._why_not(key)
        if why:
            self._detail["head_not_compared"] = why.value
        if why in (Why.MOVED, Why.SLOPE):
            self._remarks.append((words.WHY[why],))
        level = self._measure("head", "_deg", stretch, "neck_deg", HEAD_DEG if why is None else None)
        if followed := _mean(stretch.now, "followed_deg"):
            _put(self._detail, "head_followed_deg", followed)
        over = self._measure("head_over", "_share", stretch, "over", OVER if why is None else None)
        if level is None:
            return
        self._heads.append(level)
        if level.named:
            lift = words.remedy_for(self._mode, level.now) if level.difference > 0 and not self._looking_back else ""
            crept = _mean(stretch.now, "followed_deg") - _mean(stretch.base, "followed_deg")
            or_sensor = crept / level.difference >= CREPT_PART
            self._remarks.append(_texts(words.head(level.difference, self._from_start, or_sensor), lift))
        elif over and over.named and over.difference > 0:
            self._remarks.append((words.too_far(over.now, self._looking_back),))

    def shoulder(self, key: str) -> None:
        stretch = self._stretches[key]
        side = self._seen.side(key)
        name = _shoulder_name(side)
        moved = self._forms[key].moved
        up = self._measure(name, "_score", stretch, "shoulder", None if moved else SHOULDER)
        if key not in self._seen.heads:
            self._measure(f"{name}_over", "_share", stretch, "over", OVER)
        if up is None:
            return
        self._shoulders.append(up)
        if up.named:
            drop = words.drop(side) if up.difference > 0 and not self._looking_back else ""
            self._remarks.append(_texts(words.shoulders(side, up.difference, self._from_start), drop))

    def cadence(self, key: str) -> None:
        alike = self._why_not(key) is not Why.SLOPE
        steps = self._measure("cadence", "_spm", self._stretches[key], "cadence_spm", CADENCE_SPM if alike else None)
        if steps and steps.named:
            self._remarks.append((words.cadence(steps.difference, self._from_start),))

    def result(self) -> Result:
        compared = [*self._heads, *self._shoulders]
        if not compared and not self._remarks:
            why = self._why_nothing()
            self._detail["not_compared"] = why.value
            return Result(self._detail, (words.WHY[why],))
        if not self._remarks:
            unclear = any(c.unclear for c in compared)
            said = words.unchanged(bool(self._heads), bool(self._shoulders), unclear, self._from_start)
            self._remarks.append((said,))
        return Result(self._detail, tuple(said for remark in self._remarks[:MOST_NAMED] for said in remark))

    def _why_not(self, key: str) -> Why | None:
        """Why the angles of a sensor are not compared."""
        stretch = self._stretches[key]
        if not stretch.base:
            return self._forms[key].why_unknown()
        if self._forms[key].moved:
            return Why.MOVED
        return Why.SLOPE if abs(_slope(stretch.now) - _slope(stretch.base)) > MOST_SLOPE_DEG else None

    def _why_nothing(self) -> Why:
        whys = {self._why_not(key) for key in self._stretches}
        return next((why for why in (Why.OTHER_GROUND, Why.NO_BASELINE, Why.MOVED) if why in whys), Why.TOO_SHORT)

    def _measure(self, name: str, unit: str, stretch: Stretch, column: str, scale: Scale | None) -> Change | None:
        """Put the numbers of one measure into the detail; what became of it, None where it cannot be compared."""
        _put(self._detail, f"{name}{unit}", _mean(stretch.now, column))
        if scale is None:
            return None
        found = change(_column(stretch.now, column), _column(stretch.base, column), scale)
        if found:
            _put(self._detail, f"{name}_base{unit}", found.base)
            _put(self._detail, f"{name}_margin{unit}", found.margin)
            self._detail[f"{name}_changed"] = found.named
        return found


def _shoulder_name(side: str) -> str:
    return f"{side}_shoulder" if side else "shoulder"


def _texts(*texts: str) -> tuple[str, ...]:
    return tuple(text for text in texts if text)


def _put(detail: Detail, name: str, value: float) -> None:
    if np.isfinite(value):
        detail[name] = round(value, 3)


def _slope(bins: Sequence[Bin]) -> float:
    return _mean(bins, "slope_deg")


def _mean(bins: Sequence[Bin], column: str) -> float:
    known = [value for value in _column(bins, column) if np.isfinite(value)]
    return float(np.mean(known)) if known else float("nan")


def _column(bins: Sequence[Bin], column: str) -> list[float]:
    return [getattr(b, column) for b in bins]
