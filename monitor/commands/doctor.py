"""`headsup doctor`: what is missing or wrong on this computer."""

from __future__ import annotations

import argparse
import json
import shutil

from monitor.commands.places import clips_folder, runs_folder, settings, speak
from monitor.doctor import Finding, State, diagnose
from monitor.doctor.report import as_json, render
from monitor.errors import SettingsError

WIDEST, NARROWEST = 100, 60


def run(args: argparse.Namespace) -> int:
    """Print the findings; exit code 0, whatever they are."""
    speak()
    trouble: list[Finding] = []
    device = ""
    try:
        device = settings().sound_device
    except SettingsError as error:
        remedy = "headsup settings reset --all, or mend the file with an editor"
        trouble.append(Finding("Settings", State.MISSING, f"Your settings cannot be read: {error}.", remedy))
    findings = (*trouble, *diagnose(runs_folder(), clips_folder(), device))
    width = max(NARROWEST, min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns))
    print(json.dumps(as_json(findings), indent=1) if args.json else render(findings, width=width))
    return 0
