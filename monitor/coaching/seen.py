"""Which sensors may speak of the head, and which of the shoulders: measured at calibration, not assumed."""

from __future__ import annotations

from dataclasses import dataclass

from calibration.model import Profile
from monitor.settings import Settings
from monitor.values import Site


@dataclass(frozen=True, slots=True)
class Seen:
    """Sensor keys: `heads` that see the head, the one on the head first; `shoulders` whose shrug is told clearly."""

    heads: tuple[str, ...] = ()
    shoulders: tuple[str, ...] = ()

    def side(self, sensor: str) -> str:
        """'left' or 'right' where both shoulders are watched, else ''."""
        if len(self.shoulders) < 2:
            return ""
        return {Site.LEFT_SHOULDER.value: "left", Site.RIGHT_SHOULDER.value: "right"}.get(sensor, "")

    def __bool__(self) -> bool:
        return bool(self.heads or self.shoulders)


def seen_by(profile: Profile | None, settings: Settings) -> Seen:
    """What the calibrated sensors can see."""
    sites = profile.sites if profile else ()
    heads = sorted((s for s in sites if s.head), key=lambda s: s.site != Site.HEAD)
    claim = settings.shoulders.claim_d_prime
    shoulders = [s.sensor for s in sites if s.shoulders and s.shoulders.d_prime >= claim]
    return Seen(tuple(s.sensor for s in heads), tuple(shoulders))
