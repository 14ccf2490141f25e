"""Times one peer on an hour of samples, in the peer's own Python: `PYTHON peers_child.py PEER SAMPLES.npz`.

Imports nothing of this project. Prints one JSON object: seconds of the first and of the best call, seconds of its
import, peak memory, the version, and what it made of the hour. Exits with 3 where the peer is not installed.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

RATE_HZ = 100.0
G = 9.80665
SHORT_S = 300.0


def vqf(acc, gyr):
    from vqf import VQF

    return lambda: f"{len(VQF(1 / RATE_HZ).updateBatch(gyr, acc)['quat6D'])} orientations"


def gaitmap(acc, gyr):
    import pandas as pd
    from gaitmap.trajectory_reconstruction import MadgwickAHRS

    columns = ["acc_x", "acc_y", "acc_z", "gyr_x", "gyr_y", "gyr_z"]
    frame = pd.DataFrame(np.column_stack([acc, np.rad2deg(gyr)]), columns=columns)
    return lambda: f"{len(MadgwickAHRS().estimate(frame, sampling_rate_hz=RATE_HZ).orientation_)} orientations"


def skdh(acc, gyr):
    from skdh.gait import GaitLumbar

    time_s = 1.7e9 + np.arange(len(acc)) / RATE_HZ

    def work():
        found = GaitLumbar().predict(time=time_s, accel=acc / G, gyro=gyr, fs=RATE_HZ, height=1.75, gait_pred=True)
        return f"{len(found['Bout N'])} strides"

    return work


def imufusion(acc, gyr):
    import imufusion as fusion

    def work():
        settings = fusion.AhrsSettings()
        settings.sample_rate = RATE_HZ
        ahrs = fusion.Ahrs()
        ahrs.set_settings(settings)
        out = np.empty((len(acc), 4))
        degrees, gravities = np.rad2deg(gyr), acc / G
        for i in range(len(acc)):
            ahrs.update_no_magnetometer(degrees[i], gravities[i])
            out[i] = ahrs.get_quaternion()
        return f"{len(out)} orientations"

    return work


def ahrs(acc, gyr):
    from ahrs.filters import Madgwick

    return lambda: f"{len(Madgwick(gyr=gyr, acc=acc, frequency=RATE_HZ).Q)} orientations"


def eargait(acc, gyr):
    import pandas as pd
    from eargait.event_detection import DiaoAdaptedEventDetection

    n = round(SHORT_S * RATE_HZ)
    columns = ["acc_pa", "acc_ml", "acc_si", "gyr_pa", "gyr_ml", "gyr_si"]
    # Its body frame has the vertical axis last, gravity downwards.
    values = np.column_stack([acc[:n] * [1, 1, -1], gyr[:n]])
    frame = {side: pd.DataFrame(values, columns=columns) for side in ("left_sensor", "right_sensor")}["left_sensor"]

    def work():
        found = DiaoAdaptedEventDetection(sample_rate_hz=int(RATE_HZ)).detect({"left_sensor": frame})
        return f"{len(found.event_list_['left_sensor'])} events in {SHORT_S / 60:.0f} min"

    return work


PEERS = {
    "vqf": (vqf, "vqf", 5),
    "gaitmap": (gaitmap, "gaitmap", 3),
    "skdh": (skdh, "scikit-digital-health", 1),
    "imufusion": (imufusion, "imufusion", 2),
    "ahrs": (ahrs, "ahrs", 1),
    "eargait": (eargait, "eargait", 1),
}
"""How it is called, its package, and how often it is timed."""


def peak_mb():
    lines = Path("/proc/self/status").read_text().splitlines() if Path("/proc/self/status").exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), float("nan"))


def main(name, samples):
    prepare, package, runs = PEERS[name]
    with np.load(samples) as hour:
        acc, gyr = hour["acc"], hour["gyr"]
    start = time.perf_counter()
    try:
        found = version(package)
        work = prepare(acc, gyr)
    except ImportError as error:
        print(error, file=sys.stderr)
        return 3
    import_s = time.perf_counter() - start
    took, made = [], ""
    for _ in range(runs):
        start = time.perf_counter()
        made = work()
        took.append(time.perf_counter() - start)
    told = {"version": found, "import_s": import_s, "first_s": took[0], "best_s": min(took)}
    print(json.dumps(told | {"peak_mb": peak_mb(), "made": made}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
