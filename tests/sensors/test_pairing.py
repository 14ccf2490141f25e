"""Two streams become one: interpolated, never guessed, and the same however the notifications are grouped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.sensors.pairing import NONE, StreamPair, Vectors
from monitor.values import SampleBlock

WIDEST, PATIENCE, JUMP = 50, 8, 2000


def vectors(rows: list[tuple[int, int]], slope: float = 1.0) -> Vectors:
    """Rows (packet, tick); the vector's x is `slope` times the tick."""
    packet = np.array([row[0] for row in rows], np.int64)
    tick = np.array([row[1] for row in rows], np.int64)
    vector = np.column_stack((slope * tick, np.ones(len(tick)), -tick)).reshape(-1, 3).astype(np.float64)
    return Vectors(packet, packet * 1000, tick, vector, np.zeros(len(tick), np.bool_))


def pair() -> StreamPair:
    return StreamPair(WIDEST, PATIENCE, JUMP)


def ticks(block: SampleBlock) -> list[int]:
    assert block.tick is not None
    return [int(each) for each in block.tick]


def test_turning_is_interpolated_at_the_time_of_the_acceleration() -> None:
    block = pair().push(vectors([(0, 10), (2, 30), (4, 50)]), vectors([(1, 5), (3, 25), (5, 45), (7, 65)], 2.0))
    assert ticks(block) == [10, 30, 50]
    assert np.allclose(block.gyr[:, 0], [20, 60, 100])
    assert block.arrival_ns.tolist() == [3000, 5000, 7000], "it leaves with the later neighbour"


def test_equal_times_need_no_neighbours() -> None:
    block = pair().push(vectors([(0, 10)]), vectors([(0, 10)], 3.0))
    assert ticks(block) == [10]
    assert block.gyr[0, 0] == 30


def test_nothing_is_interpolated_over_a_hole() -> None:
    block = pair().push(vectors([(0, 10), (1, 90), (2, 120)]), vectors([(0, 0), (1, 20), (2, 110), (3, 130)]))
    assert ticks(block) == [10, 120], "90 lies in a hole of 90 ticks between two rates"


def test_an_acceleration_whose_turn_never_comes_is_left_out() -> None:
    waits = pair()
    assert len(waits.push(vectors([(i, 10 * i) for i in range(30)]), vectors([(0, 0)]))) == 1
    late = waits.push(NONE, vectors([(0, 25), (0, 205), (0, 225), (0, 245), (0, 265), (0, 285), (0, 305)]))
    assert ticks(late) == [220, 230, 240, 250, 260, 270, 280, 290], "the newest eight were still waiting"


def test_what_is_held_is_bounded() -> None:
    one = pair()
    for i in range(500):
        one.push(vectors([(0, 10 * i)]), NONE)
    held = one._acc._vectors
    assert len(held) <= PATIENCE
    for i in range(500):
        one.push(NONE, vectors([(0, 10_000 + 10 * i)]))
    assert len(one._gyr._vectors) <= PATIENCE + 2


def test_a_repeated_and_a_late_vector_are_left_out() -> None:
    block = pair().push(vectors([(0, 10), (1, 10), (2, 20), (3, 15), (4, 30)]), vectors([(0, 0), (5, 40)]))
    assert ticks(block) == [10, 20, 30]


def test_a_restarted_clock_begins_anew() -> None:
    block = pair().push(
        vectors([(0, 5000), (1, 5010), (3, 10), (4, 20)]), vectors([(0, 4990), (1, 5005), (3, 0), (5, 30)])
    )
    assert ticks(block) == [5000, 10, 20]


def test_a_new_link_forgets_what_waited() -> None:
    one = pair()
    one.push(vectors([(0, 10)]), vectors([(0, 0)]))
    one.reset()
    assert len(one.push(NONE, vectors([(0, 20)]))) == 0


rows = st.lists(st.tuples(st.booleans(), st.integers(-30, 60), st.integers(0, 4000)), max_size=60)


@settings(max_examples=200, deadline=None)
@given(rows, st.lists(st.booleans(), min_size=60, max_size=60))
def test_any_grouping_gives_the_same_samples(steps: list[tuple[bool, int, int]], cuts: list[bool]) -> None:
    """Random streams with steps back, repeats and now and then a far jump; a vector may share its notification."""
    at = {True: 3000, False: 3000}
    packets: list[tuple[Vectors, Vectors]] = []
    for is_acc, step, far in steps:
        at[is_acc] = far if far > 3950 or far < 20 else at[is_acc] + step
        one = vectors([(0, at[is_acc])])
        packets.append((one, NONE) if is_acc else (NONE, one))

    def run(groups: list[list[tuple[Vectors, Vectors]]]) -> list[tuple[float, ...]]:
        joiner, out = pair(), []
        arrival = 0
        for group in groups:
            streams = []
            for side in (0, 1):
                parts = [
                    replace(each[side], packet=each[side].packet + n, arrival_ns=each[side].arrival_ns + arrival + n)
                    for n, each in enumerate(group)
                    if len(each[side])
                ]
                streams.append(
                    Vectors(
                        *(
                            np.concatenate([getattr(part, name) for part in parts])
                            for name in ("packet", "arrival_ns", "tick", "vector", "clipped")
                        )
                    )
                    if parts
                    else NONE
                )
            arrival += len(group)
            # The last notification may be of a stream that says nothing here: count on as the decoder would.
            block = joiner.push(*streams)
            assert block.tick is not None
            out += [
                (float(t), float(a), *v, *w)
                for t, a, v, w in zip(block.tick, block.arrival_ns, block.acc, block.gyr, strict=True)
            ]
        return out

    whole = run([packets]) if packets else []
    groups: list[list[tuple[Vectors, Vectors]]] = [[]]
    for each, cut in zip(packets, cuts, strict=False):
        groups[-1].append(each)
        if cut:
            groups.append([])
    assert run([group for group in groups if group]) == whole
    for row in whole:
        assert np.isclose(row[5], row[0]), "the rate's x was made equal to its tick, so its interpolation is too"
