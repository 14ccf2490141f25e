"""Any grouping of the same notifications gives the same slots, bit for bit, whatever happens on the link."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire import MICROSECONDS, S, Wire, borders, feed, slots, wire

from monitor.sensors.base import DeviceClock
from monitor.timing.grid import RATES_HZ, Grid
from monitor.values import GridBlock, SampleBlock


def same_slots(a: list[GridBlock], b: list[GridBlock]) -> None:
    one, two = slots(a), slots(b)
    for name in ("index", "t_ns", "arrival_ns", "real", "number"):
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes(), name
    assert one.restarts == two.restarts


@st.composite
def troubled_wires(draw) -> Wire:
    """20-40 s of notifications with bursts of loss, stalls, repeats, overtaking, reboots and clock jumps."""
    rate = draw(st.sampled_from([25.0, 50.0, 104.0]))
    w = wire(draw(st.floats(8, 16)), rate, seed=draw(st.integers(0, 999)), ppm=draw(st.integers(-200, 200)))
    for k in range(draw(st.integers(0, 2))):
        boot = draw(st.sampled_from([3000.0, -w.number[-1] / rate, 3001.0, 2999.0, 10_000.0]))
        first = int(w.number[-1]) + 1 + draw(st.sampled_from([0, 3, 20, 300]))
        w = w + wire(draw(st.floats(5, 10)), rate, first=first, boot_s=boot, seed=k)
    _, rank = np.unique(w.arrival_ns, return_inverse=True)
    count = int(rank[-1]) + 1
    lost = np.zeros(count, bool)
    for at, length in draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(1, 40)), max_size=4)):
        lost[at : at + length] = True
    lost[0] = False
    order = np.arange(count)[~lost]
    for at, back in draw(st.lists(st.tuples(st.integers(1, len(order) - 1), st.integers(1, 60)), max_size=4)):
        order = np.insert(order, at, order[max(0, at - back)])  # sent again, up to 5 s late
    rows = np.concatenate([np.flatnonzero(rank == r) for r in order])
    sizes = np.array([np.count_nonzero(rank == r) for r in order])
    arrival = np.unique(w.arrival_ns)[np.maximum.accumulate(order)] + np.arange(len(order))
    for at, length in draw(st.lists(st.tuples(st.floats(0, 30), st.floats(0.1, 6)), max_size=2)):
        held = (arrival >= at * S) & (arrival < (at + length) * S)
        arrival[held] = round((at + length) * S) + np.arange(np.count_nonzero(held))
        arrival = np.maximum.accumulate(arrival - np.arange(len(arrival))) + np.arange(len(arrival))
    return Wire(w.number[rows], w.true_ns[rows], np.repeat(arrival, sizes), w.tick[rows])


@settings(deadline=None, max_examples=80)
@given(w=troubled_wires(), stamped=st.booleans(), picks=st.lists(st.floats(0, 1), max_size=12))
def test_any_grouping_gives_the_same_slots(w, stamped, picks):
    edges = borders(w)
    cuts = sorted({edges[int(p * (len(edges) - 1))] for p in picks})
    clock = MICROSECONDS if stamped else None
    whole = feed(Grid(50, clock), w, stamped=stamped, cuts=[])
    same_slots(whole, feed(Grid(50, clock), w, stamped=stamped, cuts=cuts))
    same_slots(whole, feed(Grid(50, clock), w, stamped=stamped))


@settings(deadline=None, max_examples=80)
@given(w=troubled_wires(), stamped=st.booleans())
def test_slots_and_times_only_grow_and_every_kept_sample_appears_once(w, stamped):
    blocks = feed(Grid(50, MICROSECONDS if stamped else None), w, stamped=stamped, cuts=[])
    s = slots(blocks)
    assert (np.diff(s.index) > 0).all()
    assert (np.diff(s.t_ns) >= 0).all()
    assert (np.diff(s.arrival_ns) >= 0).all()
    if not stamped:
        assert np.array_equal(s.number[s.real], w.number)  # nothing is dropped where repeats cannot be told
    for block in blocks:
        assert block.real[-1]
        assert block.real[0] or not block.restart
        assert len(block.t_ns) == len(block.arrival_ns) == len(block.acc) == len(block.real) == len(block.clipped)


@settings(deadline=None, max_examples=100)
@given(
    ticks=st.lists(st.integers(-(1 << 61), 1 << 61), min_size=33, max_size=80),
    rate_hz=st.floats(1e-9, 1e12),
    bits=st.sampled_from([0, 16, 32]),
    exact=st.booleans(),
)
def test_hostile_stamps_cost_no_more_memory_than_a_bridged_hole_each(ticks, rate_hz, bits, exact):
    """A recording is a file from anywhere: no stamp and no rate in it may ask for endless slots."""
    n = len(ticks)
    raw = np.array(ticks, np.int64) % (1 << bits if bits else 1 << 62)
    arrival = np.arange(n, dtype=np.int64) * 20_000_000
    samples = SampleBlock(arrival, raw, np.zeros((n, 3)), np.zeros((n, 3)), np.zeros(n, bool))
    blocks = Grid(rate_hz, DeviceClock(1, bits), exact=exact).push(samples)
    assert sum(len(b) for b in blocks) <= n * (2 * RATES_HZ[1] + 1)
    assert (np.diff(np.concatenate([b.index + np.arange(len(b)) for b in blocks])) > 0).all()


@pytest.mark.parametrize("exact", [False, True])
def test_nanosecond_steps_do_not_make_a_gigahertz_grid(exact):
    n = 64
    tick = np.arange(n, dtype=np.int64)
    tick[40:] += 1_900_000_000
    samples = SampleBlock(tick + 10, tick, np.zeros((n, 3)), np.zeros((n, 3)), np.zeros(n, bool))
    blocks = Grid(100, DeviceClock(1, 0), exact=exact).push(samples)
    assert sum(len(b) for b in blocks) < 5000
