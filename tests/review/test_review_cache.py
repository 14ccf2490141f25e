"""The cache of reviews: what comes back is what went in, and nothing in its folder can harm or mislead."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pytest

from monitor.recording.reader import open_recording
from monitor.review import cache as caches
from monitor.review.analyse import analyse
from monitor.review.cache import ReviewCache
from monitor.review.frozen_values import UnfitValueError, read_values, write_values
from monitor.review.reviewed import ReviewedRun, reviewed
from tests.benches.material import RATE_HZ, record
from tests.review.constructed_analysis import trail_run


@pytest.fixture(scope="module")
def run() -> ReviewedRun:
    return reviewed(trail_run(300.0))


@pytest.fixture(scope="module")
def recording(tmp_path_factory) -> Path:
    """A minute of a head that bobs, SIMULATED."""
    path = tmp_path_factory.mktemp("run") / "run.headsup"
    t = np.arange(6000) / RATE_HZ
    acc = np.column_stack((0.2 * np.sin(17 * t), 0 * t, 9.8 + 4 * np.sin(17 * t)))
    record(path, "head", acc, 0.1 * np.sin(17 * t)[:, None] * np.ones(3), stamped=False, lost=0.0)
    return path


def assert_same(x: object, y: object, at: str = "run") -> None:
    """Equal in every field, type and bit."""
    if isinstance(x, np.ndarray):
        assert isinstance(y, np.ndarray), at
        assert (x.dtype, x.shape, x.tobytes()) == (y.dtype, y.shape, y.tobytes()), at
    elif is_dataclass(x):
        assert type(x) is type(y), at
        for f in fields(x):
            assert_same(getattr(x, f.name), getattr(y, f.name), f"{at}.{f.name}")
    elif isinstance(x, Mapping):
        assert isinstance(y, Mapping), at
        assert list(x) == list(y), at
        for key in x:
            assert_same(x[key], y[key], f"{at}[{key}]")
    elif isinstance(x, tuple):
        assert len(x) == len(y), at
        for i, (a, b) in enumerate(zip(x, y, strict=True)):
            assert_same(a, b, f"{at}[{i}]")
    else:
        plain = x.item() if isinstance(x, np.generic) else x  # a single number of an array comes back as Python's own
        assert type(plain) is type(y), at
        assert plain == y or (plain != plain and y != y), at


def test_a_run_comes_back_bit_for_bit(tmp_path, run):
    write_values(tmp_path / "a.npz", run)
    back = read_values(tmp_path / "a.npz", ReviewedRun)
    assert_same(run, back)
    assert back.as_json() == run.as_json()
    assert back.columns.activity is back.analysis.tracks["head"].activity


def test_a_recording_is_kept_and_found_again(tmp_path, recording):
    cache = ReviewCache(tmp_path / "cache")
    key = cache.key(recording, "no watch")
    with open_recording(recording) as opened:
        whole = reviewed(analyse(opened))
        assert cache.get(key, opened) is None
        assert cache.put(key, whole)
        found = cache.get(cache.key(recording, "no watch"), opened)
    assert found is not None
    assert_same(whole, found)


def test_the_key_follows_everything(tmp_path, recording, monkeypatch):
    cache = ReviewCache(tmp_path / "cache")
    copy = tmp_path / "copy.headsup"
    copy.write_bytes(recording.read_bytes())
    key = cache.key(copy, "road")
    assert key == cache.key(recording, "road")
    assert key != cache.key(recording, "trail")
    with open(copy, "r+b") as file:
        file.seek(200)
        file.write(b"!")
    assert key != cache.key(copy, "road")
    monkeypatch.setattr(caches, "_program_stamp", lambda: "another program")
    assert key != cache.key(recording, "road")


def test_a_recording_that_goes_on_beside_its_file_is_another(tmp_path, recording):
    cache = ReviewCache(tmp_path / "cache")
    copy = tmp_path / "copy.headsup"
    copy.write_bytes(recording.read_bytes())
    key = cache.key(copy)
    (tmp_path / "copy.headsup-wal").write_bytes(b"more of the run")
    assert cache.key(copy) != key


def test_the_oldest_are_dropped(tmp_path, recording, run):
    write_values(tmp_path / "one.npz", run)
    cache = ReviewCache(tmp_path / "cache", most_bytes=round(2.5 * (tmp_path / "one.npz").stat().st_size))
    for i, key in enumerate(("a", "b", "c")):
        assert cache.put(key, run)
        os.utime(cache.folder / f"{key}.npz", (i + 1, i + 1))
    assert cache.put("d", run)
    assert sorted(path.stem for path in cache.folder.glob("*.npz")) == ["c", "d"]


def test_what_is_larger_than_the_cache_is_not_kept(tmp_path, run):
    cache = ReviewCache(tmp_path / "cache", most_bytes=1000)
    assert not cache.put("a", run)
    assert list(cache.folder.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_the_folder_is_its_owners_alone(tmp_path, run):
    cache = ReviewCache(tmp_path / "cache")
    assert cache.put("a", run)
    assert cache.folder.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path, recording, run):
    (tmp_path / "file").write_text("not a folder")
    cache = ReviewCache(tmp_path / "file" / "cache")
    assert not cache.put(cache.key(recording), run)
    with open_recording(recording) as opened:
        assert cache.get("a", opened) is None


@pytest.mark.parametrize("where", [0.0, 0.2, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("harm", ["cut", "flip", "zero"])
def test_damage_is_noticed_and_swept_away(tmp_path, recording, run, where, harm):
    cache = ReviewCache(tmp_path)
    assert cache.put("a", run)
    path = tmp_path / "a.npz"
    data = bytearray(path.read_bytes())
    at = int(where * (len(data) - 1))
    if harm == "cut":
        del data[at:]
    elif harm == "flip":
        data[at] ^= 0x40
    else:
        data[at : at + 4096] = bytes(len(data[at : at + 4096]))
    path.write_bytes(data)
    with open_recording(recording) as opened:
        found = cache.get("a", opened)
    if found is None:
        assert not path.exists()
    else:  # the harm lay in a name or a date that says nothing
        assert_same(run.columns, found.columns)
        assert_same(run.metrics, found.metrics)


def rewritten(path: Path, table: object, arrays: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in arrays.items():
            archive.writestr(name, data)
        archive.writestr("values.json", json.dumps(table))
    return path


def test_hostile_files_are_refused(tmp_path, run):
    nested: object = 0
    for _ in range(500):
        nested = [nested]
    files = [
        rewritten(tmp_path / "1.npz", {"is": "ReviewedRun", "of": []}, {}),
        rewritten(tmp_path / "2.npz", {"is": "Path", "of": ["/"]}, {}),
        rewritten(tmp_path / "3.npz", nested, {}),
        rewritten(tmp_path / "4.npz", 0, {"0.npy": b"\0" * 50_000_000}, zipfile.ZIP_DEFLATED),
        rewritten(tmp_path / "5.npz", 0, {"0.npy": b"\x93NUMPY\x01\x00" + b"\x00\xff" + b"{" * 65280}),
    ]
    huge = b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,), }".ljust(117) + b"\n"
    files.append(rewritten(tmp_path / "6.npz", 0, {"0.npy": b"\x93NUMPY\x01\x00\x76\x00" + huge}))
    objects = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(117) + b"\n"
    files.append(rewritten(tmp_path / "7.npz", 0, {"0.npy": b"\x93NUMPY\x01\x00\x76\x00" + objects + b"\x80\x04N."}))
    (tmp_path / "8.npz").write_bytes(b"PK\x03\x04 not really")
    for path in [*files, tmp_path / "8.npz"]:
        with pytest.raises(UnfitValueError):
            read_values(path, ReviewedRun)


def test_what_is_no_plain_value_is_not_written(tmp_path):
    with pytest.raises(UnfitValueError):
        write_values(tmp_path / "a.npz", (object(),))
    with pytest.raises(UnfitValueError):
        write_values(tmp_path / "b.npz", (np.array([object()]),))
