"""What the doctor says of the rest of a computer: packages, disk, sound, clock, power, speed. From facts."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.doctor import clock, packages, power, sound, speed, storage, window
from monitor.doctor.child import Answer, tool
from monitor.doctor.disk_kind import DiskKind, Mount, kind_of, linux_mounts, mac_mounts
from monitor.doctor.requirements import numbers, parse

# ---------------------------------------------------------------- packages


@pytest.mark.parametrize(
    ("wanted", "version", "admitted"),
    [
        (">=3.1,<4", "3.1.0", True),
        (">=3.1,<4", "3.0.2", False),
        (">=3.1,<4", "4", False),
        (">=3.1,<4", "3.10", True),
        ("==0.0.236", "0.0.236", True),
        ("==0.0.236", "0.0.237", False),
        ("==6.11.*", "6.11.3", True),
        ("==6.11.*", "6.12", False),
        ("~=1.4", "1.9", True),
        ("~=1.4", "2.0", False),
        ("!=1.5", "1.5.0", False),
        (">2", "2.0.1", True),
        ("<=2", "2.0", True),
        ("", "9", True),
    ],
)
def test_versions_are_compared_by_their_numbers(wanted, version, admitted):
    [need] = parse([f"thing{wanted}"])
    assert need.admits(version) is admitted


def test_requirement_lines():
    lines = ["headsup-run[parquet,lsl]", 'pyarrow>=17; extra == "parquet"', "x (<4,>=3); sys_platform == 'win32'", "??"]
    found = parse(lines)
    assert [(n.name, n.wanted, n.extra, n.conditional) for n in found] == [
        ("headsup-run", "", "", False),
        ("pyarrow", ">=17", "parquet", False),
        ("x", ">=3,<4", "", True),
    ]


@given(st.text(max_size=60))
def test_no_version_text_does_any_harm(text):
    numbers(text)
    for need in parse([text]):
        need.admits(text)


@pytest.mark.parametrize(
    ("name", "version", "state"), [("bleak", "2.1.1", "missing"), ("bleak", "3.1.0", ""), ("rich", "12.0", "warning")]
)
def test_a_version_that_breaks_and_one_that_is_untried(name, version, state):
    found = packages.check_versions(packages.requirements(), {name: version})
    assert [f.state.value for f in found] == ([state] if state else [])
    assert all(f'"{name}>=' in f.remedy for f in found)


def test_what_is_installed_here_is_what_is_wanted():
    needs = packages.requirements()
    assert {n.name for n in needs} >= {"bleak", "bumble", "PySide6-Essentials"}
    assert not packages.check_versions(needs, {n.name: packages.version_of(n.name) or "" for n in needs if not n.extra})


def test_extras_that_are_not_there_are_no_fault():
    finding = packages.check_extras({"pyarrow": "17"})
    assert finding.state == "ok"
    assert "--lsl" in finding.sentence
    assert "pyarrow" not in finding.sentence
    assert "[lsl,cluster]" in finding.tip


# ---------------------------------------------------------------- disk


MOUNTS = linux_mounts(
    "/dev/sda1 / ext4 rw 0 0\nserver:/x /data/me/net nfs4 rw 0 0\n//nas/x /mnt/my\\040share cifs rw 0 0\n"
    "tmpfs /tmp tmpfs rw 0 0\n/dev/sdb /tmp/disk ext4 rw 0 0\nme@far:/ /data/me/far fuse.sshfs rw 0 0\nnonsense\n"
)


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/data/me/runs", DiskKind.LOCAL),
        ("/data/me/net/runs", DiskKind.NETWORK),
        ("/data/me/network", DiskKind.LOCAL),
        ("/mnt/my share/runs", DiskKind.NETWORK),
        ("/data/me/far", DiskKind.NETWORK),
        ("/tmp/runs", DiskKind.MEMORY),
        ("/tmp/disk/runs", DiskKind.LOCAL),
        ("/data/me/Dropbox/runs", DiskKind.CLOUD),
        ("/people/me/Library/Mobile Documents/x", DiskKind.CLOUD),
        ("/people/me/Library/CloudStorage/GoogleDrive-me/runs", DiskKind.CLOUD),
        ("/data/me/OneDrive - Club/runs", DiskKind.CLOUD),
        ("/data/me/dropboxes", DiskKind.LOCAL),
    ],
)
def test_what_a_folder_lies_on(folder, kind):
    assert kind_of(PurePosixPath(folder), MOUNTS, {}) is kind


def test_folders_of_windows():
    one = {"OneDrive": "C:\\me\\Cloud"}
    assert kind_of(PureWindowsPath("C:\\me\\Cloud\\runs"), [], one) is DiskKind.CLOUD
    assert kind_of(PureWindowsPath("\\\\nas\\share\\runs"), [], {}) is DiskKind.NETWORK
    assert kind_of(PureWindowsPath("D:\\runs"), [], one) is DiskKind.LOCAL


def test_mounts_of_a_mac():
    found = mac_mounts("/dev/disk1s1 on / (apfs, local)\n//me@nas/x on /Volumes/My Share (smbfs, nodev)\n")
    assert found == [Mount("/", "apfs"), Mount("/Volumes/My Share", "smbfs")]
    assert kind_of(PurePosixPath("/Volumes/My Share/runs"), found, {}) is DiskKind.NETWORK


@pytest.mark.parametrize(
    ("kind", "trial", "state", "says"),
    [
        (DiskKind.LOCAL, storage.Trial(True, "wal", 0.01), "", ""),
        (DiskKind.LOCAL, storage.Trial(True, "delete"), "missing", "cannot keep a run safe"),
        (DiskKind.LOCAL, storage.Trial(True, "none"), "missing", "cannot keep a run safe"),
        (DiskKind.LOCAL, storage.Trial(True, "wal", 2.0), "warning", "took 2.0 s"),
        (DiskKind.NETWORK, storage.Trial(True, "wal"), "warning", "another computer"),
        (DiskKind.CLOUD, storage.Trial(True, "wal"), "warning", "cloud"),
        (DiskKind.MEMORY, storage.Trial(True, "wal"), "warning", "memory"),
    ],
)
def test_whether_a_run_is_safe_there(kind, trial, state, says):
    found = storage.check_disk(Path("runs"), kind, trial)
    assert [f.state.value for f in found] == ([state] if state else [])
    assert all(says in f.sentence and f.remedy for f in found)


def test_the_trial_writes_for_real_and_leaves_nothing(tmp_path):
    trial = storage.try_out(tmp_path)
    assert (trial.written, trial.journal) == (True, "wal")
    assert list(tmp_path.iterdir()) == []
    assert storage.try_out(tmp_path / "none") == storage.Trial(False)


# ---------------------------------------------------------------- sound


@pytest.mark.parametrize(
    ("loudness", "topics"),
    [
        (sound.Loudness(), []),
        (sound.Loudness(False, 60, "alsa_output.pci.analog-stereo"), []),
        (sound.Loudness(True, 60), ["Volume"]),
        (sound.Loudness(False, 0), ["Volume"]),
        (sound.Loudness(False, 50, "bluez_output.AA_BB.1"), ["Headphones"]),
        (sound.Loudness(None, None, "Headset (AirPods Hands-Free AG Audio)"), ["Headphones"]),
        (sound.Loudness(True, 0, "bluez_output.AA_BB.headset-head-unit"), ["Volume", "Headphones"]),
    ],
)
def test_what_is_too_quiet_or_too_late(loudness, topics):
    found = sound.check_loudness(loudness)
    assert [f.topic for f in found] == topics
    assert all(f.state == "warning" and f.remedy for f in found)


def test_what_pulseaudio_and_a_mac_print():
    volume = "Volume: front-left: 26214 /  40% / -23.88 dB,   front-right: 0 /   0% / -inf dB\n        balance -1.00"
    assert sound.pulse_loudness("sink\n", "Mute: yes\n", volume) == sound.Loudness(True, 40, "sink")
    assert sound.pulse_loudness("", "", "") == sound.Loudness()
    said = "output volume:44, input volume:46, alert volume:100, output muted:true"
    assert sound.mac_loudness(said) == sound.Loudness(True, 44)
    assert sound.mac_loudness("output volume:missing value") == sound.Loudness()


def test_an_output_of_the_settings_that_is_not_there():
    answer = Answer({"outputs": ["HDMI", "Headphones"], "default": "HDMI"})
    assert sound.check_device(answer, "") == sound.check_device(answer, "head") == []
    [finding] = sound.check_device(answer, "Speaker")
    assert "'Speaker'" in finding.sentence


# ---------------------------------------------------------------- screen


@pytest.mark.parametrize(
    ("environment", "platform", "state"),
    [
        ({"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "x"}, "linux", "warning"),
        ({"DISPLAY": ":1"}, "linux", "ok"),
        ({"DISPLAY": "far:0", "WAYLAND_DISPLAY": "wayland-0"}, "linux", "ok"),
        ({"SESSIONNAME": "RDP-Tcp#1"}, "win32", "warning"),
        ({"SESSIONNAME": "Console"}, "win32", "ok"),
    ],
)
def test_a_screen_far_away_is_a_limit(environment, platform, state):
    finding = window.check_display(environment, platform)
    assert finding.state == state
    assert bool(finding.remedy) == (state != "ok")


# ---------------------------------------------------------------- clock


NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "synchronised", "states"),
    [
        (NOW, True, ["ok"]),
        (NOW, False, ["warning"]),
        (NOW, None, []),
        (datetime(1970, 1, 2, tzinfo=UTC), None, ["warning"]),
        (datetime(1970, 1, 2, tzinfo=UTC), True, ["warning"]),
    ],
)
def test_the_clock(now, synchronised, states):
    assert [f.state.value for f in clock.check_clock(now, synchronised, "linux")] == states


def test_what_timedatectl_prints():
    assert clock.is_synchronised("NTPSynchronized=yes\n") is True
    assert clock.is_synchronised("NTPSynchronized=no\n") is False
    assert clock.is_synchronised("") is None


# ---------------------------------------------------------------- power


@pytest.mark.parametrize(
    ("facts", "topics"),
    [
        (power.Power(), []),
        (power.Power(laptop=False, idle_min=0), ["Power"]),
        (power.Power(laptop=True, lid_sleeps=False, idle_min=0), ["Power"]),
        (power.Power(laptop=True, lid_sleeps=True, idle_min=0), ["Lid"]),
        (power.Power(laptop=True), ["Lid"]),
        (power.Power(laptop=False, idle_min=15), ["Sleep"]),
        (power.Power(True, True, 15, True, 20), ["Power", "Sleep", "Lid"]),
        (power.Power(True, False, 0, True, 80), ["Power"]),
    ],
)
@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_what_would_end_a_run_early(facts, topics, platform):
    found = power.check_power(facts, platform)
    assert [f.topic for f in found] == topics
    assert all(bool(f.remedy) == (f.state != "ok") for f in found)


def test_power_of_linux(tmp_path):
    for name, facts in {
        "AC": {"type": "Mains", "online": "0"},
        "BAT0": {"type": "Battery", "status": "Discharging", "capacity": "33"},
        "hid-mouse": {"type": "Battery", "scope": "Device", "status": "Discharging", "capacity": "5"},
    }.items():
        folder = tmp_path / "power_supply" / name
        folder.mkdir(parents=True)
        for file, text in facts.items():
            (folder / file).write_text(f"{text}\n")
    logind = (
        "HandleLidSwitch=suspend\nHandleLidSwitchExternalPower=ignore\nIdleAction=suspend\nIdleActionUSec=1800000000"
    )
    assert power.linux_power(tmp_path, True, logind) == power.Power(True, True, 30.0, True, 33)
    (tmp_path / "power_supply/BAT0/status").write_text("Charging\n")
    assert power.linux_power(tmp_path, True, logind) == power.Power(True, False, 30.0, False, 33)
    assert power.linux_power(tmp_path / "none", False, "") == power.Power(False)
    assert power.linux_power(tmp_path / "none", False, "IdleAction=ignore").idle_min == 0


@pytest.mark.parametrize(
    ("text", "minutes"), [("30min", 30), ("1h 30min", 90), ("90s", 1.5), ("60000000", 1), ("never", 0)]
)
def test_spans_of_systemd(text, minutes):
    assert power.minutes_of(text) == pytest.approx(minutes)


def test_power_of_a_mac():
    settings = "System-wide power settings:\nCurrently in use:\n standby 1\n sleep                1 (sleep prevented)\n"
    battery = "Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1)\t57%; discharging; 3:10 remaining\n"
    assert power.mac_power(settings, battery) == power.Power(True, True, 1.0, True, 57)
    assert power.mac_power(settings, "Now drawing from 'AC Power'\n") == power.Power(False, False, 1.0, False)
    assert power.mac_power("", "") == power.Power()


def test_power_of_windows_in_any_language():
    idle = "Index der Wechselstromeinstellung: 0x00000708\nIndex der Gleichstromeinstellung: 0x00000384\n"
    lid = (
        "Possible 0x00000003\nCurrent AC Power Setting Index: 0x00000000\nCurrent DC Power Setting Index: 0x00000001\n"
    )
    assert power.windows_power(lid, idle, bytes([0, 1, 44])) == power.Power(True, True, 15.0, True, 44)
    assert power.windows_power(lid, idle, bytes([1, 8, 44])) == power.Power(True, False, 30.0, False, 44)
    assert power.windows_power("", "", bytes([1, 128, 255])) == power.Power(False, None, None, False)
    assert power.windows_power("", "", b"") == power.Power()


# ---------------------------------------------------------------- speed


@pytest.mark.parametrize(
    ("answer", "states"),
    [
        (Answer({"load": 0.05}), ["ok"]),
        (Answer({"load": 0.5}), ["warning"]),
        (Answer({"load": 1.5}), ["missing"]),
        (Answer(late=True), ["warning"]),
        (Answer(exit_code=1), []),
        (Answer({"load": "much"}), []),
    ],
)
def test_the_speed(answer, states):
    found = speed.check_speed(answer, 2)
    assert [f.state.value for f in found] == states
    assert all(bool(f.remedy) == (f.state != "ok") for f in found)


def test_the_pipeline_is_measured_for_real():
    assert 0 < speed.measure() < 50  # a share, not a time: only nonsense is refused


# ---------------------------------------------------------------- tools of the system


def test_a_tool_that_is_not_there_fails_or_hangs_says_nothing():
    assert tool("no-such-tool-of-any-system") == ""
    assert tool(sys.executable, "-c", "print('x'); raise SystemExit(3)") == ""
    assert tool(sys.executable, "-c", "import time; time.sleep(30)", seconds=0.2) == ""
    assert tool(sys.executable, "-c", "import os; print(os.environ['LC_ALL'])").strip() == "C"
