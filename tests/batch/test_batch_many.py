"""Many recordings through an executor: the lines do not depend on it, and nothing one file does costs another."""

from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

import pytest

from monitor.batch.engines import ClusterError
from monitor.batch.journal import Journal
from monitor.batch.many import AHEAD, Batch
from monitor.batch.scan import recordings_in
from monitor.batch.summarise import Options
from tests.batch.inline import Inline, engine_of


def run(folder, journal, engine):
    told = []
    with Journal(journal, Options()) as kept:
        batch = Batch(Options(), engine, kept, lambda row, reused: told.append((row.name, reused)))
        batch.run(recordings_in(folder).recordings)
    assert [name for name, _ in told] == [row.name for row in batch.rows]
    return batch


def test_one_line_for_each_and_the_bad_ones_say_why(many, tmp_path):
    batch = run(many, tmp_path / "j", engine_of(Inline()))
    assert sorted(row.name for row in batch.rows) == [r.name for r in recordings_in(many).recordings]
    assert {row.name: row.error for row in batch.rows if row.error} == {
        "athlete-0/notes.headsup": "Is not a Heads Up recording.",
        "empty.headsup": "Is empty.",
    }
    assert batch.reused == 0


def test_a_second_run_works_out_only_what_is_new_changed_or_was_bad(many, tmp_path):
    from tests.batch.recordings import make

    folder = tmp_path / "runs"
    for i in range(3):
        make(folder / f"{i}.headsup", 60.0 + i)
    (folder / "bad.headsup").write_text("x")
    first = run(folder, tmp_path / "j", engine_of(Inline()))
    make(folder / "new.headsup", 64.0)
    (folder / "0.headsup").rename(folder / "renamed.headsup")
    (folder / "1.headsup").unlink()
    make(folder / "1.headsup", 66.0)
    executor = Inline()
    second = run(folder, tmp_path / "j", engine_of(executor))
    assert sorted(name for kind, name in executor.asked if kind == "summarise_file") == [
        "1.headsup",
        "bad.headsup",
        "new.headsup",
    ]
    assert second.reused == 2
    before = {row.name: row for row in first.rows}
    after = {row.name: row for row in second.rows}
    assert after["renamed.headsup"] == replace(before["0.headsup"], name="renamed.headsup")
    assert after["2.headsup"] == before["2.headsup"]
    assert after["1.headsup"] != before["1.headsup"]
    assert after["bad.headsup"].error == "Is not a Heads Up recording."


def test_what_was_done_when_it_was_stopped_is_not_done_again(many, tmp_path):
    seen = []

    def stop(name):
        seen.append(name)
        if len(seen) > 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(many, tmp_path / "j", engine_of(Inline(stop), width=1))
    with Journal(tmp_path / "j", Options()) as journal:
        done = len(journal.rows)
    executor = Inline()
    batch = run(many, tmp_path / "j", engine_of(executor))
    assert 2 <= done < 7
    assert batch.reused == done
    assert len(batch.rows) == 9


def test_a_recording_that_ends_its_worker_costs_no_other(many, tmp_path):
    def deadly(name):
        if name == "athlete-1/run-001.headsup":
            raise BrokenProcessPool("a process died")

    batch = run(many, tmp_path / "j", engine_of(Inline(deadly)))
    errors = {row.name: row.error for row in batch.rows if row.error}
    assert "Ended the process" in errors.pop("athlete-1/run-001.headsup")
    assert set(errors) == {"athlete-0/notes.headsup", "empty.headsup"}
    assert len(batch.rows) == 9


def test_what_a_workers_answer_raises_stays_one_line(many, tmp_path):
    def odd(name):
        if name == "athlete-2/run-002.headsup":
            raise RuntimeError("cannot be sent")

    batch = run(many, tmp_path / "j", engine_of(Inline(odd)))
    assert "RuntimeError: cannot be sent" in next(r.error for r in batch.rows if r.name == "athlete-2/run-002.headsup")


def test_a_lost_cluster_is_a_sentence_and_what_is_done_is_kept(many, tmp_path):
    seen = []

    def lost(name):
        seen.append(name)
        if len(seen) > 4:
            raise CancelledError

    with pytest.raises(ClusterError, match="was lost"):
        run(many, tmp_path / "j", engine_of(Inline(lost), width=1))
    with Journal(tmp_path / "j", Options()) as journal:
        assert journal.rows


def test_workers_of_another_heads_up_are_refused_unless_they_are_our_own(many, tmp_path):
    def older(answer):
        return replace(answer, made_by="0.0.1+old")

    with pytest.raises(ClusterError, match="another Heads Up"):
        run(many, tmp_path / "j", engine_of(Inline(change=older), ours=False))
    assert len(run(many, tmp_path / "k", engine_of(Inline(change=older))).rows) == 9


def test_only_a_few_are_handed_out_ahead(many, tmp_path):
    class Counting(Inline):
        most = 0

        def submit(self, fn, /, *args, **kwargs):
            future = super().submit(fn, *args, **kwargs)
            open_now.append(future)
            Counting.most = max(Counting.most, len([f for f in open_now if f not in taken]))
            return future

    open_now, taken = [], set()
    real = Future.result

    def result(self, timeout=None):
        taken.add(self)
        return real(self, timeout)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Future, "result", result)
        run(many, tmp_path / "j", engine_of(Counting(), width=1))
    assert 1 <= Counting.most <= AHEAD


def test_the_largest_come_first(many, tmp_path):
    executor = Inline()
    run(many, tmp_path / "j", engine_of(executor))
    size = {r.name: r.size for r in recordings_in(many).recordings}
    sizes = [size[name] for _, name in executor.asked]
    assert sizes == sorted(sizes, reverse=True)
