"""The settings of a question 'what if', from what a person types or moves.

A wearer with floor marks has limits of their own, which take the place of those in the settings. In a question the
limits as they held are the starting point, and what is asked for holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

from calibration.model import Profile
from monitor.errors import SettingsError
from monitor.posture.personal import personal
from monitor.settings import HeadRule, Settings, shown
from monitor.settings_keys import Value, changed, find, parsed
from monitor.values import Mode

MOST_CHANGES = 100


def asked(settings: Settings, profile: Profile | None, texts: Sequence[str]) -> Settings:
    """Settings changed as on the command line: each text is KEY=VALUE, the keys those of `headsup settings`.

    settings : as recorded; profile : the calibration of the analysis

    Raises SettingsError.
    """
    if len(texts) > MOST_CHANGES:
        raise SettingsError("--set", f"may be given {MOST_CHANGES} times at most")
    changes: dict[str, Value] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not value.strip():
            raise SettingsError("--set", f"needs a key and a value, such as road.on_deg=25, not '{shown(text)}'")
        key = find(name.strip())
        changes[key.key] = parsed(key, value)
    return changed(held(settings, profile), changes)


def held(settings: Settings, profile: Profile | None) -> Settings:
    """The settings with every limit as it held for this wearer, to be changed."""
    return personal(settings, profile).replaced(own_limits=False)


def with_rule(settings: Settings, mode: Mode, *, on_deg: float | None = None, dwell_s: float | None = None) -> Settings:
    """The settings with another limit or dwell in a mode; the lower limit goes along, at the same distance.

    Values beyond what a setting may be are taken as the nearest that may.
    """
    rule = settings.head_rule(mode)
    gap = rule.on_deg - rule.off_deg
    if on_deg is not None:
        on = _within("on_deg", on_deg)
        rule = replace(rule, on_deg=on, off_deg=max(on - gap, 0.0))
    if dwell_s is not None:
        rule = replace(rule, dwell_s=_within("dwell_s", dwell_s))
    return settings.replaced(**{mode.value: rule})


def bounds(name: str) -> tuple[float, float]:
    """What a number of a head rule may be."""
    meta = next(f.metadata for f in fields(HeadRule) if f.name == name)
    return float(meta["low"]), float(meta["high"])


def _within(name: str, value: float) -> float:
    low, high = bounds(name)
    return min(max(value, low), high)
