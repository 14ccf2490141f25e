"""What each sensor of a run tells of its shoulder, and how well: clearly, weakly, or not at all.

A score that is only weakly seen is a number to look at: no limit, no bout and no cue rests on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from calibration.model import ShoulderCalibration
from calibration.sees import WEAK_D
from monitor.review.analysis import RunAnalysis
from monitor.review.track_time import Bouts, bouts, percentile, time_mean, time_share, weights_s
from monitor.values import Activity, BoolArray, Reason, SensorInfo, Site, Track

ON_SHOULDERS = (Site.COLLAR, Site.LEFT_SHOULDER, Site.RIGHT_SHOULDER)
"""Where a sensor is worn to see shoulders: there it is also said that it sees nothing."""


class Sight(StrEnum):
    """How well a sensor sees the shoulder it rides on, as the JSON names it."""

    CLEAR = "clear"
    WEAK = "weak"
    """d' between 1.2 and the 2 that a claim needs (or what the wearer asks for): shown, never claimed."""
    NONE = "not visible from here"
    UNCALIBRATED = "not calibrated"


@dataclass(frozen=True, slots=True)
class ShoulderMetrics:
    """Shoulder score while running and trusted; 0 = neutral, 1 = the wearer's own full shrug.

    Nothing but `sees` and `d_prime` is known of a sensor that does not see its shoulder.
    """

    sensor: str
    site: Site
    sees: Sight
    d_prime: float | None
    """Separation of a 40 % shrug at calibration; None where no shrug was shown."""
    mean: float | None = None
    p95: float | None = None
    past_share: float | None = None
    """Share of that time above the limit, 0..1; None where it is seen only weakly."""
    bouts: Bouts | None = None
    """None where it is seen only weakly, or the sensor's detector state tells of its head rule instead."""


def shoulder_metrics(analysis: RunAnalysis) -> tuple[ShoulderMetrics, ...]:
    """One entry for each sensor worn on a shoulder or seeing one, in the run's order."""
    found = (_of(info, analysis) for info in analysis.sensors)
    return tuple(m for m in found if m.site in ON_SHOULDERS or m.sees in (Sight.CLEAR, Sight.WEAK))


def best_seen(metrics: tuple[ShoulderMetrics, ...], analysis: RunAnalysis) -> ShoulderMetrics | None:
    """The sensor with the most trusted scores, a clear view before a weak one; None where no shoulder was seen."""
    seen = [m for m in metrics if m.mean is not None]
    return max(seen, key=lambda m: (m.sees is Sight.CLEAR, int(seen_at(analysis.tracks[m.sensor]).sum())), default=None)


def seen_at(track: Track) -> BoolArray:
    """Where (n,) the wearer runs and the score may be trusted as far as the placement allows."""
    trusted = track.valid | (track.reason == Reason.CANNOT_SEE)
    return np.asarray((track.activity == Activity.RUN) & trusted & np.isfinite(track.shoulder))


def _of(info: SensorInfo, analysis: RunAnalysis) -> ShoulderMetrics:
    site, track = analysis.sites.get(info.key), analysis.tracks.get(info.key)
    shoulders, limits = site.shoulders if site else None, analysis.settings.shoulders
    sees, d_prime = sight(shoulders, limits.claim_d_prime), shoulders.d_prime if shoulders else None
    blank = ShoulderMetrics(info.key, info.site, sees, d_prime)
    if track is None or sees not in (Sight.CLEAR, Sight.WEAK):
        return blank
    seen, weight_s = seen_at(track), weights_s(track)
    score = track.shoulder[seen]
    clear = sees is Sight.CLEAR
    past = time_share(weight_s, seen & (track.shoulder > limits.on), seen)
    sees_head = bool((np.isfinite(track.sustained_deg) & track.valid).any())
    return ShoulderMetrics(
        sensor=info.key,
        site=info.site,
        sees=sees,
        d_prime=d_prime,
        mean=time_mean(score, weight_s[seen]),
        p95=percentile(score, 95),
        past_share=past if clear else None,
        bouts=bouts(track) if clear and past is not None and not sees_head else None,
    )


def sight(shoulders: ShoulderCalibration | None, claim_d_prime: float) -> Sight:
    """How well a calibration sees its shoulder; from `claim_d_prime` on a rule rests on it."""
    if shoulders is None:
        return Sight.UNCALIBRATED
    if not shoulders.d_prime >= WEAK_D:
        return Sight.NONE
    return Sight.CLEAR if shoulders.d_prime >= claim_d_prime else Sight.WEAK
