"""`headsup` as a process that a test stops; it calls itself one program, even while somebody edits its files."""

import sys

from monitor.batch import program
from monitor.cli import main

PROGRAM = "0" * 64

if __name__ == "__main__":
    program._digest = lambda: PROGRAM
    sys.exit(main())
