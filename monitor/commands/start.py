"""`headsup start`: the window from the beginning: set up where needed, then run."""

from __future__ import annotations

import argparse
import sys

from monitor import settings_file
from monitor.commands import live, places
from monitor.commands.calibrate_live import PostureWatch, spans_of
from monitor.dashboard.setup.adapters import live_parts
from monitor.dashboard.setup.facts import Outcome
from monitor.dashboard.setup_window import run_setup
from monitor.errors import SettingsError


def run(args: argparse.Namespace) -> int:
    """Lead the wearer to a run, and run; exit code 0, or 130 after Ctrl-C. Takes the options of `headsup live`."""
    parts = live_parts(
        profiles=places.profiles_folder(),
        settings=places.settings(),
        make_watch=PostureWatch,
        spans_of=spans_of,
        now_utc=places.utc_now,
        own_clips=folder if (folder := places.clips_folder()).is_dir() else None,
        profile_name=args.profile or live.DEFAULT_PROFILE,
        simulated_name=live.SIMULATED_PROFILE,
    )
    choice = run_setup(parts, simulate=args.simulate)
    if choice.sound_device is not None:
        _remember_device(choice.sound_device)
    if choice.outcome is Outcome.LEFT or choice.profile is None:
        print("Set-up left. Come back any time: headsup start", file=sys.stderr)
        return 0
    args.profile, args.simulate = choice.profile.name, choice.simulated
    return live.run(args)


def _remember_device(device: str) -> None:
    """Keep the output that was chosen; a settings file that cannot be written does not stop the run."""
    try:
        path = settings_file.usual_path()
        if settings_file.load_or_default(path).sound_device != device:
            settings_file.change(path, {"sound_device": device})
    except SettingsError as error:
        print(f"headsup: {error}", file=sys.stderr)
