"""Which random numbers may be looked at while building, and which only when reporting.

Whoever tunes the pipeline uses `DEVELOPMENT`; the tables of RESULTS.md come from `REPORT` alone. The two never overlap.
"""

from __future__ import annotations

DEVELOPMENT = range(1_000, 1_100)
REPORT = range(900_000, 901_000)
