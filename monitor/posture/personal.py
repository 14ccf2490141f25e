"""Settings with the wearer's own limits and gaze put in, where floor marks gave them."""

from __future__ import annotations

from dataclasses import replace

from calibration.limits import head_limits
from calibration.model import Profile, SiteCalibration
from monitor.settings import HeadRule, Settings
from monitor.values import Mode

OWN_SHARE_SD = 0.04
"""Spread of the head share after floor marks (0.12 without)."""
OWN_EYE_SD_DEG = 3.5
"""What the eyes do on their own, after floor marks."""


def personal(settings: Settings, profile: Profile | None) -> Settings:
    """The settings as they hold for this wearer; the same where there are no marks or they are not wanted."""
    site = next((s for s in profile.sites if s.gaze is not None), None) if profile else None
    if site is None or site.gaze is None or not settings.own_limits:
        return settings
    gaze = replace(
        settings.gaze,
        eye_height_m=site.gaze.eye_height_m,
        head_share=site.gaze.share,
        head_share_sd=OWN_SHARE_SD,
        intercept_deg=site.gaze.intercept_deg,
        eye_sd_deg=OWN_EYE_SD_DEG,
    )
    return settings.replaced(
        gaze=gaze, road=_own(settings.road, site, Mode.ROAD), trail=_own(settings.trail, site, Mode.TRAIL)
    )


def _own(rule: HeadRule, site: SiteCalibration, mode: Mode) -> HeadRule:
    limits = head_limits(site).get(mode)
    return rule if limits is None else replace(rule, on_deg=limits[0], off_deg=limits[1])
