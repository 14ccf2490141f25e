"""Memory is weighed both ways."""

import pytest

from tests.benches import processes
from tests.fuzz.weighing import weighing

LARGE = 64 << 20


@pytest.mark.parametrize("threads", [False, pytest.param(True, marks=pytest.mark.skipif(
    not processes.TELLS, reason="needs Linux's /proc"))])  # fmt: skip
def test_what_is_taken_and_given_back_counts_also_where_it_ends_in_an_error(threads):
    def taken_and_refused() -> None:
        assert len(b"x" * LARGE) == LARGE
        raise ValueError("refused")

    for _ in range(2):  # the second time, the process has been as large before
        with pytest.raises(ValueError, match="refused"), weighing(threads=threads) as peak:
            taken_and_refused()
        assert LARGE * 0.9 < peak.size < LARGE * 1.2
    with weighing(threads=threads) as peak:
        pass
    assert peak.size < LARGE * 0.1
