"""The doctor: every state of every check from made-up facts, and the real thing on this computer."""

import json
import os
import sys
import time
from pathlib import Path

import pytest

from monitor import doctor
from monitor.doctor import Finding, State, as_json, packages, render, report, sound, storage, window
from monitor.doctor import bluetooth_linux as bluetooth
from monitor.doctor.child import Answer, ask
from monitor.outputs.own_clips import look_into

ABORTED = Answer(exit_code=-6)
LATE = Answer(late=True)


# ---------------------------------------------------------------- Python and packages


@pytest.mark.parametrize(("version", "state"), [((3, 10, 9), "missing"), ((3, 11, 0), "ok"), ((3, 14, 1), "ok")])
def test_python_before_3_11_is_too_old(version, state):
    assert packages.check_python(version).state == state


@pytest.mark.parametrize(
    ("pyside", "python", "state"),
    [
        ("6.11.3", (3, 11, 7), "ok"),
        ("6.12.0", (3, 11, 7), "missing"),
        ("6.12", (3, 11, 7), "missing"),
        ("6.12.0", (3, 12, 0), "ok"),
        ("6.9.2", (3, 11, 0), "ok"),
        ("7", (3, 11, 0), "missing"),
    ],
)
def test_the_qt_release_that_stops_python_3_11(pyside, python, state):
    finding = packages.check_pyside(pyside, python)
    assert finding is not None
    assert finding.state == state
    if state == "missing":
        assert pyside in finding.sentence
        assert '"PySide6-Essentials>=6.11,<6.12"' in finding.remedy


def test_no_qt_at_all_is_said_once_by_the_packages():
    assert packages.check_pyside(None, (3, 11, 0)) is None
    finding = packages.check_packages(["PySide6-Essentials", "vqf"])
    assert (finding.state, finding.sentence) == ("missing", "Not installed: PySide6-Essentials, vqf.")


def test_required_packages_come_from_the_installed_program(monkeypatch):
    assert packages.absent_packages() == []
    monkeypatch.setattr(
        packages.metadata,
        "requires",
        lambda _: ["numpy>=1.26", "no-such-thing[extra]>=3,<4", 'pytest; extra == "dev"', "x; sys_platform == 'win32'"],
    )
    assert packages.absent_packages() == ["no-such-thing"]


def test_a_program_that_was_not_installed_is_named(monkeypatch):
    monkeypatch.setattr(packages, "DISTRIBUTION", "no-such-program")
    assert packages.absent_packages() == ["no-such-program"]


# ---------------------------------------------------------------- screen and window


@pytest.mark.parametrize(
    ("environment", "platform", "state"),
    [
        ({}, "linux", "warning"),
        ({"DISPLAY": ""}, "linux", "warning"),
        ({"DISPLAY": ":0"}, "linux", "ok"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", "ok"),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, "linux", "warning"),
        ({"QT_QPA_PLATFORM": "eglfs:size=1"}, "linux", "ok"),
        ({}, "darwin", "ok"),
        ({}, "win32", "ok"),
    ],
)
def test_the_screen(environment, platform, state):
    assert window.check_display(environment, platform).state == state


@pytest.mark.parametrize(
    ("answer", "display", "state", "says"),
    [
        (Answer({"platform": "xcb"}), True, "ok", "can open a window"),
        (Answer({"platform": "offscreen"}), False, "ok", "only the screen is missing"),
        (LATE, True, "warning", "did not start in time"),
        (Answer({"import_error": "No module named 'PySide6'"}), True, "missing", "not installed"),
        (Answer({"import_error": "libEGL.so.1: cannot open shared object file"}), True, "missing", "libEGL.so.1"),
        (Answer(exit_code=-6, chatter="could not connect to display :9"), True, "missing", "does not answer"),
        (ABORTED, True, "missing", "library of the screen"),
    ],
)
def test_qt(answer, display, state, says):
    finding = window.check_qt(answer, display)
    assert (finding.state, says in finding.sentence) == (state, True)
    assert bool(finding.remedy) == (state != "ok")


def test_a_screen_that_does_not_answer_is_found_for_real(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":987")
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    screen, qt = window.findings()
    assert screen.state == "ok"
    assert qt.state != "ok"  # which sentence depends on the libraries of this computer
    assert qt.remedy


# ---------------------------------------------------------------- sound


@pytest.mark.parametrize(
    ("answer", "state", "says"),
    [
        (Answer({"outputs": ["hdmi", "pulse"], "default": "pulse"}), "ok", "'pulse'"),
        (Answer({"outputs": ["hdmi"], "default": ""}), "ok", "'hdmi'"),
        (Answer({"outputs": [], "default": ""}), "warning", "No loudspeaker"),
        (Answer({"problem": "library"}), "missing", "PortAudio"),
        (Answer({"problem": "package"}), "missing", "sounddevice"),
        (Answer({"problem": "system", "why": "?"}), "warning", "cannot be used"),
        (Answer(exit_code=-11), "warning", "cannot be used"),
        (LATE, "warning", "in time"),
    ],
)
@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_sound(answer, state, says, platform):
    finding = sound.check_sound(answer, platform)
    assert (finding.state, says in finding.sentence) == (state, True)
    assert bool(finding.remedy) == (state != "ok")


# ---------------------------------------------------------------- Bluetooth from facts


ON = {"name": "laptop", "powered": True, "roles": ["central", "peripheral"]}
HCI0 = bluetooth.Kernel(("hci0",))
NONE = bluetooth.Kernel(())


@pytest.mark.parametrize(
    ("error", "state", "says"),
    [
        ("FileNotFoundError", "missing", "no system D-Bus"),
        ("ConnectionRefusedError", "missing", "no system D-Bus"),
        ("org.freedesktop.DBus.Error.ServiceUnknown", "missing", "not running"),
        ("org.freedesktop.DBus.Error.Spawn.ExecFailed", "missing", "not running"),
        ("org.freedesktop.DBus.Error.AccessDenied", "missing", "may not talk"),
        ("PermissionError", "missing", "may not talk"),
        ("ModuleNotFoundError", "missing", "bleak"),
        ("org.freedesktop.DBus.Error.NoReply", "warning", "in time"),
        ("SomethingNew", "warning", "could not be asked"),
    ],
)
def test_bluez_errors(error, state, says):
    finding = bluetooth.check_service(Answer({"error": error}))
    assert (finding.state, says in finding.sentence) == (state, True)
    assert finding.remedy


def test_bluez_that_answers_is_ok_and_a_silent_or_broken_one_is_not():
    assert bluetooth.check_service(Answer({"adapters": []})).state == "ok"
    assert "in time" in bluetooth.check_service(LATE).sentence
    assert bluetooth.check_service(ABORTED).state == "warning"


@pytest.mark.parametrize(
    ("kernel", "answer", "state", "says"),
    [
        (HCI0, Answer({"adapters": [ON]}), "ok", "'laptop' is on"),
        (NONE, Answer({"adapters": [ON]}), "ok", "'laptop' is on"),  # a container that was given the D-Bus socket
        (HCI0, Answer({"adapters": [ON | {"roles": None}]}), "ok", "on"),  # BlueZ before it told the roles
        (HCI0, Answer({"adapters": [ON | {"roles": ["central-peripheral"]}]}), "ok", "on"),
        (HCI0, Answer({"adapters": [ON | {"roles": []}]}), "missing", "too old"),
        (HCI0, Answer({"adapters": [ON | {"roles": []}, ON]}), "ok", "on"),
        (HCI0, Answer({"adapters": [ON | {"powered": False}]}), "missing", "switched off"),
        (HCI0, Answer({"adapters": []}), "missing", "cannot use the adapter hci0"),
        (HCI0, Answer({"error": "org.freedesktop.DBus.Error.ServiceUnknown"}), "warning", "hci0"),
        (HCI0, LATE, "warning", "hci0"),
        (NONE, Answer({"adapters": []}), "missing", "no Bluetooth adapter"),
        (NONE, Answer({"error": "FileNotFoundError"}), "missing", "no Bluetooth adapter"),
        (bluetooth.Kernel((), soft_blocked=True), Answer({"adapters": []}), "missing", "rfkill"),
        (bluetooth.Kernel(("hci0",), soft_blocked=True, hard_blocked=True), LATE, "missing", "own switch"),
    ],
)
def test_the_adapter(kernel, answer, state, says):
    finding = bluetooth.check_adapter(kernel, answer)
    assert (finding.state, says in finding.sentence) == (state, True)
    assert bool(finding.remedy) == (state != "ok")


def test_adapters_and_switches_are_read_from_sysfs(tmp_path):
    for number, kind, soft, hard in [(0, "wlan", "1", "1"), (1, "bluetooth", "1", "0")]:
        switch = tmp_path / "rfkill" / f"rfkill{number}"
        switch.mkdir(parents=True)
        for name, text in [("type", kind), ("soft", soft), ("hard", hard)]:
            (switch / name).write_text(text + "\n")
    for name in ("hci1", "hci0", "hci0:64"):  # the last is a connection, not an adapter
        (tmp_path / "bluetooth" / name).mkdir(parents=True)
    assert bluetooth.read_kernel(tmp_path) == bluetooth.Kernel(("hci0", "hci1"), soft_blocked=True, hard_blocked=False)


def test_a_switch_that_cannot_be_read_blocks_nothing(tmp_path):
    (tmp_path / "rfkill" / "rfkill0" / "type").mkdir(parents=True)
    assert bluetooth.read_kernel(tmp_path) == bluetooth.Kernel(())


# ---------------------------------------------------------------- recordings


@pytest.mark.parametrize(
    ("writable", "free", "state"),
    [(True, 500 * 10**9, "ok"), (True, 60_000_000, "warning"), (True, 1000, "missing"), (False, 10**12, "missing")],
)
def test_room_for_recordings(writable, free, state):
    finding = storage.check_space(Path("runs"), writable, free)
    assert finding.state == state
    assert "runs" in finding.sentence


def test_the_folder_need_not_exist_and_nothing_is_left_in_it(tmp_path):
    (finding,) = storage.findings(tmp_path / "new" / "runs")
    assert finding.state in ("ok", "warning")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_the_folder_is_not_writable(tmp_path):
    (tmp_path / "runs").write_text("")
    (finding,) = storage.findings(tmp_path / "runs")
    assert finding.state == "missing"


# ---------------------------------------------------------------- children, limits, failures


def test_a_child_may_abort_hang_chatter_or_print_nonsense():
    assert ask("import os; os.abort()").exit_code != 0
    assert ask("import time; time.sleep(60)", seconds=0.3).late
    assert ask("print('ALSA lib: noise'); print('{\"a\": 1}'); print('[2]')").values == {"a": 1}
    assert ask("print('[' * 100000)").values == {}
    assert ask("import sys; sys.exit('bad')") == Answer(exit_code=1, chatter="bad\n")


def test_a_python_that_cannot_be_started_is_an_answer_too(monkeypatch):
    monkeypatch.setattr(sys, "executable", os.devnull)
    assert ask("print(1)").exit_code == 1


def test_a_failing_and_a_hanging_check_become_findings():
    def fails():
        raise KeyError("x")

    found = doctor.run_checks(
        {
            "A": fails,
            "B": lambda: time.sleep(3) or [],
            "C": lambda: [Finding("C", State.OK, "Fine.")],
            "D": list,  # has nothing to say
        },
        limit_s=0.2,
    )
    assert [(f.topic, f.state.value) for f in found] == [("A", "warning"), ("B", "warning"), ("C", "ok")]
    assert "KeyError" in found[0].sentence
    assert "in time" in found[1].sentence


# ---------------------------------------------------------------- text and JSON


FINDINGS = (
    Finding("Python", State.OK, "Python 3.11.7.", tip="A newer one is quicker."),
    Finding("Sound", State.WARNING, "No loudspeaker " + "was found " * 12, "Plug in headphones. " * 8),
    Finding("Bluetooth adapter", State.MISSING, "None.", "bluetoothctl power on"),
)


def test_the_text_is_plain_aligned_and_keeps_remedies_whole():
    text = render(FINDINGS, width=60)
    lines = text.splitlines()
    assert text.isascii()
    assert lines[:3] == [
        "Must be mended:",
        "  Bluetooth adapter  None.",
        "                     -> bluetoothctl power on",
    ]
    assert max(map(len, (line for line in lines[:-1] if "Plug in" not in line))) <= 60
    assert any(line.strip() == f"-> {FINDINGS[1].remedy.strip()}" for line in lines)
    assert lines[-1].startswith("To mend: Bluetooth adapter.")


def test_the_most_important_comes_first_in_groups():
    lines = render(FINDINGS, width=200).splitlines()
    headings = [line for line in lines if line.endswith(":")]
    assert headings == ["Must be mended:", "Works with a limit:", "Works:"]
    assert lines[lines.index("Works:") + 1].split() == ["Python", "Python", "3.11.7."]
    assert lines[lines.index("Works:") + 2].strip() == "A newer one is quicker."
    assert [f["group"] for f in as_json(FINDINGS)["findings"]] == ["must_be_mended", "limited", "works"]


def test_a_language_of_the_runners_is_spoken(monkeypatch):
    german = {"Must be mended": "Muss repariert werden", "None.": "Keiner.", "Bluetooth adapter": "Bluetooth-Adapter"}
    monkeypatch.setattr(report, "say", lambda text: german.get(text, text))
    assert render(FINDINGS).splitlines()[:2] == ["Muss repariert werden:", "  Bluetooth-Adapter  Keiner."]


def test_the_last_line_follows_the_worst_finding():
    assert render(FINDINGS[:1]).endswith("All well. Have a good run.")
    assert render(FINDINGS[:2]).endswith("Good to go; worth a look: Sound.")
    assert render(()).endswith("run.")


def test_json():
    values = json.loads(json.dumps(as_json(FINDINGS)))
    assert values["ok"] is False
    assert values["findings"][0] == {
        "topic": "Bluetooth adapter",
        "state": "missing",
        "group": "must_be_mended",
        "sentence": "None.",
        "remedy": "bluetoothctl power on",
        "tip": "",
    }
    assert as_json(FINDINGS[:2])["ok"] is True


# ---------------------------------------------------------------- this computer


def test_this_computer(tmp_path, capfd):
    found = doctor.diagnose(tmp_path)
    noise = capfd.readouterr()
    assert (noise.out, noise.err) == ("", "")
    topics = [f.topic for f in found]
    assert len(set(topics)) == len(topics)
    assert {"Python", "Packages", "Qt version", "Screen", "Window", "Sound", "Recordings"} <= set(topics)
    for f in found:
        assert f.sentence.endswith((".", ")."))
        assert bool(f.remedy) == (f.state is not State.OK), f
        assert "\n" not in f.sentence + f.remedy
        assert "Error" not in f.sentence, f
    assert {f.topic: f.state for f in found}["Python"] is State.OK


def test_own_clips_are_looked_into(tmp_path):
    assert sound.check_own_clips(look_into(tmp_path)) == []
    (tmp_path / "sholders.wav").write_bytes(b"RIFF")
    [finding] = sound.check_own_clips(look_into(tmp_path))
    assert finding.state is State.WARNING
    assert "sholders.wav" in finding.sentence
