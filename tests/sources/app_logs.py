"""The same samples as the logs of many apps: layouts from documentation and public code, contents made here.

Every writer takes times (n,) s, acceleration (n,3) m/s² and angular rate (n,3) rad/s and returns the text of a file.
Numbers are written in full, so that what is read back differs by no more than the conversion of units.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np

G = 9.80665
BEGAN = datetime(2026, 4, 24, 23, 59, 50, tzinfo=UTC)
"""Ten seconds before midnight."""
BEGAN_S = BEGAN.timestamp()

Writer = Callable[[np.ndarray, np.ndarray, np.ndarray], str]


def table(header, columns, separator=",", before="", decimal="."):
    """A text table; columns of text stay as they are."""
    cells = [column if isinstance(column, list) else [repr(float(v)) for v in column] for column in columns]
    if decimal != ".":
        cells = [[cell.replace(".", decimal) for cell in column] for column in cells]
    rows = [separator.join(row) for row in zip(*cells, strict=True)]
    return before + "\n".join([header, *rows]) + "\n"


def stamps(t_s, form, began=BEGAN):
    """Dates and times with microseconds."""
    return [(began + timedelta(microseconds=round(t * 1e6))).strftime(form) for t in t_s]


def whole(values):
    """Whole numbers as text."""
    return [str(int(v)) for v in np.rint(values)]


def phyphox(t, acc, gyr, separator=";", decimal=","):
    names = [
        "Time (s)",
        *(f"Acceleration {a} (m/s^2)" for a in "xyz"),
        "Absolute acceleration (m/s^2)",
        *(f"Gyroscope {a} (rad/s)" for a in "xyz"),
        "Absolute (rad/s)",
    ]
    total = np.linalg.norm(acc, axis=1)
    columns = [t, *acc.T, total, *gyr.T, np.linalg.norm(gyr, axis=1)]
    return table(separator.join(f'"{n}"' for n in names), columns, separator, decimal=decimal)


def phyphox_english(t, acc, gyr):
    return phyphox(t, acc, gyr, ",", ".")


def phyphox_tabs(t, acc, gyr):
    return phyphox(t, acc, gyr, "\t", ".")


def physics_toolbox(t, acc, gyr):
    columns = [t, *(acc / G).T, np.linalg.norm(acc / G, axis=1), *gyr.T, *(40 + 0 * acc).T]
    return table("time,gFx,gFy,gFz,TgF,wx,wy,wz,Bx,By,Bz,", [*columns, [""] * len(t)])


def physics_toolbox_ios(t, acc, gyr):
    return table("time,gFx,gFy,gFz,wx,wy,wz", [stamps(t, "%Y-%m-%d %H:%M:%S.%f"), *(acc / G).T, *gyr.T])


def movella_dot(t, acc, gyr):
    before = (
        "sep=,\nDeviceTag:,Head,,,,,,\nFirmwareVersion:,2.0.0,,,\nAppVersion:,2022.2.0,,\nSyncStatus:,Synced,,\n"
        "OutputRate:,60Hz,,\nFilterProfile:,General,,\nMeasurement Mode:,Rate quantities,,\n"
        f"StartTime:,{BEGAN:%Y-%m-%d %H:%M:%S}.000 +0000,,\n© Movella Technologies B. V. 2005-2026,,\n\n"
    )
    ticks = (np.rint(t * 1e6) + 2**32 - 5_000_000) % 2**32  # wraps after five seconds
    columns = [whole(np.arange(len(t))), whole(ticks), *acc.T, *np.degrees(gyr).T, *(0.4 + 0 * acc).T]
    names = "PacketCounter,SampleTimeFine,Acc_X,Acc_Y,Acc_Z,Gyr_X,Gyr_Y,Gyr_Z,Mag_X,Mag_Y,Mag_Z"
    return table(names, columns, before=before)


def mt_manager(t, acc, gyr):
    before = (
        "// General information: \n//  MT Manager version: 2022.2.0 \n// Device settings: \n// Coordinate system: ENU\n"
    )
    names = "PacketCounter SampleTimeFine Year Acc_X Acc_Y Acc_Z FreeAcc_X FreeAcc_Y FreeAcc_Z Gyr_X Gyr_Y Gyr_Z Roll"
    nan = ["NaN"] * len(t)
    ticks = (np.rint(t * 1e4) + 2**32 - 30_000) % 2**32
    columns = [whole(np.arange(len(t))), whole(ticks), nan, *acc.T, *(0 * acc).T, *gyr.T, acc[:, 0]]
    return table(names.replace(" ", "\t"), columns, "\t", before)


def mt_manager_counter(t, acc, gyr):
    rate = 1 / np.median(np.diff(t))
    before = f"// Start Time: Unknown\n// Update Rate: {rate:.1f}Hz\n"
    counter = whole((60_000 + np.arange(len(t))) % 65_536)
    names = "PacketCounter\tSampleTimeFine\tAcc_X\tAcc_Y\tAcc_Z\tGyr_X\tGyr_Y\tGyr_Z"
    return table(names, [counter, ["NaN"] * len(t), *acc.T, *gyr.T], "\t", before)


def axivity(t, acc, gyr):
    names = "Time,Accel-X (g), Accel-Y (g), Accel-Z (g), Gyro-X (d/s), Gyro-Y (d/s), Gyro-Z (d/s)"
    return table(names, [stamps(t, "%Y-%m-%d %H:%M:%S.%f"), *(acc / G).T, *np.degrees(gyr).T])


def witmotion(t, acc, gyr):
    names = [
        "time", "DeviceName", "ChipTime()", *(f"Acc{a}(g)" for a in "XYZ"), *(f"As{a}(°/s)" for a in "XYZ"),
        *(f"Angle{a}(°)" for a in "XYZ"), "HX(uT)", "HY(uT)", "HZ(uT)", "Q0()", "Temperature(°C)",
    ]  # fmt: skip
    n = len(t)
    columns = [stamps(t, "%Y-%m-%dT%H:%M:%S.%f"), ["WT901(DF:E9)"] * n, ["null"] * n, *(acc / G).T]
    columns += [*np.degrees(gyr).T, *np.degrees(acc / G).T, *(40 + 0 * acc).T, 0 * t, 20 + 0 * t]
    text = table("\t".join(names), columns, "\t")
    lines = text.splitlines()
    return "\n".join([*lines[: n // 2], lines[0], *lines[n // 2 :]]) + "\n"  # it repeats its header


def witmotion_chinese(t, acc, gyr):
    names = "时间,设备名称," + ",".join([*(f"加速度{a}(g)" for a in "XYZ"), *(f"角速度{a}(°/s)" for a in "XYZ")])
    columns = [stamps(t, "%Y-%m-%d %H:%M:%S.%f"), ["WT901"] * len(t), *(acc / G).T, *np.degrees(gyr).T]
    return table(names, columns)


def picoquake(t, acc, gyr):
    rate = 1 / np.median(np.diff(t))
    before = (
        "# PLab PicoQuake Data\n# Time: 2026-04-24 23:59:50.000000, Device: D4E9 (E6632891E36F2029)\n"
        f"# Config: data_rate = {rate:.1f} Hz, filter = 488 Hz, acc_range = 4 g, gyro_range = 250.0 dps\n"
    )
    names = "count,a_x,a_y,a_z,g_x,g_y,g_z"
    return table(names, [whole(np.arange(len(t))), *(acc / G).T, *np.degrees(gyr).T], before=before)


ONE_FILE: dict[str, Writer] = {
    writer.__name__: writer
    for writer in (
        phyphox, phyphox_english, phyphox_tabs, physics_toolbox, physics_toolbox_ios, movella_dot, mt_manager,
        mt_manager_counter, axivity, witmotion, witmotion_chinese, picoquake,
    )
}  # fmt: skip
DATED = {"physics_toolbox_ios", "movella_dot", "axivity", "witmotion", "witmotion_chinese", "picoquake"}


def metabase(t, values, unit):
    """One of MetaBase's two files."""
    names = f"epoch (ms),time (02:00),elapsed (s),x-axis ({unit}),y-axis ({unit}),z-axis ({unit})"
    return table(names, [whole((BEGAN_S + t) * 1e3), stamps(t, "%Y-%m-%dT%H.%M.%S.%f"), t, *values.T])


def polar(t, values, unit):
    """One of Polar Sensor Logger's two files; the device clock counts from 2000 and was set to 2019."""
    names = f"Phone timestamp;sensor timestamp [ns];X [{unit}];Y [{unit}];Z [{unit}] "
    ticks = [str(599_616_065_136_175_104 + round(v * 1e9)) for v in t]
    return table(names, [stamps(t, "%Y-%m-%dT%H:%M:%S.%f"), ticks, *values.T], ";")


def sensor_logger(t, values):
    """One of Sensor Logger's files."""
    ticks = [str(round(BEGAN_S) * 1_000_000_000 + round(v * 1e9)) for v in t]
    return table("time,seconds_elapsed,z,y,x", [ticks, t, *values.T[::-1]])


def headphone(t, acc, gyr):
    """Sensor Logger's Headphone.csv with its default settings: what Core Motion says of earphones."""
    down = -np.column_stack([np.convolve(column, np.ones(51) / 51, "same") for column in acc.T])
    down *= G / np.linalg.norm(down, axis=1, keepdims=True)
    user = (-acc - down) / G
    names = ["time", "seconds_elapsed", *(f"rotationRate{a}" for a in "ZYX"), *(f"gravity{a}" for a in "ZYX")]
    names += [*(f"acceleration{a}" for a in "ZYX"), "quaternionW", "pitch", "roll", "yaw"]
    ticks = [str(round(BEGAN_S) * 1_000_000_000 + round(v * 1e9)) for v in t]
    columns = [ticks, t, *gyr.T[::-1], *down.T[::-1], *user.T[::-1], *(0 * t[None]).repeat(4, 0)]
    return table(",".join(names), columns)
