"""Which sensors a run is to use: from the command line, the profile, or whatever is in range."""

from __future__ import annotations

from collections.abc import Sequence

from calibration.model import Profile
from monitor.errors import SettingsError
from monitor.sources.ble import SensorRequest
from monitor.sources.idents import is_address
from monitor.values import SensorInfo, Site

KNOWN_SITES = ", ".join(f"{site.value}=ID" for site in Site)


def wanted(options: Sequence[str], profile: Profile | None) -> tuple[SensorRequest, ...]:
    """Requests for `--sensor [SITE=]ID ...`; without any, the profile's sensors; without a profile, one for the head.

    SITE is the value of a `Site`, in capitals or with a dash as well.

    Raises SettingsError for a site that is not one, or a site named twice.
    """
    if options:
        requests = tuple(_request(text) for text in options)
        sites = [r.site for r in requests]
        if len(set(sites)) < len(sites):
            raise SettingsError("--sensor", f"names one site twice; say where each is worn: {KNOWN_SITES}")
        return requests
    if profile and not profile.simulated:
        return tuple(
            SensorRequest(Site(s.site), address=s.sensor_address or None, name=s.sensor_name or None)
            for s in profile.sites
        )
    return (SensorRequest(Site.HEAD),)


def _request(text: str) -> SensorRequest:
    site_text, sep, rest = text.partition("=")
    site, ident = Site.HEAD, text
    if sep:
        try:
            site, ident = Site(site_text.strip().lower().replace("-", "_")), rest
        except ValueError:
            raise SettingsError("--sensor", f"'{site_text}' is not a place for a sensor; use {KNOWN_SITES}") from None
    ident = ident.strip()
    if not ident:
        raise SettingsError("--sensor", "needs an address or a name, as `headsup scan` shows them")
    return SensorRequest(site, address=ident) if is_address(ident) else SensorRequest(site, name=ident)


def expected(requests: Sequence[SensorRequest], *, simulated: bool) -> list[SensorInfo]:
    """The sensors as they are known before they answer: what a screen shows while they are searched for."""
    return [
        SensorInfo(
            r.site.value,
            r.site,
            r.family or "",
            r.name or f"{r.site.value.replace('_', ' ')} sensor",
            r.address or "",
            0.0,
            b"",
            simulated,
        )
        for r in requests
    ]
