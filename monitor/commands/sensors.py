"""`headsup sensors`: which families are supported, how sure we are of each, and which sensors are remembered."""

from __future__ import annotations

import argparse
import json
import shutil
import textwrap
from collections.abc import Iterator

from monitor.commands import sensor_memory
from monitor.commands.places import speak
from monitor.errors import SettingsError
from monitor.sensors.base import SensorFamily
from monitor.sensors.registry import families, plug_ins
from monitor.sources.ble_pairing import pairing_hints
from monitor.sources.identity_desk import ANY_ID, IdentityDesk, Remembered, Standing
from monitor.texts.speaking import say

WIDEST, NARROWEST = 100, 40
INDENT = " " * 13
PLATFORMS = {"linux": "Linux", "darwin": "macOS", "win32": "Windows"}
STANDINGS = {
    Standing.MET: "yours",
    Standing.SAME: "yours, as you said",
    Standing.NOT_MINE: "not yours, as you said",
}


def run(args: argparse.Namespace) -> int:
    """Print the families, or look after what is remembered; exit code 0. Raises SettingsError."""
    speak()
    if args.accept or args.forget or args.mine:
        return _remembered(args)
    extra = plug_ins()
    known = [f for f in (*families(), *extra.families) if f.service]
    if args.json:
        print(json.dumps([_as_json(f) for f in known], indent=1))
        return 0
    width = max(NARROWEST, min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns))
    for f in known:
        print(f"{f.label}  [{f.key}]")
        for what, words in _facts(f):
            print(textwrap.fill(words, width, initial_indent=f"    {what:9}", subsequent_indent=INDENT))
    for problem in extra.problems:
        print(f"A plug-in could not be used: {problem}")
    return 0


def _facts(f: SensorFamily) -> Iterator[tuple[str, str]]:
    """What there is to know of a family, as (what, in words)."""
    rates = ", ".join(f"{r:g}" for r in f.rates_hz)
    yield "rates", f"{rates} Hz" + ("" if f.has_gyro else "; no gyroscope: sustained posture only")
    yield "worn", "; ".join(f.sites)
    yield "checked", f.checked_against
    yield from (("cannot", line) for line in f.cannot)
    yield from (("pairing", f"{PLATFORMS[platform]}: {how}") for platform, how in pairing_hints(f.key).items())


def _as_json(f: SensorFamily) -> dict[str, object]:
    return {
        "key": f.key,
        "label": f.label,
        "rates_hz": list(f.rates_hz),
        "gyroscope": f.has_gyro,
        "sites": list(f.sites),
        "checked_against": f.checked_against,
        "cannot": list(f.cannot),
        "pairing": {PLATFORMS[platform].lower(): how for platform, how in pairing_hints(f.key).items()},
    }


def _remembered(args: argparse.Namespace) -> int:
    """Accept and forget as asked, then tell what is remembered."""
    accepted = [sensor_memory.accepted(text) for text in args.accept]
    desk = sensor_memory.desk()
    if desk.trouble:
        print(say(desk.trouble))
    for ident in args.forget:
        if not desk.forget(ident):
            raise SettingsError("--forget", f"'{ident[:40]}' is not remembered; headsup sensors --mine lists what is")
        _refuse_trouble(desk, "--forget")
    for what in accepted:
        desk.remember(what)
        _refuse_trouble(desk, "--accept")
    if args.json:
        print(json.dumps([_entry(r) for r in desk.remembered], indent=1))
        return 0
    for r in desk.remembered:
        ident = say("any id") if r.ident == ANY_ID else r.ident
        print(f"{say(r.site.value.replace('_', ' ')):16} {r.name or '-':28} {ident:40} {say(STANDINGS[r.standing])}")
    if not desk.remembered:
        print(say("No sensor is remembered. Each of yours is, once you have used it."))
    return 0


def _refuse_trouble(desk: IdentityDesk, option: str) -> None:
    if desk.trouble:
        raise SettingsError(option, desk.trouble)


def _entry(r: Remembered) -> dict[str, object]:
    return {
        "site": r.site.value,
        "name": r.name or None,
        "id": None if r.ident == ANY_ID else r.ident,
        "standing": r.standing.value,
    }
