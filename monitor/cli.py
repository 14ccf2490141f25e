"""The command line: parses, calls one command, and turns every `HeadsUpError` into one sentence and exit code 2."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from monitor import __version__
from monitor.errors import HeadsUpError

EXIT_OK, EXIT_BAD, EXIT_INTERRUPTED = 0, 2, 130
DRILL_NAMES = (
    "head-circles",
    "head-hang",
    "ear-right",
    "ear-left",
    "thoracic-stretch",
    "head-ramping",
    "wrist-shake",
)
"""Said here so that the command line starts without loading the drills; a test compares."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run `headsup` with these arguments (default: the process's own); returns the exit code."""
    parser = _parser()
    try:
        args = parser.parse_args(argv)
    except SystemExit as leave:
        return int(leave.code or 0)
    try:
        run: Callable[[argparse.Namespace], int] = import_module(f"monitor.commands.{args.module}").run
        return run(args)
    except HeadsUpError as error:
        print(f"headsup: {error}", file=sys.stderr)
        return EXIT_BAD
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone (e.g. `| head`); what is left unsaid does not matter.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK
    except OSError as error:
        what = f"{error.filename}: " if error.filename else ""
        print(f"headsup: {what}{error.strerror or error}", file=sys.stderr)
        return EXIT_BAD


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the command line in one sentence."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Nobody takes what a command does not know, so the command itself says so, and names its own help."""
        known, strange = super().parse_known_args(args, namespace)
        if strange:
            self.error(f"unrecognized arguments: {' '.join(strange)}")
        return known, strange

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_BAD, f"{self.prog}: {message} (see {self.prog} --help)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="headsup", description="Heads Up: eyes up, shoulders down. A posture-alert monitor for runners."
    )
    parser.add_argument("--version", action="version", version=f"headsup {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(name: str, module: str, help_: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help_, description=help_)
        sub.set_defaults(module=module)
        return sub

    _demo(add("demo", "demo", "the whole product on a simulated runner, in about two minutes"))
    _scan(add("scan", "scan", "which sensors are in range"))
    _own_sensors(add("sensors", "sensors", "which sensors are supported, and which of yours are remembered"))
    _calibrate(add("calibrate", "calibrate", "learn your neutral posture, guided or from a recording"))
    _profile(add("profile", "profile", "your calibration profiles: list, show, copy, remove"))
    _live(add("start", "start", "the window from the beginning: find the sensors, calibrate, run"))
    _live(add("live", "live", "watch a run as it happens"))
    _drill(add("drill", "drill", "stretches and loosening, led and counted, before, during or after a run"))
    _import(add("import", "import_table", "make a recording from IMU tables or sensor apps' logs"))
    _analyze(add("analyze", "analyze", "metrics and events of a recording"))
    _review(add("review", "review", "a run in its window, or its report"))
    _library(add("library", "library", "your runs: the list, what changed over the weeks, your calibrations"))
    _compare(add("compare", "compare", "runs side by side: numbers, differences, charts"))
    _export(add("export", "export", "a run's numbers for other programs: CSV, Parquet, or FIT with your watch's file"))
    _batch(add("batch", "batch", "many recordings: a folder as one table, a line for each"))
    _repair(add("repair", "repair", "save what can be saved of a damaged recording, into a new one"))
    _settings(add("settings", "settings", "what may be changed: show, get, set and reset your settings"))
    _json(add("doctor", "doctor", "what is missing or wrong on this computer, and how to mend it"))
    return parser


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print machine-readable JSON")


def _mode(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mode", choices=("road", "trail", "technical"), help="where you run (default: your settings)")


def _sensors(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sensor",
        action="extend",
        nargs="+",
        default=[],
        metavar="[SITE=]ID",
        help=(
            "address or name of one or more sensors, and where each is worn: head=ID (default), collar=ID, "
            "left_shoulder=ID, right_shoulder=ID or back=ID"
        ),
    )


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--headless", action="store_true", help="no window, no sound: write report and picture")
    parser.add_argument("--out", type=Path, default=Path("headsup-demo"), metavar="DIR", help="where the files go")
    parser.add_argument("--seconds", type=float, metavar="N", help="about how long it may take in all (default 110)")
    _json(parser)


def _scan(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seconds", type=float, default=5.0, metavar="N", help="how long to listen (default 5)")
    parser.add_argument("--simulate", action="store_true", help="scan the virtual radio instead (SIMULATED)")
    parser.add_argument(
        "--inspect", metavar="ID", help="connect to this device and tell what it has; writes nothing to it"
    )
    parser.add_argument("-o", "--out", type=Path, metavar="FILE", help="with --inspect: as a JSON file, to attach")
    _json(parser)


def _own_sensors(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mine", action="store_true", help="the sensors that this computer remembers as yours")
    parser.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="[SITE=]ID",
        help="this is my sensor under a new id (a name instead: whichever id it has)",
    )
    parser.add_argument("--forget", action="append", default=[], metavar="ID", help="forget a remembered id or name")
    _json(parser)


def _calibrate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--profile", default="me", metavar="NAME", help="name of the profile (default: me)")
    parser.add_argument("--simulate", action="store_true", help="a SIMULATED wearer over the virtual radio")
    _sensors(parser)
    parser.add_argument("--from", dest="recording", type=Path, metavar="RUN", help="take the poses from a recording")
    parser.add_argument("--neutral", metavar="A:B", help="seconds of the recording: looking far ahead")
    parser.add_argument(
        "--look", action="append", default=[], metavar="4ft|7ft|feet|down=A:B", help="looking down there"
    )
    parser.add_argument("--shrug", action="append", default=[], metavar="A:B", help="shoulders at the ears")
    parser.add_argument("--lean", metavar="A:B", help="leaning forward, shoulders relaxed")
    parser.add_argument("--run", dest="run_span", metavar="A:B", help="running easily, looking far ahead")
    parser.add_argument("--full", action="store_true", help="guided: everything, with two shrugs, a lean, easy running")
    parser.add_argument("--marks", action="store_true", help="with --full: floor marks 4 and 7 feet ahead")
    parser.add_argument("--list", action="store_true", help="the profiles: how old they are and what they see")
    parser.add_argument(
        "--forward", metavar="x|-x|y|-y|z|-z", help="the sensor axis that points forward, if it is known"
    )
    _json(parser)


def _profile(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="list|show|copy|remove", dest="action", required=True)

    def add(name: str, help_: str, *names: str) -> argparse.ArgumentParser:
        sub = actions.add_parser(name, help=help_, description=help_)
        for metavar in names:
            sub.add_argument(metavar.lower(), metavar=metavar, help="name of a profile")
        return sub

    _json(add("list", "how old each profile is and what it sees"))
    _json(add("show", "everything a profile knows, in words", "NAME"))
    add("copy", "once more under another name; never over one that is there", "FROM", "TO")
    remove = add("remove", "remove a profile; recordings keep the calibration they were made with", "NAME")
    remove.add_argument("--yes", action="store_true", help="do not ask")


def _live(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--profile", metavar="NAME", help="calibration profile (default: me, where it exists)")
    _mode(parser)
    _sensors(parser)
    parser.add_argument(
        "--record", type=Path, metavar="FILE", help="where the recording goes (default: your runs folder)"
    )
    parser.add_argument("--speed", type=float, metavar="KMH", help="the treadmill's speed in km/h, from its console")
    parser.add_argument("--incline", type=float, metavar="PERCENT", help="the treadmill's incline in percent")
    for option, what in (("--treadmill", "the treadmill"), ("--foot-pod", "a foot pod"), ("--heart", "a heart strap")):
        parser.add_argument(
            option,
            nargs="?",
            const="any",
            metavar="NAME",
            help=f"take in {what} by Bluetooth: this one, or the nearest; 'none': not now (default: your settings)",
        )
    parser.add_argument("--no-gui", action="store_true", help="lines in the terminal instead of a window")
    parser.add_argument("--simulate", action="store_true", help="a SIMULATED runner over the virtual radio")
    parser.add_argument("--seconds", type=float, metavar="N", help="stop by itself after this long")
    parser.add_argument("--silent", action="store_true", help="no sounds")
    parser.add_argument("--lsl", action="store_true", help="streams for a lab on your network (Lab Streaming Layer)")
    _json(parser)


def _drill(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--routine", choices=("before", "during", "after"), help="a whole routine (default: before)")
    parser.add_argument("--drill", choices=DRILL_NAMES, help="one drill alone")
    parser.add_argument("--seconds", type=float, metavar="N", help="hold each stretch for so long instead of a minute")
    parser.add_argument("--profile", metavar="NAME", help="calibration profile (default: me)")
    _sensors(parser)
    parser.add_argument("--simulate", action="store_true", help="a SIMULATED wearer over the virtual radio")
    parser.add_argument("--silent", action="store_true", help="no sounds")
    parser.add_argument("--list", action="store_true", help="the drills, and what a sensor can check of each")
    _json(parser)


def _import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--head", type=Path, metavar="FILE", help="table of the head sensor: the usual one")
    parser.add_argument("--collar", type=Path, metavar="FILE", help="... of the collar or a single shoulder sensor")
    parser.add_argument("--left-shoulder", type=Path, metavar="FILE", help="... of the left shoulder's sensor")
    parser.add_argument("--right-shoulder", type=Path, metavar="FILE", help="... of the right shoulder's sensor")
    parser.add_argument("--back", type=Path, metavar="FILE", help="... of a sensor on the upper back")
    for site in ("head", "collar", "left-shoulder", "right-shoulder", "back"):
        parser.add_argument(
            f"--{site}-gyro", type=Path, metavar="FILE", help=f"the {site} sensor's gyro, where it is a file of its own"
        )
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="RUN", help="the recording to write")
    parser.add_argument(
        "--columns",
        metavar="t=NAME,ax=NAME,...",
        help="which column is which (t, ax, ay, az, gx, gy, gz): its name, or #3 for the third; -NAME turns it round",
    )
    parser.add_argument("--acc-unit", choices=("m/s2", "g", "mg"), help="unit of the acceleration")
    parser.add_argument("--gyr-unit", choices=("rad/s", "deg/s", "mdeg/s"), help="unit of the gyro")
    parser.add_argument("--time-unit", choices=("s", "ms", "us", "ns"), help="unit of the times")
    parser.add_argument("--rate", type=float, metavar="HZ", help="samples a second, for a table without times")
    _json(parser)


def _analyze(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recording", type=Path, metavar="RUN")
    parser.add_argument("--profile", metavar="NAME", help="this calibration instead of the recorded one")
    _mode(parser)
    parser.add_argument(
        "--json", nargs="?", const="-", metavar="FILE", help="metrics and events as JSON (no FILE: to standard output)"
    )
    parser.add_argument("--track", type=Path, metavar="FILE.csv", help="the posture over time")
    parser.add_argument("--choices", action="store_true", help="with the watch and the neutrals chosen in the review")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="what if: another setting, as road.on_deg=25"
    )
    _watch(parser)
    parser.add_argument(
        "--estimate",
        choices=("live", "best"),
        default="live",
        help="track as known live, or smoothed afterwards (events are always the live ones)",
    )


def _watch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--watch", type=Path, metavar="FILE", help="your watch's file of the run: FIT, GPX or TCX")
    parser.add_argument(
        "--offset", type=float, metavar="S", help="with --watch: its clock is S seconds ahead (default: found out)"
    )


def _review(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recording", type=Path, metavar="RUN")
    parser.add_argument("--profile", metavar="NAME", help="this calibration instead of the recorded one")
    _mode(parser)
    _watch(parser)
    parser.add_argument("--report", type=Path, metavar="OUT.html", help="where the report goes (default: beside RUN)")
    parser.add_argument("--png", type=Path, metavar="OUT.png", help="the report's first page as a picture to share")
    parser.add_argument("--no-gui", action="store_true", help="write the report, open no window")
    parser.add_argument("--no-open", action="store_true", help="write the report, open no browser")
    _json(parser)


def _library(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, nargs="?", metavar="FOLDER", help="default: your runs folder")
    parser.add_argument("--no-gui", action="store_true", help="a table in the terminal instead of a window")
    parser.add_argument("--calibrations", action="store_true", help="the history of calibrations instead of the runs")
    parser.add_argument("--rebuild", action="store_true", help="work everything out anew from the recordings")
    _json(parser)


def _compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "recordings", type=Path, nargs="+", metavar="RUN", help="two or more; the others are compared with the first"
    )
    parser.add_argument("--over", choices=("time", "distance"), help="the charts' axis (default: time)")
    parser.add_argument("--report", type=Path, metavar="OUT.html", help="the comparison as a page, with charts")
    _json(parser)


def _export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recording", type=Path, metavar="RUN")
    parser.add_argument("--csv", type=Path, metavar="OUT", help="the posture over time as a table")
    parser.add_argument("--parquet", type=Path, metavar="OUT", help="the same as Parquet, with units")
    parser.add_argument("--fit", type=Path, metavar="OUT", help="an activity with your posture in every record")
    parser.add_argument("--watch", type=Path, metavar="FILE.fit", help="with --fit: your watch's file, kept whole")
    parser.add_argument("--offset", type=float, metavar="S", help="with --fit: how many seconds the watch was ahead")
    parser.add_argument("--from", dest="from_s", type=float, metavar="T", help="only from this second of the run")
    parser.add_argument("--to", dest="to_s", type=float, metavar="T", help="... up to this one")
    parser.add_argument("--rate", default="10", metavar="HZ", help="rows a second (default 10), or 'all'")
    parser.add_argument("--samples", action="store_true", help="the sensors' samples instead, a table for each sensor")
    parser.add_argument("--profile", metavar="NAME", help="this calibration instead of the recorded one")
    _mode(parser)
    parser.add_argument("--estimate", choices=("live", "best"), default="live", help="as known live, or smoothed")
    parser.add_argument("--force", action="store_true", help="replace files that are there")
    _json(parser)


def _batch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="SUMMARY", help="the table: .parquet or .csv")
    parser.add_argument("--workers", type=int, metavar="N", help="processes (default: one for each core)")
    parser.add_argument(
        "--dask",
        metavar="ADDRESS",
        help="work on your own Dask cluster (it runs whatever it is sent), or 'local' to start one here",
    )
    parser.add_argument("--profile", metavar="NAME", help="this calibration instead of the recorded ones")
    _mode(parser)
    parser.add_argument("--force", action="store_true", help="replace a file that is no summary of an earlier batch")
    _json(parser)


def _repair(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recording", type=Path, metavar="RUN")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="NEW", help="the recording to write")
    _json(parser)


def _settings(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(action="show")
    _json(parser)
    actions = parser.add_subparsers(metavar="show|edit|path|get|set|reset", dest="action")

    def add(name: str, help_: str) -> argparse.ArgumentParser:
        sub = actions.add_parser(name, help=help_, description=help_)
        sub.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print machine-readable JSON")
        return sub

    show = add("show", "every setting: its value, bounds and what it is for (the default)")
    show.add_argument("groups", nargs="*", metavar="GROUP", help="only these groups or keys, e.g. trail")
    actions.add_parser("edit", help="change them in a window, and try the sound", description="change them in a window")
    add("path", "where the file is")
    add("get", "one value alone").add_argument("key", metavar="KEY", help="e.g. trail.on_deg")
    pairs = add("set", "change settings; several at once go together, or not at all")
    pairs.add_argument("pairs", nargs="+", metavar="KEY VALUE", help="e.g. trail.on_deg 38")
    reset = add("reset", "put settings back as shipped")
    reset.add_argument("keys", nargs="*", metavar="KEY", help="keys or groups")
    reset.add_argument("--all", action="store_true", help="everything")


if __name__ == "__main__":
    sys.exit(main())
