"""`headsup batch`: a folder of recordings as one table, a line for each."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from calibration import store
from monitor.batch.engines import MOST_WORKERS, Engine, dask, processes, usual_workers
from monitor.batch.journal import Journal, journal_path
from monitor.batch.many import Batch
from monitor.batch.program import made_by
from monitor.batch.row import SummaryRow
from monitor.batch.scan import Found, recordings_in
from monitor.batch.summarise import Options
from monitor.batch.table import KIND, check_table, is_summary, write_table
from monitor.commands import places
from monitor.commands.batch_progress import progress
from monitor.errors import RecordingError, SettingsError
from monitor.values import Mode

FAILURES_SHOWN = 100


def run(args: argparse.Namespace) -> int:
    """Work out what is new, write the table; exit code 0, also where some recordings could not be used.

    Raises HeadsUpError; KeyboardInterrupt once what is done has been kept.
    """
    workers = _workers(args)
    replace = args.force or is_summary(args.out)
    check_table(args.out, replace=replace)
    options = _options(args)
    engine = dask(args.dask, workers) if args.dask else processes(workers)
    found = recordings_in(args.folder.absolute())
    for note in found.notes:
        print(f"headsup: {note}", file=sys.stderr)
    if not found.recordings:
        raise RecordingError(args.folder, "holds no recordings (files that end in .headsup)")
    batch = _through(args, found, options, engine, replace)
    _tell(args, batch, found)
    return 0


def _through(args: argparse.Namespace, found: Found, options: Options, engine: Engine, replace: bool) -> Batch:
    """The batch to its end, and its table."""
    with Journal(journal_path(args.out), options) as journal, progress(len(found.recordings)) as tell:
        batch = Batch(options, engine, journal, tell)
        try:
            batch.run(found.recordings)
        except KeyboardInterrupt:
            kept = f"{len(batch.rows)} of {len(found.recordings)} recordings are done"
            if batch.rows and not os.path.lexists(args.out):
                write_table(args.out, batch.rows, _about(batch.rows, options, complete=False), replace=False)
                kept += f" and in {args.out}"
            print(f"headsup: stopped; {kept}. The same command goes on from here.", file=sys.stderr)
            raise
    write_table(args.out, batch.rows, _about(batch.rows, options, complete=True), replace=replace)
    return batch


def _workers(args: argparse.Namespace) -> int:
    wanted: int | None = args.workers
    if wanted is not None and not 1 <= wanted <= MOST_WORKERS:
        raise SettingsError("--workers", f"must be a number from 1 to {MOST_WORKERS}, not {wanted}")
    if wanted is not None and args.dask not in (None, "local"):
        raise SettingsError("--workers", "is for this computer; a cluster that runs already has its own workers")
    return wanted or usual_workers()


def _options(args: argparse.Namespace) -> Options:
    profile = store.load(places.profiles_folder(), args.profile) if args.profile else None
    return Options(store.to_json(profile) if profile else "", Mode(args.mode) if args.mode else None)


def _about(rows: Sequence[SummaryRow], options: Options, *, complete: bool) -> dict[str, Any]:
    """What the table is about: nothing of when, where and by whom it was worked out, so that it is the same again."""
    return {
        "kind": KIND,
        "made_by": made_by(),
        "recordings": len(rows),
        "failed": sum(bool(row.error) for row in rows),
        "complete": complete,
        "estimate": "live",
        "mode": options.mode.value if options.mode else "as recorded",
        "calibration": store.from_json(options.profile_json).name if options.profile_json else "as recorded",
    }


def _tell(args: argparse.Namespace, batch: Batch, found: Found) -> None:
    failures = sorted((row for row in batch.rows if row.error), key=lambda row: row.name)
    if args.json:
        told = {
            "summary": str(args.out),
            "recordings": len(batch.rows),
            "analysed": len(batch.rows) - batch.reused - len(failures),
            "already_done": batch.reused,
            "failed": len(failures),
            "failures": [{"file": row.name, "error": row.error} for row in failures],
            "notes": list(found.notes),
        }
        print(json.dumps(told, indent=1))
        return
    before = f", {batch.reused} of them done before" if batch.reused else ""
    print(f"{_recordings(len(batch.rows))}{before}, in {args.out}")
    if failures:
        print(f"{_recordings(len(failures))} could not be used; each one's line says why:")
        for row in failures[:FAILURES_SHOWN]:
            print(f"  {row.name}: {row.error}")
        if len(failures) > FAILURES_SHOWN:
            print(f"  and {len(failures) - FAILURES_SHOWN} more")


def _recordings(number: int) -> str:
    return "1 recording" if number == 1 else f"{number} recordings"
