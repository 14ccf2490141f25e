"""What no wearable IMU can measure: values beyond these come from damaged bytes, not from a runner.

The widest ranges on the market are ±400 g (high-g parts) and ±4000 dps; a value past them would poison every
filter behind the decoder for minutes, so decoders of floating-point layouts refuse it.
"""

from __future__ import annotations

import math

from monitor.values import STANDARD_GRAVITY

MAX_ACC = 400 * STANDARD_GRAVITY
"""m/s²"""
MAX_GYR = math.radians(8000.0)
"""rad/s"""
