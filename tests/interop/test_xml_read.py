"""GPX and TCX files of watches, and XML that is none."""

import gpxpy
import made_watch_files as made
import numpy as np
import pytest

from monitor.errors import HeadsUpError
from monitor.interop import reading
from monitor.interop.reading import read_watch
from monitor.interop.watch import WatchFile


@pytest.fixture
def read(tmp_path):
    def read_text(text, **options):
        path = tmp_path / "run.fit"  # the name may even lie
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_watch(path, **options)

    return read_text


def test_a_gpx_agrees_with_another_reader(shared_data):
    path = shared_data / "watch" / "cerknicko-jezero.gpx"
    track = read_watch(path)
    theirs = gpxpy.parse(path.read_text("utf-8"))
    points = [p for t in theirs.tracks for s in t.segments for p in s.points]
    assert len(track) == len(points) == 296
    assert track.t_ns.tolist() == [round(p.time.timestamp()) * 10**9 for p in points]
    np.testing.assert_array_equal(track.elevation_m, [p.elevation for p in points])
    np.testing.assert_array_equal(track.lon_deg, [p.longitude for p in points])
    assert track.distance_m[-1] == pytest.approx(theirs.length_2d(), rel=0.002)
    assert len(track.pauses) == 6
    assert np.isnan(track.cadence_spm).all()
    assert track.source is WatchFile.GPX


def test_a_gpx_without_usable_times_can_be_drawn(shared_data):
    track = read_watch(shared_data / "watch" / "Mojstrovka.gpx")
    assert not track.has_times
    assert track.started_utc == ""
    assert len(track) == 184
    assert track.distance_m[-1] > 2000
    assert any("no usable times" in sentence for sentence in track.warnings)


def test_gpx_extensions_segments_and_kind(read):
    track = read(
        made.gpx([made.point(0) + made.point(1, lon=8.001), made.point(61, lon=8.1, heart=0) + made.point(62, lon=8.1)])
    )
    np.testing.assert_array_equal(track.heart_bpm, [150.0, 150.0, np.nan, 150.0])
    np.testing.assert_array_equal(track.cadence_spm, [168.0] * 4)
    assert (track.sport, track.device) == ("running", "Own & Sons")
    assert track.started_utc == "2026-11-22T10:00:00+00:00"
    assert [(p.end_ns - p.start_ns) // 10**9 for p in track.pauses] == [60]
    # 0.001 deg of longitude at 47 deg north are 75.8 m; nothing is walked between two segments
    np.testing.assert_allclose(track.distance_m, [0.0, 75.84, 75.84, 75.84], atol=0.05)


def test_a_tcx_with_all_its_values(read):
    track = read(made.TCX)
    assert (track.source, track.sport, track.device) == (WatchFile.TCX, "running", "Forerunner 255")
    np.testing.assert_array_equal(track.cadence_spm, [170.0, np.nan, np.nan])
    np.testing.assert_array_equal(track.distance_m, [0.0, 95.5, 200.0])
    assert (track.lat_deg[0], track.elevation_m[0], track.speed_m_s[0], track.heart_bpm[0]) == (47.1, 400.0, 3.1, 120.0)
    (lap,) = track.laps
    assert lap.pressed
    assert (lap.end_ns - lap.start_ns, lap.distance_m) == (60_500_000_000, 200.0)
    assert track.pressed_ns.tolist() == []  # the only lap ended with the run
    assert [(p.end_ns - p.start_ns) // 10**9 for p in track.pauses] == [20]


def test_a_file_that_breaks_off_gives_what_is_there(read):
    whole = made.gpx(["".join(made.point(s) for s in range(60))])
    track = read(whole[: len(whole) // 2])
    assert 20 < len(track) < 40
    assert any("damaged" in sentence for sentence in track.warnings)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings(read, encoding):
    text = made.gpx([made.point(0) + made.point(1)]).replace("UTF-8", "UTF-16" if "16" in encoding else "UTF-8")
    assert len(read(text.encode(encoding))) == 2


LAUGHS = '<!DOCTYPE gpx [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("head", [LAUGHS, "<!DOCTYPE gpx>", '<!DOCTYPE gpx SYSTEM "file:///etc/hostname">'])
def test_document_types_and_entities_are_refused(read, head):
    with pytest.raises(HeadsUpError, match="entities or a document type"):
        read(made.gpx([made.point(0)], head=head))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("hello", "not a watch's file that is known"),
        ("<html><body/></html>", "XML, but not of a watch"),
        ("PK\x03\x04....", "unpack"),
        (b"\x1f\x8b\x08....", "unpack"),
        (made.gpx([]), "no recorded run"),
        ('<gpx><rte><rtept lat="1" lon="2"/></rte></gpx>', "planned route"),
        ("<gpx>" + "<a>" * 100, "nested too deeply"),
    ],
)
def test_what_is_no_run_is_refused_in_a_sentence(read, text, sentence):
    with pytest.raises(HeadsUpError, match=sentence):
        read(text)


@pytest.mark.parametrize("filler", ['<gpx a="{}"', "<gpx><!--{}", "<gpx><?x {}"])
def test_endless_tokens_are_refused_at_once(read, filler):
    with pytest.raises(HeadsUpError, match="endless"):
        read(filler.format("<x>" * 1_000_000))


def test_long_texts_are_cut_and_wild_numbers_dropped(read):
    text = made.gpx([made.point(0, lat="1e999", heart="1" * 100_000) + made.point(1, lat="nan", cadence="x")])
    track = read(text)
    assert np.isnan(track.lat_deg).all()
    np.testing.assert_array_equal(track.heart_bpm, [np.nan, 150.0])
    np.testing.assert_array_equal(track.cadence_spm, [168.0, np.nan])


@pytest.mark.parametrize("year", ["0001", "1969", "2100", "2726", "9999"])
def test_a_year_that_no_watch_tells_is_no_time(read, year):
    """Nanoseconds of some of these do not even fit 64 bits."""
    wrong = made.point(1).replace("2026", year)
    track = read(made.gpx([made.point(0) + wrong, wrong + made.point(2)]))
    assert track.has_times
    assert (track.started_utc, np.ptp(track.t_ns)) == ("2026-11-22T10:00:00+00:00", 2 * 10**9)
    lap = '<Lap StartTime="2026-11-22T10:00:00Z">'
    assert not read(made.TCX.replace("2026", year)).has_times
    laps = read(made.TCX).laps
    assert read(made.TCX.replace(lap, lap.replace("2026", year))).laps == laps[1:] != laps


def test_too_large_files_folders_pipes_and_nothing(read, tmp_path, monkeypatch):
    import os

    with pytest.raises(HeadsUpError, match="cannot be read"):
        read_watch(tmp_path / "absent.gpx")
    with pytest.raises(HeadsUpError, match="not a file"):
        read_watch(tmp_path)
    os.mkfifo(tmp_path / "pipe.fit")
    with pytest.raises(HeadsUpError, match="not a file"):
        read_watch(tmp_path / "pipe.fit")
    monkeypatch.setattr(reading, "LARGEST_BYTES", 100)
    with pytest.raises(HeadsUpError, match="far too large"):
        read(made.TCX)
