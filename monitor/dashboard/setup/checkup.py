"""The 10-second check of all sensors of a profile: looks in, verdicts out, and the re-zero that mends them. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from calibration.check import CHECK_S, Check, StartCheck, Verdict
from calibration.held import Seen
from calibration.model import Profile, SiteCalibration
from calibration.rezero import rezero
from monitor.posture_watch import LOOK_S


class Checkup:
    """Push looks as they come; `over` once every sensor that can be judged has its verdict."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._sites = {s.sensor: s for s in profile.sites if s.head is not None or s.shoulders is not None}
        self._checks: dict[str, StartCheck] = {}
        self._gathered: dict[str, int] = {}
        for key in self._sites:
            self.restart(key)

    def restart(self, key: str) -> None:
        """A sensor was away: what it showed before is forgotten. A verdict stays."""
        if key in self._sites and self.result(key) is None:
            self._checks[key] = StartCheck(self._sites[key], LOOK_S)
            self._gathered[key] = 0

    @property
    def over(self) -> bool:
        """Every sensor has its verdict."""
        return all(check.result is not None for check in self._checks.values())

    @property
    def left_s(self) -> float:
        """Seconds of looking ahead that are wanted before there can be a verdict."""
        waiting = [self._gathered[key] for key, check in self._checks.items() if check.result is None]
        return max(0.0, CHECK_S - LOOK_S * min(waiting)) if waiting else 0.0

    @property
    def hint(self) -> str:
        """What to do, while the looks allow no verdict."""
        return next((check.hint for check in self._checks.values() if check.hint), "")

    def result(self, key: str) -> Check | None:
        """The verdict on a sensor; None where there is none."""
        check = self._checks.get(key)
        return check.result if check is not None else None

    def push(self, seen: Sequence[Seen]) -> None:
        """The looks since the last call, oldest first."""
        for key, check in self._checks.items():
            mine = [s for s in seen if s.sensor == key]
            if not mine:
                continue
            self._gathered[key] += len(mine)
            check.push(
                np.array([s.up for s in mine]),
                np.array([s.trusted for s in mine]),
                np.array([int(s.activity) for s in mine], np.int8),
            )

    def rezeroed(self, today_utc: str) -> Profile | None:
        """The profile turned to what was seen; None where nothing has moved, or too much for a re-zero."""
        results = {key: result for key in self._sites if (result := self.result(key)) is not None}
        verdicts = {result.verdict for result in results.values()}
        if Verdict.MOVED not in verdicts or Verdict.WORN_ANEW in verdicts:
            return None
        sites = tuple(_turned(site, results.get(site.sensor), today_utc) for site in self._profile.sites)
        return replace(self._profile, sites=sites)


def _turned(site: SiteCalibration, result: Check | None, today_utc: str) -> SiteCalibration:
    if result is None or result.verdict is not Verdict.MOVED or result.up is None or math.isnan(result.off_deg):
        return site
    note = f"re-zeroed by {result.off_deg:.0f} degrees on {today_utc[:10]}."
    return replace(rezero(site, result.up, running=result.running), notes=(*site.notes, note))
