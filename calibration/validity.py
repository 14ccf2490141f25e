"""Does a profile still fit: its age, and the sensors that are worn now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from calibration.finding import Finding
from calibration.model import Profile, SiteCalibration
from monitor.values import SensorInfo

OLD_DAYS = 30.0
"""A month: caps are washed, straps are set anew, hair grows."""


def age_days(profile: Profile, now_utc: str) -> float | None:
    """Days since the profile was made (negative: made in the future); None where a date cannot be read."""
    made, now = _date(profile.created_utc), _date(now_utc)
    return None if made is None or now is None else (now - made).total_seconds() / 86_400


def age_in_words(profile: Profile, now_utc: str) -> str:
    """'today', '3 days old' ..."""
    days = age_days(profile, now_utc)
    if days is None:
        return "age unknown"
    if days < -1:
        return "from the future"
    if days < 1:
        return "made today"
    whole = int(days)
    return f"{whole} day{'s' if whole != 1 else ''} old"


def validity(profile: Profile, now_utc: str, sensors: Sequence[SensorInfo]) -> tuple[Finding, ...]:
    """What speaks against using this profile now with these sensors; empty = nothing.

    A serious finding: that sensor's posture values would mean nothing.
    """
    findings: list[Finding] = []
    days = age_days(profile, now_utc)
    if days is None or days < -1:
        findings.append(
            Finding("", "date", "The calibration's date cannot be right: check the clock, or calibrate anew.", False)
        )
    elif days > OLD_DAYS:
        findings.append(
            Finding("", "old", f"The calibration is {int(days)} days old: take two minutes and do it again.", False)
        )
    if any(s.simulated for s in sensors) != profile.simulated and sensors:
        whose = "a SIMULATED wearer" if profile.simulated else "a person"
        findings.append(
            Finding("", "simulated", f"The calibration is {whose}'s, the sensors are not: calibrate anew.", True)
        )
    for info in sensors:
        findings += _of_sensor(profile, info)
    return tuple(findings)


def _of_sensor(profile: Profile, info: SensorInfo) -> list[Finding]:
    site = profile.site(info.key)
    if site is None:
        return [Finding(info.key, "missing", f"The {info.key} sensor is not in this calibration.", True)]
    if site.site != info.site.value:
        return [
            Finding(
                info.key,
                "site",
                f"The calibration was made with this sensor at the {site.site}, now it is at the {info.site.value}.",
                True,
            )
        ]
    if not _same_sensor(site, info):
        return [
            Finding(
                info.key,
                "sensor",
                f"The {info.key} calibration was made with {_named(site.sensor_name, site.sensor_address)}, "
                f"not with {_named(info.name, info.address)}: calibrate anew.",
                True,
            )
        ]
    return []


def _same_sensor(site: SiteCalibration, info: SensorInfo) -> bool:
    """The same address; where one is unknown or differs by platform, the same name decides.

    Some systems hide the radio address behind one of their own making, so an address that merely has another shape
    proves nothing.
    """
    ours, theirs = site.sensor_address.lower(), info.address.lower()
    if ours and theirs and (":" in ours) == (":" in theirs):
        return ours == theirs
    return site.sensor_name == info.name


def _named(name: str, address: str) -> str:
    return f"{name or 'a sensor without a name'} ({address})" if address else name or "another sensor"


def _date(text: str) -> datetime | None:
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)
