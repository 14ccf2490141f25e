"""Loaded by the workers of a cluster that was started here: Ctrl-C is for the program that started them."""

from __future__ import annotations

import signal


def dask_setup(worker: object) -> None:
    """Called by Dask in each worker."""
    del worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
