"""The watch beside the run: chosen, dropped, lined up by hand with a preview, kept, found again, taken away."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from review_panels import CRAMP_S, a_run, a_watch, an_analysis

from monitor.alignment.choose import by_hand
from monitor.alignment.result import Alignment, Method, NotAligned
from monitor.dashboard import theme as themes
from monitor.dashboard.review import panel_watch_file as files
from monitor.dashboard.review.align_dialog import AlignDialog
from monitor.dashboard.review.panel_align_curves import curves_of, fit_words, found_words
from monitor.dashboard.review.panel_watch import WatchPage
from monitor.dashboard.review.review_actions import ReviewActions
from monitor.dashboard.review.review_model import ReviewModel
from monitor.interop.watch import WatchTrack
from monitor.review.choices import choices_path, read_choices
from monitor.review.reviewed import reviewed
from monitor.values import NS_PER_S

AHEAD_S = 37.0


def gpx_of(watch: WatchTrack, path: Path) -> Path:
    """A watch's track as a GPX file with cadence, as one foot a minute."""

    def point(i: int) -> str:
        at = np.datetime64(int(watch.t_ns[i]), "ns").astype("datetime64[ms]")
        return (
            f'<trkpt lat="{watch.lat_deg[i]:.7f}" lon="{watch.lon_deg[i]:.7f}"><ele>{watch.elevation_m[i]:.1f}</ele>'
            f"<time>{at}Z</time><extensions><gpxtpx:TrackPointExtension>"
            f"<gpxtpx:cad>{watch.cadence_spm[i] / 2:.0f}</gpxtpx:cad></gpxtpx:TrackPointExtension></extensions></trkpt>"
        )

    body = "".join(point(i) for i in range(len(watch)))
    path.write_text(
        '<?xml version="1.0"?><gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1" '
        'xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1"><trk><type>running</type><trkseg>'
        f"{body}</trkseg></trk></gpx>"
    )
    return path


@pytest.fixture
def folder(tmp_path):
    """A recording's place and a watch's file, which was 37 s ahead, in another folder."""
    (tmp_path / "runs").mkdir()
    (tmp_path / "watch").mkdir()
    recording = tmp_path / "runs" / "morning.headsup"
    recording.write_bytes(b"a recording")
    return recording, gpx_of(a_watch(an_analysis(), AHEAD_S), tmp_path / "watch" / "square.gpx")


@pytest.fixture
def page(shown):
    def make(recording: Path | None = None, watch: Path | None = None, run=None, answer: str = ""):
        model = ReviewModel(run or reviewed(an_analysis()))
        page = WatchPage(model, themes.DARK, ReviewActions(recording, watch), ask=lambda _parent, _folder: answer)
        page.resize(420, 500)
        return shown(page)

    return make


def laid_on(page):
    return page.model.run.watch is not None and not page._work.busy


# ---------------------------------------------------------------- choosing and remembering


def test_a_chosen_file_lies_on_the_run_and_is_remembered(page, folder, qtbot):
    recording, gpx = folder
    shown = page(recording, answer=str(gpx))
    shown.choose_file()
    qtbot.waitUntil(lambda: laid_on(shown), timeout=20_000)
    alignment = shown.model.run.watch.alignment
    assert alignment.offset_s == pytest.approx(AHEAD_S, abs=1.0)
    assert shown.model.run.course.lat_deg.size
    assert recording.read_bytes() == b"a recording"
    again = page(recording)
    again.recall()
    qtbot.waitUntil(lambda: laid_on(again), timeout=20_000)
    assert again.model.run.watch.alignment.offset_s == pytest.approx(alignment.offset_s)
    assert "as you chose it before" in again.said.text()


def test_what_was_set_by_hand_is_used_at_the_next_opening(page, folder, qtbot):
    recording, gpx = folder
    shown = page(recording)
    shown.take_file(gpx)
    qtbot.waitUntil(lambda: laid_on(shown), timeout=20_000)
    shown.open_dialog()
    shown.dialog.move_to(40.5)
    shown.dialog.accept()
    qtbot.waitUntil(lambda: laid_on(shown) and shown.model.run.watch.alignment.method is Method.BY_HAND)
    choice = read_choices(recording)[0].watch
    assert choice.offset_s == 40.5
    assert choice.by_hand
    again = page(recording)
    again.recall()
    qtbot.waitUntil(lambda: laid_on(again), timeout=20_000)
    found = again.model.run.watch.alignment
    assert (found.method, found.offset_s) == (Method.BY_HAND, 40.5)


def test_the_offset_of_before_holds_for_a_file_that_is_named_now(page, folder, qtbot):
    recording, gpx = folder
    files.keep(recording, gpx, by_hand(-12.0), None)
    run = files.lay(an_analysis(), gpx).run
    shown = page(recording, gpx, run)
    shown.recall()
    qtbot.waitUntil(lambda: shown.model.run.watch.alignment.offset_s == -12.0, timeout=20_000)
    given = files.lay(an_analysis(), gpx, by_hand(5.0)).run
    stays = page(recording, gpx, given)
    stays.recall()
    qtbot.waitUntil(lambda: not stays._work.busy)
    assert stays.model.run.watch.alignment.offset_s == 5.0


def test_a_file_that_is_gone_or_changed_is_told(page, folder, qtbot):
    recording, gpx = folder
    files.keep(recording, gpx, by_hand(1.0), None)
    gpx.write_text(gpx.read_text() + "<!-- changed -->")
    assert "not the file that was chosen" in files.find(recording)
    gpx.unlink()
    assert "not where it was" in files.find(recording)
    shown = page(recording)
    with qtbot.waitSignal(shown.page_wanted):
        shown.recall()
    assert "square.gpx" in shown.said.text()
    assert shown.model.run.watch is None


def test_the_file_is_found_when_it_has_moved_beside_the_recording(folder):
    recording, gpx = folder
    files.keep(recording, gpx, by_hand(1.0), None)
    gpx.rename(recording.with_name(gpx.name))
    choice, path = files.find(recording)
    assert path.parent == recording.parent
    assert choice.offset_s == 1.0


@pytest.mark.parametrize("told", [5, "", "x" * 5000, "a\0b", ["/"], None])
def test_a_hostile_folder_in_the_choices_is_passed_over(folder, told):
    recording, gpx = folder
    files.keep(recording, gpx, by_hand(1.0), None)
    path = choices_path(recording)
    table = json.loads(path.read_text())
    table[files.FOLDER] = told
    path.write_text(json.dumps(table))
    assert "not where it was" in files.find(recording)


def test_choices_that_another_part_keeps_are_left_alone(folder):
    recording, gpx = folder
    choices_path(recording).write_text(json.dumps({"format": "headsup-review", "version": 1, "whatif": {"limit": 25}}))
    files.keep(recording, gpx, by_hand(1.0), None)
    files.forget(recording)
    choices, wrong = read_choices(recording)
    assert wrong == ""
    assert choices.watch is None
    assert dict(choices.others) == {"whatif": {"limit": 25}}


def test_taking_away_leaves_the_run_as_it_was(page, folder, qtbot):
    recording, gpx = folder
    bare = reviewed(an_analysis())
    shown = page(recording, run=bare)
    shown.take_file(gpx)
    qtbot.waitUntil(lambda: laid_on(shown), timeout=20_000)
    assert shown.model.run.analysis.ground_of_watch
    shown.take_away.click()
    assert shown.model.run.watch is None
    assert shown.model.run.analysis.ground is None
    assert shown.model.run.metrics == bare.metrics
    assert files.find(recording) == ""
    assert gpx.exists()


def test_no_watch_file_is_a_sentence(page, folder, qtbot, tmp_path):
    for name, content in (("not.fit", b"nothing of the kind"), ("empty.gpx", b"")):
        bad = tmp_path / name
        bad.write_bytes(content)
        shown = page(folder[0])
        shown.take_file(bad)
        qtbot.waitUntil(lambda s=shown: not s._work.busy, timeout=10_000)
        assert name in shown.said.text()
        assert shown.model.run.watch is None
    shown = page(folder[0])
    shown.take_file(tmp_path)
    qtbot.waitUntil(lambda: not shown._work.busy)
    assert "is not a file" in shown.said.text()


def test_a_folder_that_cannot_be_written_keeps_the_watch_for_now(page, folder, qtbot, monkeypatch):
    recording, gpx = folder
    choices_path(recording).mkdir()  # its name is taken by something that is no file
    shown = page(recording)
    shown.take_file(gpx)
    qtbot.waitUntil(lambda: laid_on(shown), timeout=20_000)
    assert "could not be kept" in shown.said.text()


def test_a_run_without_a_date_says_so(page, folder, qtbot):
    undated = an_analysis()
    undated = replace(undated, info=replace(undated.info, started_utc=""))
    shown = page(folder[0], run=reviewed(undated))
    shown.take_file(folder[1])
    qtbot.waitUntil(lambda: not shown._work.busy, timeout=20_000)
    assert "does not say when it began" in shown.said.text()


def test_a_file_is_dropped(page, folder, qtbot):
    shown = page(folder[0])
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder[1]))])
    actions, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), actions, data, buttons, keys)
    shown.dragEnterEvent(enter)
    assert enter.isAccepted()
    shown.dropEvent(QDropEvent(QPointF(5, 5), actions, data, buttons, keys))
    qtbot.waitUntil(lambda: laid_on(shown), timeout=20_000)
    data.setUrls([QUrl("https://example.org/run.fit")])
    enter = QDragEnterEvent(QPoint(5, 5), actions, data, buttons, keys)
    enter.ignore()
    shown.dragEnterEvent(enter)
    assert not enter.isAccepted()


# ---------------------------------------------------------------- the dialog


@pytest.fixture
def dialog(shown):
    def make(found=None, ahead_s: float = AHEAD_S, theme=themes.DARK, **changes):
        of = an_analysis()
        watch = a_watch(of, ahead_s)
        curves = curves_of(of, watch)
        found = found or NotAligned(Method.CADENCE, "It does not fit.")
        return shown(AlignDialog(curves, found, lambda: files.search(of, watch), theme))

    return make


def test_the_preview_moves_with_slider_box_and_buttons(dialog):
    shown = dialog()
    assert shown.offset_s == 0.0
    shown.slider.setValue(370)
    assert shown.offset_s == pytest.approx(37.0)
    assert shown.watch_curve.pos().x() == pytest.approx(-37.0 / 60)
    assert "good fit" in shown.fits.text()
    shown.box.setValue(-3600.0)
    assert shown.offset_s == -3600.0
    assert shown.slider.value() == 0  # the slider is centred anew
    assert "less than a minute" in shown.fits.text()
    next(b for b in shown.findChildren(type(shown.use)) if b.text() == "+1 h").click()
    assert shown.offset_s == pytest.approx(0.0)
    assert "Both clocks agree" in shown.words.text()
    assert shown.alignment.method is Method.BY_HAND


def test_a_poor_place_names_the_better_one(dialog):
    shown = dialog()
    shown.move_to(150.0)
    assert "+37" in shown.fits.text() or "+35" in shown.fits.text() or "+40" in shown.fits.text()


def test_find_it_finds_it(dialog, qtbot):
    shown = dialog()
    shown.find_it()
    qtbot.waitUntil(shown.find_button.isEnabled, timeout=20_000)
    assert shown.offset_s == pytest.approx(AHEAD_S, abs=1.0)
    assert shown.evidence.text().startswith("By ")
    assert shown.alignment.method is not Method.BY_HAND


def test_a_found_offset_that_was_not_touched_stays_exact(dialog):
    found = Alignment(37.123, 0.9, Method.CADENCE, "It fits.", 0.7, drift_ppm=30.0)
    shown = dialog(found)
    assert shown.alignment is found
    shown.move_to(39.0)
    assert (shown.alignment.method, shown.alignment.offset_s, shown.alignment.drift_ppm) == (Method.BY_HAND, 39.0, 30.0)


def test_hours_and_years_are_kept_within_bounds(dialog):
    shown = dialog()
    for seconds in (7200.0, -86_400.0 * 400, 1e12):
        shown.move_to(seconds)
        assert abs(shown.offset_s) <= 10 * 366 * 86_400
        assert math.isfinite(shown.box.value())


def test_keys_reach_everything(dialog, qtbot):
    shown = dialog()
    shown.slider.setFocus()
    qtbot.keyClick(shown.slider, Qt.Key.Key_Right)
    assert shown.offset_s == pytest.approx(0.1)
    qtbot.keyClick(shown.slider, Qt.Key.Key_PageUp)
    assert shown.offset_s == pytest.approx(10.1)
    for widget in (shown.slider, shown.box, shown.find_button, shown.use, shown.cancel, shown.plot, shown.misfit):
        assert widget.accessibleName()


def test_an_even_cadence_is_not_called_a_fit():
    of = an_analysis()
    watch = a_watch(of)
    even = curves_of(of, watch)
    flat = type(even)(
        even.run_s, np.full(len(even.run_s), 170.0), even.watch_s, np.full(len(even.watch_s), 171.0), (), (), 1800.0
    )
    said = fit_words(flat, flat.valley(0.0), 0.0)
    assert "too even to tell" in said
    assert "good fit" not in said


def test_without_cadence_the_dialog_still_opens(shown):
    of = an_analysis()
    watch = a_watch(of)
    silent = WatchTrack(
        **{n: getattr(watch, n) for n in watch.__slots__} | {"cadence_spm": np.full(len(watch), np.nan)}
    )
    curves = curves_of(of, silent)
    dialog = shown(AlignDialog(curves, NotAligned(Method.CADENCE, "No cadence."), lambda: None, themes.LIGHT))
    assert "no cadence on both sides" in dialog.fits.text()
    assert curves.marks_s == (CRAMP_S,)
    assert len(curves.laps_s) == 2


@given(st.floats(-5000, 5000))
def test_the_valley_is_where_the_watch_was_put(ahead_s):
    of = an_analysis(900.0)
    curves = curves_of(of, a_watch(of, ahead_s))
    assert curves.valley(ahead_s).best_s == pytest.approx(ahead_s, abs=5.0)


def test_a_day_is_drawn_with_few_points():
    of = an_analysis()
    n = 100_000
    t_ns = np.arange(n, dtype=np.int64) * NS_PER_S + a_watch(of).t_ns[0]
    nothing = np.full(n, np.nan)
    long = WatchTrack(t_ns, *[nothing] * 5, np.full(n, 170.0) + np.sin(np.arange(n) / 60), nothing, a_watch(of).source)
    assert len(curves_of(of, long).watch_s) <= 6_000


def test_certainty_is_said_in_words():
    sure = Alignment(1.0, 0.9, Method.CADENCE, "It fits.", 0.7)
    assert found_words(sure) == "By cadence: It fits. Sure, to about 0.7 s."
    assert "Only a guess" in found_words(Alignment(1.0, 0.1, Method.START_TIMES, "By both clocks.", 5.0))
    assert found_words(NotAligned(Method.CADENCE, "Why not.")) == "Why not."


def test_laying_again_does_not_pile_up():
    run = a_run()
    again = files.laid(run.analysis, run.watch.track, by_hand(100.0), "square.fit")
    direct = reviewed(an_analysis(), run.watch.track, by_hand(100.0), "square.fit")
    assert again.metrics == direct.metrics
    assert again.insight.laps == direct.insight.laps
