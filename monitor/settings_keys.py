"""Every setting by its dotted key, such as `trail.on_deg`, with what a person needs to know to change it.

Taken from the dataclasses of `monitor.settings`: a setting that is added there is known here at once. What the
command line prints, the file's comments and the window's fields are all made from this one list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeAlias

from monitor.errors import SettingsError
from monitor.settings import Settings, shown
from monitor.values import Mode

Value: TypeAlias = bool | int | float | str
"""A mode is one of these too: a string."""
LONGEST_TEXT = 200
"""Characters; device names are far shorter."""
_UNITS = {"per_hour": "per hour", "deg": "deg", "s": "s", "m": "m", "min": "min", "km": "km"}
"""Endings of names that are units."""
_TRUE, _FALSE = ("true", "on", "yes"), ("false", "off", "no")


class Kind(Enum):
    """What a setting holds."""

    NUMBER = "number"
    WHOLE = "whole number"
    SWITCH = "switch"
    CHOICE = "choice"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class SettingKey:
    """One setting: where it is, what it may be, and what it does."""

    key: str
    group: str
    """The part before the point; '' for settings that are in no group."""
    name: str
    kind: Kind
    default: Value
    doc: str
    unit: str = ""
    low: float = 0.0
    high: float = 0.0
    """Bounds, of numbers only."""
    choices: tuple[str, ...] = ()

    @property
    def bounds(self) -> str:
        """What it may be, in words: '5 to 80', 'true or false', 'road, trail or technical', 'text'."""
        if self.kind is Kind.SWITCH:
            return "true or false"
        if self.kind is Kind.CHOICE:
            return f"{', '.join(self.choices[:-1])} or {self.choices[-1]}"
        return "text" if self.kind is Kind.TEXT else f"{self.low:g} to {self.high:g}"


def _described(group: str, values: Any) -> Iterable[SettingKey]:
    for f in fields(values):
        default = getattr(values, f.name)
        if is_dataclass(default):
            continue
        meta = f.metadata
        kind = _kind(default, bool(meta.get("whole")))
        number = kind in (Kind.NUMBER, Kind.WHOLE)
        units = (words for ending, words in _UNITS.items() if number and f.name.endswith(f"_{ending}"))
        yield SettingKey(
            f"{group}.{f.name}" if group else f.name,
            group,
            f.name,
            kind,
            default.value if isinstance(default, Mode) else default,
            str(meta.get("doc", "")),
            next(units, ""),
            float(meta.get("low", 0.0)),
            float(meta.get("high", 0.0)),
            tuple(mode.value for mode in Mode) if kind is Kind.CHOICE else (),
        )


def _kind(default: object, whole: bool) -> Kind:
    if isinstance(default, bool):
        return Kind.SWITCH
    if isinstance(default, Mode):
        return Kind.CHOICE
    if isinstance(default, str):
        return Kind.TEXT
    return Kind.WHOLE if whole else Kind.NUMBER


def _groups() -> dict[str, str]:
    return {f.name: str(f.metadata.get("doc", "")) for f in fields(Settings) if is_dataclass(getattr(_SHIPPED, f.name))}


_SHIPPED = Settings()
GROUPS: dict[str, str] = _groups()
"""What each group is for, in the order of `Settings`."""
KEYS: tuple[SettingKey, ...] = (
    *_described("", _SHIPPED),
    *(key for group in GROUPS for key in _described(group, getattr(_SHIPPED, group))),
)
"""All settings: those in no group first, then group by group."""
BY_KEY: dict[str, SettingKey] = {key.key: key for key in KEYS}


def find(key: str) -> SettingKey:
    """A setting by its dotted key. Raises SettingsError that names what might have been meant."""
    if key in BY_KEY:
        return BY_KEY[key]
    if key in GROUPS:
        raise SettingsError(key, f"is a group; its settings are {_listed(k.key for k in KEYS if k.group == key)}")
    group, _, name = key.rpartition(".")
    if group in GROUPS:
        raise SettingsError(
            shown(key), f"is not a setting; known here are {_listed(k.name for k in KEYS if k.group == group)}"
        )
    alike = sorted(k.key for k in KEYS if k.name == name)
    meant = f"did you mean {_listed(alike, 'or')}?" if alike else "`headsup settings show` lists all"
    raise SettingsError(shown(key), f"is not a setting; {meant}")


def value_of(settings: Settings, key: SettingKey) -> Value:
    """The value of one setting; a mode as its word."""
    holder = getattr(settings, key.group) if key.group else settings
    value: Any = getattr(holder, key.name)
    return value.value if isinstance(value, Mode) else value


def differing(settings: Settings) -> dict[str, Value]:
    """The settings that are not as shipped, by dotted key."""
    return {k.key: value_of(settings, k) for k in KEYS if value_of(settings, k) != k.default}


def changed(settings: Settings, changes: Mapping[str, Value]) -> Settings:
    """A copy with some settings changed, all at once, so that two limits may move together.

    Raises SettingsError naming the dotted key that does not fit.
    """
    top: dict[str, Any] = {}
    inside: dict[str, dict[str, Any]] = {}
    for name, value in changes.items():
        key = find(name)
        if key.kind is Kind.CHOICE:
            if value not in key.choices:
                raise SettingsError(name, f"must be {key.bounds}, not {value!r:.40}")
            value = Mode(value)
        if key.kind is Kind.TEXT:
            _check_text(name, value)
        (inside.setdefault(key.group, {}) if key.group else top)[key.name] = value
    for group, values in inside.items():
        try:
            top[group] = replace(getattr(settings, group), **values)
        except SettingsError as error:
            raise SettingsError(f"{group}.{error.key}", error.reason) from None
    return replace(settings, **top)


def parsed(key: SettingKey, text: str) -> Value:
    """A value that a person typed; numbers also with a decimal comma. Raises SettingsError; bounds are not checked."""
    word = text.strip()
    if key.kind is Kind.SWITCH:
        if word.lower() in _TRUE + _FALSE:
            return word.lower() in _TRUE
        raise SettingsError(key.key, f"must be true or false, not {word!r:.40}")
    if key.kind is Kind.CHOICE:
        return word.lower()
    if key.kind is Kind.TEXT:
        return word
    try:
        number = float(word.replace(",", ".") if word.count(",") == 1 and "." not in word else word)
    except ValueError:
        raise SettingsError(key.key, f"must be a number, not {word!r:.40}") from None
    if key.kind is Kind.WHOLE and number.is_integer():
        return int(number)
    return number


def in_words(value: Value) -> str:
    """A value as a person would type it: 20, 0.7, true, road."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, (int, str)) else repr(float(value))


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise SettingsError(name, f"must be text, not {value!r:.40}")
    if len(value) > LONGEST_TEXT:
        raise SettingsError(name, f"must not be longer than {LONGEST_TEXT} characters")
    if not value.isprintable():
        raise SettingsError(name, "must be ordinary text on one line")


def _listed(words: Iterable[str], joint: str = "and") -> str:
    names = list(words)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {joint} {names[-1]}"
