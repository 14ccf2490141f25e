"""Importing the program loads no window, no radio and no sound card library, except in the rooms made for it."""

import json
import subprocess
import sys

import pytest
from repository import ROOT, is_in, modules

DEVICES = ("PySide6", "pyqtgraph", "bleak", "bumble", "sounddevice")
OPTIONAL = ("pyarrow", "dask", "distributed", "pylsl", "fitdecode", "garmin_fit_sdk", "matplotlib")

# Rooms that exist to know one of them, and the sub-commands, each of which is loaded only when it is called.
# Everything else that needs such a room must import it inside a function.
MAY_LOAD = ("monitor.commands", "monitor.dashboard", "monitor.simulator", "monitor.sources")

# Imports the modules one after the other and tells for each which of the unwanted packages it brought in.
_PROBE = """
import importlib, json, sys
unwanted = set(json.loads(sys.argv[1]))
brought = {}
for name in sys.argv[2:]:
    before = unwanted & sys.modules.keys()
    importlib.import_module(name)
    new = (unwanted & sys.modules.keys()) - before
    if new:
        brought[name] = sorted(new)
print(json.dumps(brought))
"""


def brought_in(names, unwanted):
    """Per module, in order of import, the unwanted packages that it was first to load."""
    child = subprocess.run(
        [sys.executable, "-c", _PROBE, json.dumps(unwanted), *names],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert child.returncode == 0, f"a module cannot be imported:\n{child.stderr}"
    return json.loads(child.stdout)


def test_the_probe_sees_a_package_that_is_loaded():
    assert brought_in(["json", "monitor.values"], ["numpy"]) == {"monitor.values": ["numpy"]}


def test_no_module_outside_the_rooms_for_it_loads_a_device_library():
    names = [n for n in sorted(modules()) if not is_in(n, MAY_LOAD) and not n.endswith("__main__")]
    assert brought_in(names, [*DEVICES, *OPTIONAL]) == {}


# So that a run without a window, a review or a replay needs neither Qt nor a radio.
LIGHT = (
    "monitor.commands.analyze",
    "monitor.commands.doctor",
    "monitor.commands.profile",
    "monitor.dashboard.terminal",
    "monitor.dashboard.viewmodel",
    "monitor.sources.base",
    "monitor.sources.replay",
)


@pytest.mark.parametrize("name", LIGHT)
def test_the_device_free_modules_of_those_rooms(name):
    assert name in modules()
    assert brought_in([name], DEVICES) == {}


def test_the_command_line_starts_light():
    assert brought_in(["monitor.cli"], [*DEVICES, *OPTIONAL, "scipy"]) == {}
