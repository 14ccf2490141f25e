"""An imperfect IMU: where it sits, how it is mounted, and what its data sheet would admit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

from monitor.values import STANDARD_GRAVITY, Site


@dataclass(frozen=True, slots=True)
class SensorModel:
    """Mounting and errors of one simulated IMU. The defaults are those of a cheap MEMS part."""

    site: Site = Site.HEAD
    rate_hz: float = 100.0
    """Sample rate, 25 to 200 Hz."""
    mounting: tuple[float, float, float, float] | None = None
    """Quaternion that turns the sensor's axes into the wearer's (x ahead, y left, z up); None = random by seed."""
    gyr_bias: tuple[float, float, float] = (0.010, -0.006, 0.008)
    """rad/s; 0.01 rad/s is 0.6 deg/s."""
    gyr_drift: tuple[float, float, float] = (0.003, 0.002, -0.003)
    """rad/s per hour, as the sensor warms."""
    gyr_scale_error: float = 0.0
    """Relative, e.g. 0.01."""
    gyr_per_acc: float = 0.0
    """Sensitivity of each gyro axis to its own acceleration, (rad/s)/(m/s²)."""
    acc_bias: tuple[float, float, float] = (0.10, -0.08, 0.12)
    """m/s²; 0.1 m/s² is 10 mg."""
    acc_noise_density: float = 1.2e-3
    """(m/s²)/sqrt(Hz), white."""
    gyr_noise_density: float = 9e-5
    """(rad/s)/sqrt(Hz), white."""
    acc_full_scale: float = 8 * STANDARD_GRAVITY
    gyr_full_scale: float = math.radians(500)
    bounce_scale: float = 1.0
    """How much of the running and walking acceleration arrives: 1 = normal, 0.25 = a soft runner or damped mount."""
    shrug_deg: float = 12.0
    """Turn of a collar or shoulder sensor in the wearer's full shrug: 12 at the upper trapezius, 5 at a collar."""
    seed: int = 0

    def __post_init__(self) -> None:
        if not 25 <= self.rate_hz <= 200:
            raise ValueError(f"rate_hz must lie between 25 and 200, not {self.rate_hz!r}")
        if self.mounting is not None and not math.isclose(math.hypot(*self.mounting), 1.0, abs_tol=1e-6):
            raise ValueError(f"mounting must be a unit quaternion, not {self.mounting!r}")
        for name in ("acc_full_scale", "gyr_full_scale"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be positive")
        for name in ("acc_noise_density", "gyr_noise_density", "bounce_scale"):
            if not (math.isfinite(getattr(self, name)) and getattr(self, name) >= 0):
                raise ValueError(f"{name} must be 0 or more")

    @classmethod
    def ideal(cls, site: Site = Site.HEAD, rate_hz: float = 100.0, seed: int = 0) -> Self:
        """A sensor without bias, drift, noise or limits, mounted along the wearer's axes."""
        zero = (0.0, 0.0, 0.0)
        return cls(
            site=site,
            rate_hz=rate_hz,
            mounting=(1.0, 0.0, 0.0, 0.0),
            gyr_bias=zero,
            gyr_drift=zero,
            acc_bias=zero,
            acc_noise_density=0.0,
            gyr_noise_density=0.0,
            acc_full_scale=math.inf,
            gyr_full_scale=math.inf,
            seed=seed,
        )
