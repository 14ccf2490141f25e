"""Odd but lawful FIT files, built by hand; and hostile ones, of which nothing comes but a sentence."""

from __future__ import annotations

import struct
import tracemalloc

import numpy as np
import pytest
from fit_reading import by_fitdecode, by_fitparse, copied_at, made_up, strip_ours
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.errors import HeadsUpError
from monitor.interop.crc import fit_crc
from monitor.interop.fit_fields import APPLICATION_ID
from monitor.interop.fit_parts import MAX_FIT_BYTES, split_parts
from monitor.interop.fit_wire import EPOCH_UNIX_S, FitError

T0 = 1_100_000_000
START = float(T0 + EPOCH_UNIX_S)


def definition(local, message, fields, *, big=False, developer=None) -> bytes:
    order = ">" if big else "<"
    head = bytes([0x40 | local | (0x20 if developer is not None else 0), 0, int(big)])
    out = head + struct.pack(f"{order}HB", message, len(fields)) + b"".join(bytes(f) for f in fields)
    if developer is not None:
        out += bytes([len(developer)]) + b"".join(bytes(d) for d in developer)
    return out


def fit(body: bytes, *, size=14, protocol=0x10, header_crc=True) -> bytes:
    head = struct.pack("<BBHI4s", size, protocol, 100, len(body), b".FIT")
    if size >= 14:
        head += struct.pack("<H", fit_crc(head) if header_crc else 0) + bytes(size - 14)
    return head + body + struct.pack("<H", fit_crc(head + body))


FILE_ID = definition(0, 0, [(0, 1, 0)]) + b"\x00\x04"
TIME = (253, 4, 0x86)
HEART = (3, 1, 0x02)


def record_definition(local=0, *, big=False, developer=None) -> bytes:
    return definition(local, 20, [TIME, HEART], big=big, developer=developer)


def record(t, local=0, *, big=False, tail=b"") -> bytes:
    return bytes([local]) + struct.pack(">IB" if big else "<IB", T0 + t, 60 + t % 100) + tail


def copied(data: bytes, seconds=120.0, **kwargs):
    return copied_at(data, made_up(START, seconds, **kwargs), START, "watch.fit")


def ours(data: bytes, column="head_pitch", message="record") -> list:
    first, second = by_fitdecode(data), by_fitparse(data)
    assert first.ours == second.ours
    return [values[column] for name, values in first.ours if name == message]


def expected(*t: float) -> list[float]:
    return made_up(START, 120.0).at(np.array(t, float)).head_pitch_deg.astype(np.float32).astype(float).tolist()


def test_big_and_little_endian_definitions_in_one_file():
    body = FILE_ID + record_definition(1, big=True) + record(3, 1, big=True) + record(4, 1, big=True)
    body += record_definition(2) + record(5, 2) + record(6, 1, big=True)
    body += definition(3, 18, [TIME, (2, 4, 0x86), (7, 4, 0x86)], big=True)
    body += b"\x03" + struct.pack(">III", T0 + 60, T0, 60_000)
    data = copied(fit(body)).data
    assert ours(data) == expected(3, 4, 5, 6)
    assert ours(data, "head_down_time", "session") == pytest.approx(
        [made_up(START, 120).summary(0, 60).head_down_s], abs=1e-3
    )
    assert strip_ours(data, [0]) == [body]


def test_a_local_number_that_means_one_thing_after_another():
    """All sixteen numbers are taken, and the records' number is taken back in between."""
    body = FILE_ID + b"".join(definition(n, 21, [TIME]) for n in range(1, 16))
    body += record_definition(0) + record(1) + record(2)
    body += definition(0, 21, [TIME]) + b"\x00" + struct.pack("<I", T0 + 3)
    body += b"\x0f" + struct.pack("<I", T0 + 3)
    body += record_definition(0) + record(4)
    data = copied(fit(body)).data
    assert ours(data) == expected(1, 2, 4)
    assert strip_ours(data, [0]) == [body]
    assert by_fitdecode(data).names["event"] == 2


def test_compressed_times_run_over_and_need_a_first_full_time():
    body = FILE_ID + definition(1, 20, [HEART]) + definition(0, 21, [TIME])
    compressed = lambda t: bytes([0x80 | 1 << 5 | (T0 + t) & 31, 61])  # noqa: E731
    body += compressed(0)  # before any time is known
    body += b"\x00" + struct.pack("<I", T0 + 1)
    body += b"".join(compressed(t) for t in (1, 2, 20, 33, 60))
    made = copied(fit(body))
    [first, *rest] = [v["head_pitch"] for n, v in by_fitdecode(made.data).ours if n == "record"]
    assert first is None
    assert rest == expected(1, 2, 20, 33, 60)
    assert (made.records, made.matched) == (6, 5)
    assert strip_ours(made.data, [0]) == [body]


def test_existing_developer_fields_stay_and_ours_take_the_next_free_index():
    identity = definition(1, 207, [(3, 1, 2)])
    describe = definition(2, 206, [(0, 1, 2), (1, 1, 2), (2, 1, 2), (3, 4, 7)])
    body = FILE_ID + identity + b"".join(b"\x01" + bytes([i]) for i in (0, 1, 3))
    body += describe + b"".join(b"\x02" + bytes([i, 9, 0x02]) + b"abc\0" for i in (0, 1, 3))
    body += record_definition(3, developer=[(9, 1, 0), (9, 1, 3)]) + record(7, 3, tail=b"\x11\x22")
    data = copied(fit(body, protocol=0x20)).data
    assert ours(data) == expected(7)
    assert strip_ours(data, [2]) == [body]
    [fields] = [m for m in by_fitdecode(data).messages if m[0] == "record"]
    assert [value for name, _, value, _ in fields[1] if name == "abc"] == [0x11, 0x22]


def test_a_definition_that_announces_no_developer_fields():
    body = FILE_ID + record_definition(1, developer=[]) + record(2, 1)
    data = copied(fit(body)).data
    assert ours(data) == expected(2)


@pytest.mark.parametrize(("size", "crc"), [(12, False), (14, True), (14, False), (20, True)])
def test_headers_of_every_size(size, crc):
    body = FILE_ID + record_definition() + record(9)
    data = copied(fit(body, size=size, header_crc=crc)).data
    assert data[0] == size
    assert data[1] == 0x20
    if size >= 14:
        assert struct.unpack_from("<H", data, 12)[0] == (fit_crc(data[:12]) if crc else 0)
    assert fit_crc(data) == 0
    if size <= 14:
        assert ours(data) == expected(9)


def test_every_part_of_a_chain_that_has_records_gets_the_fields():
    without = fit(FILE_ID + definition(1, 34, [TIME]) + b"\x01" + struct.pack("<I", T0))
    first = fit(FILE_ID + record_definition() + record(1) + record(2))
    second = fit(FILE_ID + record_definition(5, big=True) + record(60, 5, big=True), size=12)
    made = copied(first + without + second)
    assert made.parts == 3
    assert without in made.data
    assert [len(p.body) for p in split_parts(made.data, "x")][1] == len(without) - 16
    values = [v["head_pitch"] for n, v in by_fitdecode(made.data).ours if n == "record"]
    assert values == expected(1, 2, 60)


def test_a_newer_protocol_is_kept_and_an_older_one_raised():
    body = FILE_ID + record_definition() + record(0)
    assert [copied(fit(body, protocol=p)).data[1] for p in (0x00, 0x10, 0x20, 0x24)] == [0x20, 0x20, 0x20, 0x24]


def test_as_many_fields_as_a_definition_can_hold():
    many = [(9, 1, 0)] * 251
    tail = bytes(range(251))
    identity = definition(1, 207, [(3, 1, 2)]) + b"\x01\x00"
    describe = definition(2, 206, [(0, 1, 2), (1, 1, 2), (2, 1, 2), (3, 4, 7)]) + b"\x02" + bytes([0, 9, 2]) + b"abc\0"
    body = FILE_ID + identity + describe + record_definition(3, developer=many) + record(7, 3, tail=tail)
    assert ours(copied(fit(body)).data) == expected(7)
    full = FILE_ID + record_definition(3, developer=[*many, (9, 1, 0)]) + record(7, 3, tail=tail + b"\0")
    with pytest.raises(FitError, match="no room for ours"):
        copied(fit(full))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is not a FIT file"),
        (b"hello, this is a letter", "is not a FIT file"),
        (fit(FILE_ID)[:-1], "cut short by 1 bytes"),
        (fit(FILE_ID), "holds no record of a run"),
        (fit(b""), "never finished"),
        (fit(FILE_ID + record_definition() + record(1)) + b"junk and more junk", "goes on with something"),
        (fit(FILE_ID + record_definition() + record(1))[:-1] + b"\0", "its checksum is wrong"),
        (fit(FILE_ID + record_definition() + record(1)[:-1]), "its last record is cut short"),
        (fit(FILE_ID + record_definition()[:-2]), "a definition is cut short"),
        (fit(FILE_ID + record(1, 7)), "belongs to nothing"),
        (fit(FILE_ID + definition(1, 20, [HEART]) + b"\x01\x40"), "says of no record when"),
        (fit(FILE_ID, protocol=0x30), "of FIT version 3"),
        (fit(FILE_ID + b"".join(definition(1, 207, [(3, 1, 2)]) + bytes([1, i]) for i in range(255))
             + record_definition() + record(1)), "so many programs"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_a_sentence(data, said):
    with pytest.raises(FitError, match=said) as caught:
        copied(data)
    assert str(caught.value).startswith("watch.fit: ")
    assert "\n" not in str(caught.value)


def test_a_time_since_switching_on_needs_an_offset():
    body = FILE_ID + record_definition() + b"\x00" + struct.pack("<IB", 500, 60)
    with pytest.raises(FitError, match="does not say at which date"):
        copied(fit(body))
    series = made_up(0.0, 120.0)
    assert copied_at(fit(body), series, 500.0 + EPOCH_UNIX_S - 3.0, "x").matched == 1


def test_size_is_bounded_before_memory_is_taken():
    data = bytes(MAX_FIT_BYTES + 1)
    tracemalloc.start()
    with pytest.raises(FitError, match="too large"):
        copied(data)
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


SOUND = (
    FILE_ID
    + record_definition(1, big=True)
    + b"".join(record(t, 1, big=True) for t in range(6))
    + definition(0, 20, [HEART])
    + bytes([0x80 | (T0 + 8) & 31, 61])
    + definition(2, 19, [TIME, (2, 4, 0x86), (7, 4, 0x86)])
    + b"\x02"
    + struct.pack("<III", T0 + 9, T0, 9000)
)


@given(
    changes=st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.integers(0, 255)), max_size=6),
    cut=st.integers(0, len(SOUND)) | st.none(),
    more=st.binary(max_size=12),
)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_body_is_copied_whole_or_refused(changes, cut, more):
    body = bytearray(SOUND)
    for at, value in changes:
        body[at] = value
    body = bytes(body[:cut]) + more
    try:
        made = copied(fit(body))
    except HeadsUpError:
        return
    [part] = split_parts(made.data, "x")
    index = part.body[part.body.index(APPLICATION_ID) + len(APPLICATION_ID)]
    assert strip_ours(fit(part.body), [index]) == [body]


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_bytes_at_all(data):
    with pytest.raises(HeadsUpError):
        copied(data)


@given(data=st.binary(min_size=1, max_size=80), size=st.sampled_from([12, 14]))
@settings(max_examples=300, deadline=None)
def test_any_bytes_as_a_body(data, size):
    try:
        made = copied(fit(data, size=size))
    except HeadsUpError:
        return
    assert fit_crc(made.data) == 0
