"""Real workers: processes, one that dies, and a Dask cluster of processes; the lines are the same."""

import os
import signal
import sys
from dataclasses import replace

import pytest

from monitor.batch.engines import ClusterError, dask, one_thread_each, processes, usual_workers
from monitor.batch.journal import Journal
from monitor.batch.many import Batch
from monitor.batch.program import made_by
from monitor.batch.scan import recordings_in
from monitor.batch.summarise import Options, summarise_file
from monitor.interop.missing import MissingLibraryError


def lines(folder, engine, journal):
    with Journal(journal, Options()) as kept:
        batch = Batch(Options(), engine, kept, lambda row, reused: None)
        batch.run(recordings_in(folder).recordings)
    return sorted(batch.rows, key=lambda row: row.name)


@pytest.fixture(scope="module")
def expected(many):
    return [summarise_file(r.path, r.name, Options()) for r in recordings_in(many).recordings]


def threads_after_a_product():
    """What a worker sees: its settings, and how many threads a large matrix product leaves behind."""
    import numpy as np

    a = np.ones((600, 600))
    a @ a
    threads = len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 1
    return os.environ["OMP_NUM_THREADS"], threads, signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def end_this_process():
    os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)


def test_two_processes_tell_what_this_one_tells(many, expected, tmp_path):
    assert lines(many, processes(2), tmp_path / "j") == expected


def test_a_worker_has_one_thread_for_its_matrices_and_leaves_ctrl_c_to_us():
    before = dict(os.environ)
    with processes(1)() as force:
        omp, threads, ignores = force.executor.submit(threads_after_a_product).result(60)
    assert (omp, ignores) == ("1", True)
    # The pool's own queue feeder beside the main thread.
    assert threads <= 2
    assert dict(os.environ) == before


def test_the_settings_come_back_as_they_were(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    with one_thread_each():
        assert (os.environ["OMP_NUM_THREADS"], os.environ["MKL_NUM_THREADS"]) == ("1", "1")
    assert os.environ["OMP_NUM_THREADS"] == "3"
    assert "MKL_NUM_THREADS" not in os.environ


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_its_recording_alone(many, expected, tmp_path, monkeypatch):
    from monitor.batch import many as batch_module

    marked = "athlete-2/run-005.headsup"
    monkeypatch.setattr(batch_module, "summarise_file", deadly_for_one)
    rows = lines(many, processes(2), tmp_path / "j")
    died = [row for row in rows if "Ended the process" in row.error]
    assert [row.name for row in died] == [marked]
    assert [row for row in rows if row.name != marked] == [row for row in expected if row.name != marked]


def deadly_for_one(path, name, options):
    """A worker's task that ends the worker at one recording."""
    if name == "athlete-2/run-005.headsup":
        end_this_process()
    return summarise_file(path, name, options)


def test_as_many_workers_as_cores():
    assert 1 <= usual_workers() <= (os.cpu_count() or 1)


def test_without_dask_one_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingLibraryError, match=r"pip install 'headsup-run\[cluster\]'"):
        dask("local", 2)


# ------------------------------------------------------------------ Dask


@pytest.mark.slow
def test_a_dask_cluster_of_two_workers_tells_the_same(many, expected, tmp_path):
    pytest.importorskip("distributed")
    assert lines(many, dask("local", 2), tmp_path / "j") == expected


@pytest.mark.slow
def test_a_dask_worker_of_ours_has_one_thread_too_and_leaves_ctrl_c_to_us():
    pytest.importorskip("distributed")
    with dask("local", 1)() as force:
        omp, _, ignores = force.executor.submit(threads_after_a_product).result(60)
    assert (omp, ignores, force.width, force.ours) == ("1", True, 1, True)


@pytest.mark.slow
def test_a_cluster_that_runs_already_is_joined_by_its_address(many, expected, tmp_path):
    distributed = pytest.importorskip("distributed")
    made_by.cache_clear()  # the workers read the program's files now
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        rows = lines(many, dask(cluster.scheduler_address, 1), tmp_path / "j")
    assert [replace(row, made_by="") for row in rows] == [replace(row, made_by="") for row in expected]


@pytest.mark.slow
def test_a_cluster_without_workers_and_one_that_is_not_there(many, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=None, host="127.0.0.1") as cluster,
        pytest.raises(ClusterError, match="no workers"),
    ):
        lines(many, dask(cluster.scheduler_address, 1), tmp_path / "j")
    from monitor.batch import engines

    monkeypatch.setattr(engines, "CONNECT_S", 0.5)
    for address in ("tcp://127.0.0.1:9", "nonsense://x", "127.0.0.1:notaport"):
        with pytest.raises(ClusterError, match="does not answer"):
            lines(many, dask(address, 1), tmp_path / "j")
