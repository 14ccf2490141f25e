"""`headsup settings`: show, get, set, reset and edit settings; say where the file is."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import textwrap
from collections.abc import Sequence
from typing import Any

from monitor.errors import SettingsError
from monitor.settings import Settings
from monitor.settings_file import change, load_or_default, save, usual_path
from monitor.settings_keys import BY_KEY, GROUPS, KEYS, SettingKey, Value, differing, find, in_words, parsed, value_of

NARROWEST, WIDEST = 60, 110
GENERAL = "Everything else"


def run(args: argparse.Namespace) -> int:
    """Do what `args.action` says; exit code 0. Raises SettingsError."""
    if args.action == "edit":
        return edit()
    if args.action == "path":
        return where(as_json=args.json)
    if args.action == "get":
        return get(args.key, as_json=args.json)
    if args.action == "set":
        return set_values(args.pairs, as_json=args.json)
    if args.action == "reset":
        return reset(args.keys, everything=args.all, as_json=args.json)
    return show(getattr(args, "groups", []), as_json=args.json)


def edit() -> int:
    """Open the settings page. Raises OutputUnavailableError where there is no display."""
    from monitor.commands import places
    from monitor.commands.settings_sound import PlayerSound
    from monitor.dashboard.settings_window import run_settings
    from monitor.outputs.audio import SoundOptions

    places.speak()
    return run_settings(usual_path(), PlayerSound(SoundOptions(), places.clips_folder()))


def where(*, as_json: bool) -> int:
    """Print where the file is, or would be."""
    path = usual_path()
    print(json.dumps({"path": str(path), "exists": os.path.lexists(path)}) if as_json else path)
    return 0


def get(key: str, *, as_json: bool) -> int:
    """Print one value alone, for scripts; as JSON with all that is known of it. Raises SettingsError."""
    found = find(key)
    settings = load_or_default()
    print(json.dumps(_row(settings, found), indent=1) if as_json else in_words(value_of(settings, found)))
    return 0


def set_values(pairs: Sequence[str], *, as_json: bool) -> int:
    """Change settings, all together or none. `pairs`: key, value, key, value, ... Raises SettingsError."""
    if len(pairs) % 2:
        raise SettingsError(pairs[-1], "has no value: give pairs, such as `set trail.on_deg 38`")
    changes = {key: parsed(find(key), text) for key, text in zip(pairs[::2], pairs[1::2], strict=True)}
    try:
        return _apply(changes, as_json=as_json)
    except SettingsError as error:
        if error.key in BY_KEY and error.key not in changes:  # two limits that hold each other
            raise SettingsError(error.key, f"{error.reason}; set both in one go") from None
        raise


def reset(keys: Sequence[str], *, everything: bool, as_json: bool) -> int:
    """Put settings, whole groups or everything back as shipped. Raises SettingsError."""
    if everything == bool(keys):
        raise SettingsError("reset", "needs the keys or groups to put back, or --all")
    if everything:
        before = differing(load_or_default())
        save(usual_path(), Settings())
        if as_json:
            print(json.dumps({key: find(key).default for key in before}, indent=1))
        else:
            print(
                f"All settings are as shipped ({len(before)} changed)." if before else "All settings were as shipped."
            )
        return 0
    chosen = _chosen(keys)
    before = differing(load_or_default())
    if not as_json and not any(key.key in before for key in chosen):
        print("As shipped already.")
        return 0
    return _apply({key.key: key.default for key in chosen if as_json or key.key in before}, as_json=as_json)


def _apply(changes: dict[str, Value], *, as_json: bool) -> int:
    """Change the file and say what is now."""
    before = load_or_default()
    after = change(usual_path(), changes)
    keys = [find(name) for name in changes]
    if as_json:
        print(json.dumps({key.key: value_of(after, key) for key in keys}, indent=1))
        return 0
    for key in keys:
        was, now = in_words(value_of(before, key)), in_words(value_of(after, key))
        shipped = " (as shipped)" if value_of(after, key) == key.default else ""
        print(f"{key.key} = {_quoted(now)}{shipped}" + (f", was {_quoted(was)}" if was != now else ""))
    return 0


# ------------------------------------------------------------------ the table


def show(groups: Sequence[str], *, as_json: bool) -> int:
    """Print all settings, or those of some groups: value, unit, bounds, what it is for. Raises SettingsError."""
    chosen = _chosen(groups) if groups else KEYS
    settings = load_or_default()
    if as_json:
        print(json.dumps({key.key: _row(settings, key) for key in chosen}, indent=1))
        return 0
    path = usual_path()
    print(f"{path}" if os.path.lexists(path) else f"{path} (not there yet: all as shipped)")
    width = min(WIDEST, max(NARROWEST, shutil.get_terminal_size((WIDEST, 24)).columns))
    for group in (*GROUPS, ""):
        keys = [key for key in chosen if key.group == group]
        if keys:
            print()
            print("\n".join(_table(settings, group, keys, width)))
    print()
    print("* = not as shipped.  Change: headsup settings set KEY VALUE   Put back: headsup settings reset KEY")
    return 0


def _chosen(names: Sequence[str]) -> list[SettingKey]:
    """Settings by key or by group, each once, in the order of `KEYS`. Raises SettingsError."""
    wanted = {key.key for name in names for key in ([k for k in KEYS if k.group == name] or [find(name)])}
    return [key for key in KEYS if key.key in wanted]


def _table(settings: Settings, group: str, keys: Sequence[SettingKey], width: int) -> list[str]:
    """A group's heading, and two lines or more for each setting."""
    lines = textwrap.wrap(f"{group.upper()}  {GROUPS[group]}" if group else GENERAL.upper(), width)
    long = max(len(key.key) for key in keys)
    for key in keys:
        value = value_of(settings, key)
        unit = f" {key.unit}" if key.unit else ""
        mark, shipped = (" ", "") if value == key.default else ("*", f"; as shipped {_quoted(in_words(key.default))}")
        lines.append(f"{mark} {key.key:<{long}}  {_quoted(in_words(value)) + unit:<12}  ({key.bounds}{shipped})")
        lines += textwrap.wrap(key.doc, width, initial_indent="      ", subsequent_indent="      ")
    return lines


def _row(settings: Settings, key: SettingKey) -> dict[str, Any]:
    """All that is known of a setting."""
    row: dict[str, Any] = {
        "key": key.key,
        "value": value_of(settings, key),
        "as_shipped": key.default,
        "kind": key.kind.value,
        "unit": key.unit,
        "doc": key.doc,
    }
    if key.high > key.low:
        row |= {"low": key.low, "high": key.high}
    return row | ({"choices": list(key.choices)} if key.choices else {})


def _quoted(words: str) -> str:
    """An empty text is seen."""
    return words or "''"
