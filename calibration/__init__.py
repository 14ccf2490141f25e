"""Neutral posture and poses: fits, quality and the profile file. No Bluetooth, no Qt."""
