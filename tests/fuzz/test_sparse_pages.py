"""Files of SQLite as short inputs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.recording.format import PAGE_SIZE
from tests.fuzz.recording_targets import files
from tests.fuzz.sparse_pages import MOST_PAGES, compact, spread


def test_a_recording_comes_back_as_it_was_from_a_short_input():
    for whole in files():
        assert 0 < len(whole) <= MOST_PAGES * PAGE_SIZE
        short = compact(whole)
        assert spread(short) == whole
        assert len(short) < len(whole) / 5


@pytest.mark.parametrize("page", [bytes(PAGE_SIZE), b"\1" * PAGE_SIZE, b"\1" + bytes(PAGE_SIZE - 1)])
def test_pages_without_a_head_a_tail_or_a_middle(page):
    assert spread(compact(page)) == page


def test_a_file_ends_where_its_input_ends():
    (whole, _) = files()
    short = compact(whole)
    page, rest = divmod(len(spread(short[:-5])), PAGE_SIZE)
    assert page == len(whole) // PAGE_SIZE - 1
    assert 0 < rest < PAGE_SIZE


@given(st.binary(max_size=300))
def test_any_bytes_are_a_file_of_bounded_size(data):
    assert len(spread(data)) <= MOST_PAGES * PAGE_SIZE
