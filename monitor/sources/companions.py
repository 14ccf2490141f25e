"""What may accompany the posture sensors: a treadmill, a foot pod, a heart strap; and how each is recognised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from monitor.sources import ftms, heart_rate, running_speed


class CompanionKind(StrEnum):
    """The kinds; also the run's key for the device, and the `source` of its log entries."""

    TREADMILL = "treadmill"
    FOOT_POD = "foot_pod"
    HEART_STRAP = "heart_strap"

    @property
    def label(self) -> str:
        """In words."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Profile:
    """Where a kind's data is found: its service, and the characteristics to subscribe to, the needed one first."""

    service: str
    data: str
    extra: tuple[str, ...] = ()


PROFILES: Mapping[CompanionKind, Profile] = {
    CompanionKind.TREADMILL: Profile(ftms.SERVICE, ftms.TREADMILL_DATA, (ftms.MACHINE_STATUS,)),
    CompanionKind.FOOT_POD: Profile(running_speed.SERVICE, running_speed.MEASUREMENT),
    CompanionKind.HEART_STRAP: Profile(heart_rate.SERVICE, heart_rate.MEASUREMENT),
}


def recognise(services: Iterable[str], service_data: Mapping[str, bytes] | None = None) -> tuple[CompanionKind, ...]:
    """All that a device may serve as, by what it announces; the one to show first. Empty for a stranger."""
    announced = {uuid.lower() for uuid in services}
    details = {uuid.lower(): bytes(data) for uuid, data in (service_data or {}).items()}
    announced |= details.keys()
    return tuple(
        kind
        for kind, profile in PROFILES.items()
        if profile.service in announced
        and (kind is not CompanionKind.TREADMILL or ftms.may_be_treadmill(details.get(profile.service)))
    )
