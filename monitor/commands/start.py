"""`headsup start`: the window from the beginning: set up where needed, then run."""

from __future__ import annotations

import argparse
import sys

from monitor import settings_file
from monitor.commands import live, places, sensor_memory
from monitor.commands.battery_drain import drains
from monitor.commands.fading_runs import LENGTHS, runs_file
from monitor.commands.run_lengths import usual_minutes
from monitor.dashboard.setup.adapters import live_parts
from monitor.dashboard.setup.facts import Outcome, SetupChoice
from monitor.dashboard.setup_window import run_setup
from monitor.errors import SettingsError
from monitor.settings_keys import Value
from monitor.texts.speaking import say
from monitor.values import Mode


def run(args: argparse.Namespace) -> int:
    """Lead the wearer to a run, and run; exit code 0, or 130 after Ctrl-C. Takes the options of `headsup live`."""
    places.speak()
    settings = places.settings()
    if args.mode:
        settings = settings.replaced(mode=Mode(args.mode))
    name = args.profile or live.DEFAULT_PROFILE
    lengths = runs_file().with_name(LENGTHS)
    parts = live_parts(
        profiles=places.profiles_folder(),
        settings=settings,
        now_utc=places.utc_now,
        own_clips=folder if (folder := places.clips_folder()).is_dir() else None,
        profile_name=name,
        simulated_name=live.SIMULATED_PROFILE,
        planned_min=settings.planned_min or settings.coaching.learned_min or usual_minutes(lengths, name),
        drains=lambda: drains(places.runs_folder()),
        desk=sensor_memory.desk,
    )
    choice = run_setup(parts, simulate=args.simulate)
    _remember(choice)
    if choice.outcome is Outcome.LEFT or choice.profile is None:
        print(say("Set-up left. Come back any time: headsup start"), file=sys.stderr)
        return 0
    args.profile, args.simulate = choice.kept_as or choice.profile.name, choice.simulated
    if choice.mode is not None:
        args.mode = choice.mode.value
    return live.run(args)


def _remember(choice: SetupChoice) -> None:
    """Keep the output and the ground that were chosen; settings that cannot be written do not stop the run."""
    chosen: dict[str, Value] = {}
    if choice.sound_device is not None:
        chosen["sound_device"] = choice.sound_device
    if choice.mode is not None:
        chosen["mode"] = choice.mode.value
    try:
        path = settings_file.usual_path()
        before = settings_file.load_or_default(path)
        if any(getattr(before, key) != value for key, value in chosen.items()):
            settings_file.change(path, chosen)
    except SettingsError as error:
        print(f"headsup: {say(str(error))}", file=sys.stderr)
