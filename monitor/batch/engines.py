"""Who does the work: processes of this computer, or the workers of a Dask cluster. Each is an executor and its width.

This module is loaded by every worker before anything else, so it imports nothing heavy: the number of threads that a
worker's matrix library takes is settled before numpy is there.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from monitor.errors import HeadsUpError
from monitor.interop.missing import optional

MOST_WORKERS = 61
"""More processes than this Windows cannot wait for."""
CONNECT_S = 10.0
THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


class ClusterError(HeadsUpError):
    """A cluster that cannot be used. Attributes: `address`, `reason`."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"the cluster at '{address}' {reason}")
        self.address = address
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Workforce:
    """An executor that is running, and how many recordings it can work on at once.

    ours : its workers were started by this program, from the same files
    """

    executor: Executor
    width: int
    ours: bool


class Engine(Protocol):
    """Makes a workforce, as often as it is asked to: one whose worker died is not used again."""

    def __call__(self) -> AbstractContextManager[Workforce]: ...


def usual_workers() -> int:
    """As many as there are cores for this process."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        cores = os.cpu_count() or 1
    return min(cores, MOST_WORKERS)


def processes(workers: int) -> Engine:
    """Processes of this computer, each with one thread for its matrix library."""

    @contextmanager
    def started() -> Iterator[Workforce]:
        # Spawned, not forked: a fork of a process with threads may hang. No worker is replaced after so many tasks:
        # in Python 3.11 that can leave the pool waiting for ever.
        with one_thread_each():
            others = set(multiprocessing.active_children())
            pool = ProcessPoolExecutor(
                workers, mp_context=multiprocessing.get_context("spawn"), initializer=_leave_ctrl_c_to_the_parent
            )
            try:
                yield Workforce(pool, workers, ours=True)
            except BaseException:
                # Nobody waits for what is being worked on now. Workers only read, so they may be stopped anywhere.
                for child in set(multiprocessing.active_children()) - others:
                    child.terminate()
                raise
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    return started


@contextmanager
def one_thread_each() -> Iterator[None]:
    """What is started meanwhile uses one thread for its matrices: the recordings themselves fill the cores."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _leave_ctrl_c_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def dask(address: str, workers: int) -> Engine:
    """The workers of a Dask cluster; 'local' starts one here with `workers` processes. Raises MissingLibraryError.

    A cluster runs whatever its client sends and trusts its workers' answers: use only one that is yours.
    """
    distributed = optional("distributed", "--dask", "cluster")

    @contextmanager
    def joined() -> Iterator[Workforce]:
        with _quiet(), one_thread_each():
            cluster: Any = None
            client: Any = None
            try:
                try:
                    if address == "local":
                        cluster = distributed.LocalCluster(
                            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None,
                            host="127.0.0.1", silence_logs=logging.CRITICAL, preload=["monitor.batch.dask_worker"],
                        )  # fmt: skip
                    client = distributed.Client(cluster or address, timeout=CONNECT_S, set_as_default=False)
                except (OSError, ValueError, TypeError, TimeoutError, RuntimeError, ImportError) as error:
                    raise ClusterError(address, f"does not answer ({_short(error)})") from error
                width = sum(client.nthreads().values())
                if not width:
                    raise ClusterError(address, "has no workers; please start some")
                yield Workforce(client.get_executor(), width, ours=address == "local")
            finally:
                for opened in (client, cluster):
                    if opened is not None:
                        opened.close()

    return joined


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask reports every connection that ends when a cluster is closed as if it were lost."""
    logger = logging.getLogger("distributed")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
