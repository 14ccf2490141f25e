"""Kills, power cuts and copies of a running recording: a few in the ordinary tests, the full number in slow ones."""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pytest

from tests.durability.copies import HOW, IN_PLACE, copies
from tests.durability.disk_states import after_power_cut
from tests.durability.disk_trace import Name, Rename, Sync, Truncate, Write
from tests.durability.kills import kills
from tests.durability.kills_elsewhere import kills_elsewhere
from tests.durability.power_cuts import power_cuts, traced_run
from tests.durability.power_loop import missing, power_cuts_in_practice

LIMIT_S = 1.0


def assert_sound(found):
    """Every file opened and right, nothing lost that was said to be on disk."""
    assert [one for one in found if one.fault] == []
    assert max(one.committed_lost_s for one in found) == 0


def assert_target_met(found):
    """And at most a second lost of what the writer was given; a target for machines that do nothing else just now."""
    assert_sound(found)
    assert max(one.lost_s for one in found) <= LIMIT_S


def test_a_few_kills_lose_nothing_that_was_promised():
    assert_sound(kills(6, seed=11, at_once=3, longest_s=2.0))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_hundred_kills_lose_less_than_a_second():
    assert_target_met(kills(200, seed=12, at_once=6))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_kills_beside_the_recording_leave_everything_right():
    found = dict(kills_elsewhere(12, seed=13, at_once=2))
    assert len(found) == 5
    for outcomes in found.values():
        assert_sound(outcomes)


@pytest.fixture(scope="module")
def short_run():
    """A traced run; skipped where no process may be traced."""
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    try:
        return traced_run(2.5)
    except subprocess.CalledProcessError:
        pytest.skip("strace may not be used here")


@pytest.mark.parametrize("times", [60, pytest.param(1500, marks=pytest.mark.slow)])
def test_whatever_the_disk_had_got_round_to_the_run_is_there(short_run, times):
    assert_sound(power_cuts(short_run, times, seed=times))


def test_a_writer_that_does_not_sync_would_be_noticed(short_run):
    found = power_cuts(short_run.without_syncs(), 30, seed=3)
    assert sum(bool(one.fault) or one.committed_lost_s > 0 for one in found) > 15


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_real_disk_whose_power_is_cut_keeps_the_run():
    if why := missing():
        pytest.skip(f"no disk of our own: {why}")
    assert_target_met(power_cuts_in_practice(20, seed=14))


def test_copies_of_a_running_recording_open():
    found = copies(4.0)
    assert {one.how for one in found} == {*HOW, IN_PLACE}
    # Copied while a checkpoint goes on, the file and an older or newer -wal may not fit; the reader must say so.
    assert all("headsup repair" in one.refused for one in found if one.refused)
    assert {one.how for one in found if one.refused} <= {"the file, then its -wal", "the -wal, then the file"}


# ------------------------------------------------------------------ the model of the disk itself


def states(*operations):
    """All that the model finds possible in a hundred tries."""
    return [after_power_cut(operations, np.random.default_rng(i)) for i in range(100)]


def test_what_was_synced_is_there():
    for files in states(Name("a", 1), Write(1, 0, b"x" * 1500), Sync(1), Sync(0)):
        assert files == {"a": b"x" * 1500}


def test_later_writes_are_there_in_part_and_in_any_order():
    sectors = b"".join(bytes([65 + i]) * 512 for i in range(4))
    found = {
        files["a"] for files in states(Name("a", 1), Sync(0), Write(1, 0, bytes(2048)), Sync(1), Write(1, 0, sectors))
    }
    assert bytes(2048) in found
    assert sectors in found
    assert any(content[:512] == bytes(512) and content[-512:] == b"D" * 512 for content in found)
    assert all(
        content[i : i + 512] in (bytes(512), sectors[i : i + 512]) for content in found for i in range(0, 2048, 512)
    )


def test_a_name_that_was_not_synced_may_be_gone_and_names_keep_their_order():
    found = [set(files) for files in states(Name("a", 1), Sync(0), Name("b", 2), Rename("b", "c"), Name("a", 0))]
    for possible in ({"a"}, {"a", "b"}, {"a", "c"}, {"c"}):
        assert possible in found
    assert all(one in ({"a"}, {"a", "b"}, {"a", "c"}, {"c"}) for one in found)


def test_a_change_of_length_is_a_write():
    found = {
        len(files["a"]) for files in states(Name("a", 1), Sync(0), Write(1, 0, b"x" * 30), Sync(1), Truncate(1, 0))
    }
    assert found == {0, 30}
