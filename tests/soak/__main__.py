"""`python -m tests.soak [--hours H] [--seed K] [--out FILE] [--keep FOLDER]`: a soak, and its report as Markdown.

Exit code 0 where every check passes, 1 where one is missed, 2 for bad input.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from monitor.errors import HeadsUpError
from tests.benches.progress import say
from tests.soak.soak_plan import plan
from tests.soak.soak_record import SoakRecord
from tests.soak.soak_report import judge_all, report
from tests.soak.soak_run import run_soak
from tests.soak.soak_runner import soak_runner


def main(arguments: list[str] | None = None) -> int:
    """Run, judge, print; 0 when every check passes."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="where to write the report")
    parser.add_argument("--keep", type=Path, help="a folder for the recordings and what was seen")
    options = parser.parse_args(arguments)
    if not 0.2 <= options.hours <= 48:
        parser.error("--hours must lie between 0.2 and 48")
    seconds = options.hours * 3600
    runner = soak_runner()
    asked = plan(options.seed, seconds, min(3600.0, seconds / 4), level_at=runner.level_at)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "soak.headsup"
        say(f"{options.hours:g} h, {len(asked.faults)} faults")
        record = run_soak(asked, runner, path, say)
        _keep(options.keep, "soak.json", record)
        say("the same without faults")
        reference = run_soak(asked.undisturbed, runner, folder / "reference.headsup", say)
        _keep(options.keep, "reference.json", reference)
        say("reading and replaying")
        verdicts = judge_all(asked, runner, path, record, reference)
        command = f"python -m tests.soak --hours {options.hours:g} --seed {options.seed}"
        text = report(asked, record, verdicts, command, path.stat().st_size / 1e6)
    print(text)
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    return 0 if all(v.passes for v in verdicts) else 1


def _keep(folder: Path | None, name: str, record: SoakRecord) -> None:
    if folder is not None:
        (folder / name).write_text(json.dumps(asdict(record)), encoding="utf-8")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except HeadsUpError as error:
        print(f"soak: {error}", file=sys.stderr)
        sys.exit(2)
