"""`python -m tests.fuzz --target NAME|KIND|FAMILY|all ...`: coverage-guided fuzzing, one target after the other."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path

from tests.fuzz import campaign, results
from tests.fuzz.every_target import chosen, targets


def main(arguments: list[str] | None = None) -> int:
    """Fuzz and print a line for each target; 1 where anything failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--target", action="append", help="a name, a kind such as 'decoder', a sensor family, or all")
    parser.add_argument("--inputs", type=int, default=1_000_000, help="of each target (default: a million)")
    parser.add_argument("--seconds", type=float, default=3600.0, help="of each target at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, default=None, help=f"kept here (default: {campaign.usual_corpus()})")
    parser.add_argument("--record", action="store_true", help="put the figures into RESULTS.md")
    parser.add_argument("--list", action="store_true", help="name the targets and their bounds")
    options = parser.parse_args(arguments)
    if options.list or not options.target:
        print(results.listing(targets().values()))
        return 0
    if importlib.util.find_spec("atheris") is None:
        print("Fuzzing needs atheris: pip install -e '.[fuzz]' (Linux and macOS).", file=sys.stderr)
        return 2
    try:
        wanted = chosen(options.target)
    except KeyError as error:
        print(f"There is no target, kind or family {error}; --list names them.", file=sys.stderr)
        return 2
    failed = False
    for target in wanted:
        outcome = campaign.run(
            target,
            inputs=options.inputs,
            seconds=options.seconds,
            seed=options.seed,
            corpus=options.corpus or campaign.usual_corpus(),
        )
        print(results.in_words(outcome), flush=True)
        failed |= bool(outcome.failures)
        if options.record:
            results.record(outcome)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
