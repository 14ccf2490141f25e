"""A run with what was chosen for it in the review: the watch's file and its clock, other neutrals for parts of it."""

from __future__ import annotations

import argparse
import sys

from calibration import store
from monitor.commands import places
from monitor.commands.analyze import analysed, beside, check_offset
from monitor.dashboard.review.panel_watch_file import remembered
from monitor.review.choices import read_choices
from monitor.review.reviewed import ReviewedRun
from monitor.review.splits import edits_of
from monitor.review.whatif import rescorer_of


def with_choices(args: argparse.Namespace) -> ReviewedRun:
    """The run that the common options ask for; what they do not name is as it was chosen. Raises HeadsUpError."""
    check_offset(args)
    analysis = analysed(args)
    edits, wrong = edits_of(read_choices(args.recording)[0])
    if wrong:
        print(f"headsup: {wrong}", file=sys.stderr)
    if edits:
        profile = store.load(places.profiles_folder(), args.profile) if args.profile else None
        analysis = rescorer_of(args.recording, analysis, profile=profile, edits=edits, most_bytes=0).analysis
        print("headsup: the neutrals that you chose for this run in the review hold here.", file=sys.stderr)
    if args.watch is None:
        laid = remembered(analysis, args.recording)
        if not isinstance(laid, str):
            return laid.run
        if laid:
            print(f"headsup: {laid}", file=sys.stderr)
    return beside(args, analysis)
