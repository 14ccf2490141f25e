"""What each sensor of a run tells of its shoulder, and how well: clearly, weakly, or not at all.

A score that is only weakly seen is a number to look at: no limit, no bout and no cue rests on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from monitor.review.analysis import RunAnalysis
from monitor.review.track_time import Bouts, bouts, percentile, time_mean, time_share, weights_s
from monitor.values import Activity, BoolArray, Reason, SensorInfo, Site, Track

ON_SHOULDERS = (Site.COLLAR, Site.LEFT_SHOULDER, Site.RIGHT_SHOULDER)
"""Where a sensor is worn to see shoulders: there it is also said that it sees nothing."""
ROUNDING = 0.05
"""A d' is known to one decimal."""


class Sight(StrEnum):
    """How well a sensor sees the shoulder it rides on, as the JSON names it."""

    CLEAR = "clear"
    WEAK = "weak"
    """d' between 1.2 and 2: shown, never claimed."""
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
    """Separation of a 40 % shrug at calibration, to one decimal; None where it is not known."""
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
    words = analysis.calibrated.get(info.key, "")
    track = analysis.tracks.get(info.key)
    sees, d_prime = _sight(track, words), d_prime_in(words)
    limits = analysis.settings.shoulders
    if sees is Sight.CLEAR and d_prime is not None and d_prime + ROUNDING < limits.claim_d_prime:
        sees = Sight.WEAK  # the wearer asks for more
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


def _sight(track: Track | None, words: str) -> Sight:
    """From what the pipeline made of the sensor, and otherwise from the calibration's words."""
    said = next((sight for said, sight in _SIGHT_IN_WORDS.items() if said in words), Sight.UNCALIBRATED)
    if track is None:
        return said
    scored = np.isfinite(track.shoulder)
    if (scored & (track.reason == Reason.CANNOT_SEE)).any():
        return Sight.WEAK  # scores, but no rule on them
    return Sight.CLEAR if said is Sight.UNCALIBRATED and (scored & track.valid).any() else said


# The analysis carries the calibration only in words; a test compares these with `calibration.sees`.
_SIGHT_IN_WORDS = {
    "Cannot see raised shoulders": Sight.NONE,
    "Sees raised shoulders only weakly": Sight.WEAK,
    "Sees raised shoulders": Sight.CLEAR,
}


def d_prime_in(words: str) -> float | None:
    """The shoulders' d' in the calibration's words, to one decimal; None where they tell none."""
    text = words.partition("raised shoulders")[2].partition("(d' ")[2].partition(")")[0]
    try:
        d_prime = float(text)
    except ValueError:
        return None
    return d_prime if 0 <= d_prime < np.inf else None
