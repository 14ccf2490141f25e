"""Posture over time -> events and cues: hysteresis, leaky dwell, cool-down, wording."""
