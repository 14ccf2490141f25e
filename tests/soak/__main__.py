"""`python -m tests.soak [--hours H] [--seed K] [--out FILE] [--keep FOLDER] [--judge]`: a soak, and its report.

Exit code 0 where every check passes, 1 where one is missed, 2 for bad input. `--judge` looks again at what `--keep`
has kept of a soak of the same length and seed, and runs nothing.
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
from tests.soak.ideal_run import ideal_run
from tests.soak.soak_plan import Plan, plan
from tests.soak.soak_record import SoakRecord, record_from
from tests.soak.soak_report import judge_all, report
from tests.soak.soak_run import run_soak
from tests.soak.soak_runner import Runner, soak_runner

RECORDING, RECORD = "soak.headsup", "soak.json"


def main(arguments: list[str] | None = None) -> int:
    """Run, judge, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="where to write the report, Markdown")
    parser.add_argument("--keep", type=Path, help="a folder for the recording and for what was seen")
    parser.add_argument("--judge", action="store_true", help="judge again what was kept")
    options = parser.parse_args(arguments)
    if not 0.2 <= options.hours <= 48:
        parser.error("--hours must lie between 0.2 and 48")
    if options.judge and not (options.keep and (options.keep / RECORD).is_file()):
        parser.error("--judge needs --keep with the folder of an earlier soak")
    seconds = options.hours * 3600
    runner = soak_runner()
    asked = plan(options.seed, seconds, min(3600.0, seconds / 4), level_at=runner.level_at)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        kept = folder / RECORD
        record = record_from(kept.read_text("utf-8")) if options.judge else _run(asked, runner, folder)
        say("the same without faults")
        reference = ideal_run(asked, runner, record.origin_s)
        say("reading and replaying")
        path = folder / RECORDING
        verdicts = judge_all(asked, runner, path, record, reference)
        command = f"python -m tests.soak --hours {options.hours:g} --seed {options.seed}"
        text = report(asked, record, reference, verdicts, command, path.stat().st_size / 1e6)
    print(text)
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    return 0 if all(v.passes for v in verdicts) else 1


def _run(asked: Plan, runner: Runner, folder: Path) -> SoakRecord:
    say(f"{asked.seconds / 3600:g} h, {len(asked.faults)} faults")
    record = run_soak(asked, runner, folder / RECORDING, say)
    (folder / RECORD).write_text(json.dumps(asdict(record)), encoding="utf-8")
    return record


if __name__ == "__main__":
    try:
        sys.exit(main())
    except HeadsUpError as error:
        print(f"soak: {error}", file=sys.stderr)
        sys.exit(2)
