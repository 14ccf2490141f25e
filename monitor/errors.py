"""The error tree. Every error a person may meet is a `HeadsUpError` whose text is one clear sentence.

`monitor.cli` prints that sentence and exits with 2; nothing else needs to be caught at the edge.
Subclasses carry their data, so that callers never parse a message.
"""

from __future__ import annotations

from pathlib import Path
from unicodedata import category


class HeadsUpError(Exception):
    """Root of all errors of this project; `str(error)` is a sentence for the user.

    What a file or a device put into it cannot steer a terminal: control characters become question marks.
    """

    def __init__(self, sentence: str = "") -> None:
        shown = (each if each == "\n" or not category(each).startswith("C") else "?" for each in sentence)
        super().__init__("".join(shown))


class DecodeError(HeadsUpError):
    """Bytes of a sensor that do not fit its layout.

    Attributes: `offset` (bytes from the start of the notification), `expected`, `got` (short texts).
    """

    def __init__(self, offset: int, expected: str, got: str) -> None:
        super().__init__(f"byte {offset}: expected {expected}, got {got}")
        self.offset = offset
        self.expected = expected
        self.got = got


class UnknownSensorError(HeadsUpError):
    """A sensor family that the registry does not hold. Attributes: `family`, `known`."""

    def __init__(self, family: str, known: tuple[str, ...]) -> None:
        super().__init__(f"unknown sensor family '{family}'; known are: {', '.join(known)}")
        self.family = family
        self.known = known


class SensorSetupError(HeadsUpError):
    """A sensor answered its set-up in a way that cannot be used. Attributes: `sensor`, `step`, `reason`."""

    def __init__(self, sensor: str, step: str, reason: str) -> None:
        super().__init__(f"{sensor}: {step} failed: {reason}")
        self.sensor = sensor
        self.step = step
        self.reason = reason


class BluetoothUnavailableError(HeadsUpError):
    """This computer cannot use Bluetooth now. Attributes: `reason`, `remedy`."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"Bluetooth is not available: {reason}. {remedy}")
        self.reason = reason
        self.remedy = remedy


class RecordingError(HeadsUpError):
    """A recording that cannot be read or written. Attributes: `path`, `reason`."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = Path(path)
        self.reason = reason


class TableError(HeadsUpError):
    """An IMU table that cannot be imported. Attributes: `path`, `line` (1-based, 0 = whole file), `reason`."""

    def __init__(self, path: Path | str, line: int, reason: str) -> None:
        where = f", line {line}" if line else ""
        super().__init__(f"{path}{where}: {reason}")
        self.path = Path(path)
        self.line = line
        self.reason = reason


class CalibrationError(HeadsUpError):
    """A pose that was refused. Attributes: `pose`, `reason`, `remedy` (all sentences or words for people)."""

    def __init__(self, pose: str, reason: str, remedy: str) -> None:
        super().__init__(f"{pose}: {reason}. {remedy}")
        self.pose = pose
        self.reason = reason
        self.remedy = remedy


class ProfileError(HeadsUpError):
    """A calibration profile that is missing, damaged or made for another sensor. Attributes: `name`, `reason`."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"calibration profile '{name}': {reason}")
        self.name = name
        self.reason = reason


class SettingsError(HeadsUpError):
    """A setting or an option ('--name') outside its bounds or of the wrong kind. Attributes: `key`, `reason`."""

    def __init__(self, key: str, reason: str) -> None:
        option = key.startswith("--")
        super().__init__(f"option '{key}': {reason}" if option else f"setting '{key}': {reason}")
        self.key = key
        self.reason = reason


class UnusableSignalError(HeadsUpError):
    """A signal that cannot carry posture (frozen, far too slow, ...). Attributes: `sensor`, `reason`."""

    def __init__(self, sensor: str, reason: str) -> None:
        super().__init__(f"{sensor}: {reason}")
        self.sensor = sensor
        self.reason = reason


class OutputUnavailableError(HeadsUpError):
    """A display or sound output this computer lacks. Attributes: `output`, `reason`, `remedy`."""

    def __init__(self, output: str, reason: str, remedy: str) -> None:
        super().__init__(f"no {output}: {reason}. {remedy}")
        self.output = output
        self.reason = reason
        self.remedy = remedy


def told(value: object) -> str:
    """A value for a sentence, short and on one line; Python itself refuses to write a number of thousands of digits."""
    try:
        return f"{value!r:.40}"
    except ValueError:
        return "a number of very many digits"
