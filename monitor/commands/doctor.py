"""`headsup doctor`: what is missing or wrong on this computer."""

from __future__ import annotations

import argparse
import json

from monitor.commands.places import clips_folder, runs_folder
from monitor.doctor import diagnose
from monitor.doctor.report import as_json, render


def run(args: argparse.Namespace) -> int:
    """Print the findings; exit code 0, whatever they are."""
    findings = diagnose(runs_folder(), clips_folder())
    print(json.dumps(as_json(findings), indent=1) if args.json else render(findings))
    return 0
