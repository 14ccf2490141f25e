"""What a run was measured with, and in which words two runs were not measured with the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from calibration.model import Profile, SiteCalibration
from monitor.library.measures import Ruler
from monitor.review.analysis import RunAnalysis
from monitor.review.modes import modes_used
from monitor.review.report_words import clean
from monitor.review.shoulders import best_seen, shoulder_metrics
from monitor.review.table import main_track
from monitor.values import SensorInfo

REZEROED = "re-zeroed ("
"""How the pipeline's own mark of a re-zero begins."""


@dataclass(frozen=True, slots=True)
class RulerFacts:
    """What a run was measured with, each as a short text; '' where there was none of it.

    head, shoulders : a digest of the calibration of the sensor that saw them
    made_utc        : when that calibration was made
    limits, cues    : digests of the limits, and of all else that decides on cues
    """

    simulated: bool
    modes: str
    head_sensor: str
    head: str
    made_utc: str
    rezeroed: bool
    trunk_seen: bool
    limits: str
    cues: str
    shoulder_sensor: str
    shoulders: str

    def holds(self, ruler: Ruler) -> bool:
        """The ruler was one and the same throughout the run: a neutral set anew on the way makes another."""
        return not self.rezeroed or ruler in (Ruler.CLOCK, Ruler.GROUND)

    def key(self, ruler: Ruler) -> tuple[Any, ...]:
        """Equal for two runs whose numbers of this kind may be compared."""
        ground = (self.simulated, self.modes)
        head = (*ground, self.head_sensor, self.head, self.rezeroed)
        limit = (*head, self.trunk_seen, self.limits)
        return {
            Ruler.CLOCK: (),
            Ruler.GROUND: ground,
            Ruler.HEAD: head,
            Ruler.LIMIT: limit,
            Ruler.CUES: (*limit, self.cues),
            Ruler.SHOULDERS: (*ground, self.shoulder_sensor, self.shoulders, self.rezeroed),
        }[ruler]


def ruler_of(analysis: RunAnalysis, profile: Profile | None) -> RulerFacts:
    """The facts of a run. `profile`: the calibration it was analysed with."""
    track = main_track(analysis)
    seen = best_seen(shoulder_metrics(analysis), analysis)
    modes, settings = modes_used(analysis.modes), analysis.settings
    head_site = analysis.sites.get(track.sensor) if track is not None else None
    shoulder_site = analysis.sites.get(seen.sensor) if seen is not None else None
    rules = {mode.value: asdict(settings.head_rule(mode)) for mode in modes}
    limits = {mode: {k: v for k, v in rule.items() if k not in _OF_CUES} for mode, rule in rules.items()}
    # The first cues of a fading programme are not those of its end, whatever the runner does.
    cues = [rules, asdict(settings.cues), settings.fading, settings.grace_s, settings.patience]
    cues += [settings.fading_run] if settings.fading else []
    return RulerFacts(
        simulated=analysis.info.simulated or any(s.simulated for s in analysis.sensors),
        modes=", ".join(sorted(mode.value for mode in modes)),
        head_sensor=_sensor(analysis, track.sensor) if head_site is not None and track is not None else "",
        head=_digest(asdict(head_site.head), head_site.estimator) if head_site and head_site.head else "",
        made_utc=clean(profile.created_utc, 40) if profile is not None else "",
        rezeroed=any(str(e.detail.get("label", "")).startswith(REZEROED) for e in analysis.events),
        trunk_seen=any(site.trunk is not None for site in analysis.sites.values()),
        limits=_digest(limits, settings.own_limits, settings.adapt_neutral),
        cues=_digest(*cues),
        shoulder_sensor=_sensor(analysis, seen.sensor) if seen is not None else "",
        shoulders=_digest(asdict(shoulder_site.shoulders), asdict(settings.shoulders))
        if shoulder_site is not None and shoulder_site.shoulders is not None
        else "",
    )


_OF_CUES = frozenset({"cooldown_s", "prompts_per_hour"})
"""Of a head rule: what decides on cues alone."""


def site_digest(site: SiteCalibration) -> str:
    """A digest of what a sensor's calibration measures with."""
    parts = [asdict(part) if part is not None else None for part in (site.head, site.shoulders, site.trunk)]
    return _digest(*parts, site.estimator)


def differences(one: RulerFacts, other: RulerFacts) -> dict[Ruler, list[str]]:
    """Per ruler, why the two runs were not measured with the same; a sentence each, an empty list for the same."""
    ground, head, limit, cues, shoulders = [], [], [], [], []
    if one.simulated is not other.simulated:
        ground.append("One of the two is SIMULATED: no real runner.")
    if one.modes != other.modes:
        ground.append(f"Another mode ({one.modes or 'none'} against {other.modes or 'none'}): the ground differs.")
    if one.head and other.head:
        if one.head_sensor != other.head_sensor:
            head.append(f"Another head sensor ({one.head_sensor} against {other.head_sensor}).")
        if one.head != other.head:
            head.append(f"The head was calibrated anew{_dates(one, other)}: its zero is another one.")
    elif one.head or other.head:
        head.append("In one of the two no sensor was calibrated for the head.")
    if one.rezeroed or other.rezeroed:
        which = "both runs" if one.rezeroed and other.rezeroed else "one of the two"
        reset = f"The neutral was set anew during {which}."
        head.append(reset)
        shoulders.append(reset)
    if one.trunk_seen is not other.trunk_seen:
        limit.append("Only in one of the two was the trunk's lean seen and taken off.")
    if one.limits != other.limits and one.modes == other.modes:
        limit.append("Other limits were in force.")
    if one.cues != other.cues and one.modes == other.modes:
        cues.append("Other settings decided on the cues.")
    if one.shoulders and other.shoulders:
        if one.shoulder_sensor != other.shoulder_sensor:
            shoulders.append(f"Another shoulder sensor ({one.shoulder_sensor} against {other.shoulder_sensor}).")
        if one.shoulders != other.shoulders:
            shoulders.append("The shoulders were calibrated anew, or have another limit.")
    elif one.shoulders or other.shoulders:
        shoulders.append("In one of the two no sensor saw the shoulders.")
    return {
        Ruler.CLOCK: [],
        Ruler.GROUND: ground,
        Ruler.HEAD: ground + head,
        Ruler.LIMIT: ground + head + limit,
        Ruler.CUES: ground + head + limit + cues,
        Ruler.SHOULDERS: ground + shoulders,
    }


def _dates(one: RulerFacts, other: RulerFacts) -> str:
    if not one.made_utc or not other.made_utc or one.made_utc[:10] == other.made_utc[:10]:
        return ""
    return f" ({one.made_utc[:10]} against {other.made_utc[:10]})"


def _sensor(analysis: RunAnalysis, key: str) -> str:
    info: SensorInfo = next(s for s in analysis.sensors if s.key == key)
    return " ".join(filter(None, (clean(info.name, 40), f"({clean(info.address, 40)})" if info.address else "")))


def _digest(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
