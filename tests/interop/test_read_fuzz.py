"""Damaged and hostile watch files: a track or a sentence, never anything else."""

import made_watch_files as made
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.errors import HeadsUpError
from monitor.interop.reading import read_watch
from monitor.interop.watch import COLUMNS

SMALL = ("garmin-fenix-5-run.fit", "garmin-fenix-5-walk.fit", "compressed-speed-distance.fit", "cerknicko-jezero.gpx")
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["set", "cut", "copy", "insert"]),
        st.floats(0, 1, exclude_max=True),
        st.integers(0, 255),
        st.integers(1, 40),
    ),
    min_size=1,
    max_size=8,
)
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def changed(data, changes):
    out = bytearray(data)
    for kind, where, value, length in changes:
        at = int(where * len(out))
        if kind == "set":
            out[at : at + 1] = bytes([value])
        elif kind == "cut":
            del out[at : at + length]
        elif kind == "copy":
            out[at:at] = out[value : value + length]
        else:
            out[at:at] = bytes([value]) * length
        if not out:
            break
    return bytes(out)


def check(path, data):
    path.write_bytes(data)
    try:
        track = read_watch(path)
    except HeadsUpError:
        return
    assert len(track) >= 1
    assert len(track.t_ns) in (0, len(track))
    assert (np.diff(track.t_ns) > 0).all()
    for name in COLUMNS:
        values = getattr(track, name)
        assert len(values) == len(track)
        assert not np.isinf(values).any()
    if track.has_times:
        assert (track.t_ns[-1] - track.t_ns[0]) / 1e9 <= 10 * 86_400
        assert track.sessions
        for number in range(1, len(track.sessions) + 1):
            assert len(track.session(number)) >= 1


@QUIET
@given(which=st.integers(0, len(SMALL) - 1), changes=CHANGES)
def test_changed_real_files(shared_data, tmp_path, which, changes):
    check(tmp_path / "x", changed((shared_data / "watch" / SMALL[which]).read_bytes(), changes))


@QUIET
@given(changes=CHANGES)
@pytest.mark.parametrize("kind", ["fit", "gpx", "tcx"])
def test_changed_made_files(tmp_path, kind, changes):
    data = {
        "fit": made.fit(made.timer(0, 0), *(made.record(s) for s in range(5)), made.session(0, 5, 1)),
        "gpx": made.gpx([made.point(0) + made.point(1), made.point(2)]).encode(),
        "tcx": made.TCX.encode(),
    }[kind]
    check(tmp_path / "x", changed(data, changes))


@QUIET
@given(data=st.binary(max_size=400))
def test_noise_behind_a_fit_header(tmp_path, data):
    body = data[12:]
    check(tmp_path / "x", b"\x0c\x10\x00\x00" + len(body).to_bytes(4, "little") + b".FIT" + body)


@QUIET
@given(data=st.binary(max_size=200))
def test_noise(tmp_path, data):
    check(tmp_path / "x", data)


@QUIET
@given(seconds=st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=20))
def test_any_times(tmp_path, seconds):
    records = [made.message(made.RECORD, {253: ("I", s), 3: ("B", 150)}) for s in seconds]
    check(tmp_path / "x", made.fit(*records))
