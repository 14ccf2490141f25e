"""What the doctor says of Bluetooth on each platform, from facts; macOS and Windows themselves were never at hand."""

from __future__ import annotations

import pytest

from monitor.doctor import bluetooth_linux, bluetooth_mac, bluetooth_windows
from monitor.doctor.child import Answer
from monitor.doctor.surroundings import Surroundings, check_tried, look_around

LINUX, MAC, WINDOWS = Surroundings("linux"), Surroundings("darwin"), Surroundings("win32")
HCI0 = bluetooth_linux.Kernel(("hci0",))
ON = {"name": "laptop", "powered": True, "roles": ["central"], "discovering": False}
HELD = {"name": "WT901\x1b[2J", "address": "D0:00:00:00:00:01", "services": []}


def the(findings, topic):
    [finding] = [f for f in findings if f.topic == topic]
    return finding


# ---------------------------------------------------------------- the place


@pytest.mark.parametrize(
    ("files", "environment", "executable", "expected"),
    [
        ({}, {}, "/usr/bin/python3", LINUX),
        ({"proc/sys/kernel/osrelease": "5.15.90-microsoft-standard-WSL2"}, {}, "", Surroundings("linux", wsl=True)),
        ({".dockerenv": ""}, {}, "", Surroundings("linux", container=True)),
        ({}, {"container": "podman"}, "", Surroundings("linux", container=True)),
        ({".flatpak-info": ""}, {}, "", Surroundings("linux", sandbox="flatpak")),
        ({}, {"SNAP": "/snap/code/1"}, "/usr/bin/python3", LINUX),  # a terminal in a Snap; Python is none
        ({}, {}, "/snap/python3/1/bin/python3", Surroundings("linux", sandbox="snap")),
        ({}, {"SSH_CONNECTION": "a b"}, "", Surroundings("linux", remote="ssh")),
        (
            {"proc/device-tree/model": "Raspberry Pi 4 Model B Rev 1.4\0"},
            {},
            "",
            Surroundings("linux", board="Raspberry Pi 4 Model B Rev 1.4"),
        ),
    ],
)
def test_the_place_is_known(tmp_path, files, environment, executable, expected):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert look_around(environment, "linux", executable, tmp_path) == expected


def test_elsewhere_only_the_remote_session_is_looked_for(tmp_path):
    (tmp_path / ".dockerenv").write_text("")
    assert look_around({"SESSIONNAME": "RDP-Tcp#3"}, "win32", "", tmp_path) == Surroundings("win32", remote="rdp")


@pytest.mark.parametrize(("platform", "name"), [("darwin", "macOS"), ("win32", "Windows"), ("linux", "")])
def test_where_nobody_tried_the_checks_they_say_so(platform, name):
    found = check_tried(platform)
    assert len(found) == bool(name)
    assert all(name in f.sentence and f.state == "ok" for f in found)


# ---------------------------------------------------------------- Linux


def test_wsl_is_told_to_go_to_windows():
    finding = bluetooth_linux.check_adapter(
        bluetooth_linux.Kernel(()), Answer({"adapters": []}), Surroundings("linux", wsl=True)
    )
    assert finding.state == "missing"
    assert "WSL" in finding.sentence
    assert "PowerShell" in finding.remedy


@pytest.mark.parametrize(("sandbox", "says"), [("flatpak", "flatpak override"), ("snap", "no Snap"), ("", "usermod")])
def test_a_sandbox_that_keeps_bluez_away_has_its_own_remedy(sandbox, says):
    denied = Answer({"error": "org.freedesktop.DBus.Error.AccessDenied"})
    finding = bluetooth_linux.check_service(denied, Surroundings("linux", sandbox=sandbox))
    assert finding.state == "missing"
    assert says in finding.remedy


@pytest.mark.parametrize(
    ("version", "found"),
    [
        ("bluetoothctl: 5.66", []),
        ("bluetoothctl: 5.55", []),
        ("bluetoothctl: 5.54", ["missing"]),
        ("4.101", ["missing"]),
        ("6.0", []),
        ("", []),
        ("no version", []),
    ],
)
def test_an_old_bluez(version, found):
    assert [f.state.value for f in bluetooth_linux.check_version(version)] == found


def test_a_sensor_left_connected_is_named_harmlessly():
    [finding] = bluetooth_linux.check_held(Answer({"connected": [HELD, {**HELD, "name": "Headphones"}]}))
    assert finding.state == "warning"
    assert "\x1b" not in finding.sentence
    assert finding.remedy.endswith("bluetoothctl disconnect D0:00:00:00:00:01")


def test_an_address_that_is_none_is_no_part_of_a_command():
    assert bluetooth_linux.check_held(Answer({"connected": [{**HELD, "address": "x; rm -rf ~"}]})) == []


def test_another_search_and_a_crowd_of_held_sensors():
    answer = Answer({"adapters": [{**ON, "discovering": True}], "connected": [HELD] * 20})
    found = bluetooth_linux.check(HCI0, answer, "", LINUX)
    assert the(found, "Bluetooth search").state == "warning"
    assert len([f for f in found if f.topic == "Connected sensor"]) == 3


@pytest.mark.parametrize(
    ("kernel", "place", "says"),
    [
        (bluetooth_linux.Kernel(("hci0",), pluggable=True), LINUX, "USB 3"),
        (bluetooth_linux.Kernel(("hci0",), wifi=True), LINUX, "2.4 GHz"),
        (bluetooth_linux.Kernel(("hci0",), wifi=True), Surroundings("linux", board="Raspberry Pi 5"), "antenna"),
        (HCI0, LINUX, ""),
    ],
)
def test_what_disturbs_the_radio_is_a_tip_not_a_fault(kernel, place, says):
    finding = bluetooth_linux.check_adapter(kernel, Answer({"adapters": [ON]}), place)
    assert finding.state == "ok"
    assert says in finding.tip
    assert bool(finding.tip) == bool(says)


def test_a_usb_adapter_and_wifi_are_read_from_sysfs(tmp_path):
    device = tmp_path / "devices/usb1/1-2"
    (device / "1-2:1.0").mkdir(parents=True)
    (device / "removable").write_text("removable\n")
    (tmp_path / "bluetooth/hci0").mkdir(parents=True)
    (tmp_path / "bluetooth/hci0/device").symlink_to(device / "1-2:1.0")
    (tmp_path / "net/wlan0/wireless").mkdir(parents=True)
    (tmp_path / "net/wlan0/operstate").write_text("up\n")
    assert bluetooth_linux.read_kernel(tmp_path) == bluetooth_linux.Kernel(("hci0",), pluggable=True, wifi=True)


# ---------------------------------------------------------------- macOS


@pytest.mark.parametrize(
    ("version", "state"),
    [
        ("12.0", "missing"),
        ("12.2.1", "missing"),
        ("12.3", ""),
        ("10.14.6", "missing"),
        ("10.15", ""),
        ("15.1", ""),
        ("", ""),
    ],
)
def test_mac_versions_that_find_no_sensor(version, state):
    assert [f.state.value for f in bluetooth_mac.check_version(version)] == ([state] if state else [])


@pytest.mark.parametrize(
    ("answer", "state", "says"),
    [
        (Answer({"authorization": 3}), "ok", "may use"),
        (Answer({"authorization": 2}), "missing", "Terminal on"),
        (Answer({"authorization": 1}), "missing", "manages"),
        (Answer({"authorization": 0}), "warning", "Allow"),
        (Answer({"error": "ImportError"}), "warning", "Privacy & Security"),
        (Answer(late=True), "warning", "Privacy & Security"),
        (Answer(exit_code=-6), "warning", "Privacy & Security"),
    ],
)
def test_the_mac_permission(answer, state, says):
    [finding] = bluetooth_mac.check("14.5", answer, "Apple_Terminal", MAC)
    assert finding.state == state
    assert says in f"{finding.sentence} {finding.remedy}"
    assert "Terminal" in f"{finding.sentence} {finding.remedy}" or says == "manages"


def test_over_ssh_a_mac_cannot_ask():
    [finding] = bluetooth_mac.check("14.5", Answer({"authorization": 3}), "", Surroundings("darwin", remote="ssh"))
    assert (finding.state, "SSH" in finding.sentence) == ("warning", True)


def test_a_strange_terminal_is_shown_harmlessly():
    [finding] = bluetooth_mac.check("14.5", Answer({"authorization": 2}), "x\x1b[31m" + "y" * 100, MAC)
    assert "\x1b" not in finding.sentence
    assert len(finding.sentence) < 120


# ---------------------------------------------------------------- Windows


@pytest.mark.parametrize(("build", "states"), [(10240, ["missing"]), (16299, []), (22631, []), (0, [])])
def test_windows_builds(build, states):
    assert [f.state.value for f in bluetooth_windows.check_build(build)] == states


@pytest.mark.parametrize(
    ("answer", "state", "says"),
    [
        (Answer({"adapter": True, "central": True, "radio": "ON"}), "ok", "Bluetooth is on"),
        (Answer({"adapter": True, "central": True, "radio": "OFF"}), "missing", "switched off"),
        (Answer({"adapter": True, "central": True, "radio": "DISABLED"}), "missing", "Device Manager"),
        (Answer({"adapter": True, "central": True, "radio": "none"}), "missing", "switched off"),
        (Answer({"adapter": True, "central": False, "radio": "ON"}), "missing", "too old"),
        (Answer({"adapter": False}), "missing", "no Bluetooth adapter"),
        (Answer({"sta": True}), "warning", "STA"),
        (Answer({"error": "OSError"}), "warning", "cannot be checked"),
        (Answer(late=True), "warning", "cannot be checked"),
    ],
)
def test_the_windows_radio(answer, state, says):
    finding = bluetooth_windows.check_adapter(answer)
    assert finding.state == state
    assert says in f"{finding.sentence} {finding.remedy}"
    assert bool(finding.remedy) == (state != "ok")


def test_a_remote_desktop_is_far_from_the_sensors():
    found = bluetooth_windows.check(
        22631, Answer({"adapter": True, "radio": "ON"}), Surroundings("win32", remote="rdp")
    )
    assert the(found, "Remote session").state == "warning"
    assert bluetooth_windows.check(22631, Answer({"adapter": True, "radio": "ON"}), WINDOWS)[-1].state == "ok"


def test_the_probes_of_other_platforms_are_python_and_end_in_an_answer():
    from monitor.doctor.child import ask

    for probe in (bluetooth_mac.PROBE, bluetooth_windows.PROBE):
        answer = ask(probe)
        assert list(answer.values) == ["error"], answer.chatter
