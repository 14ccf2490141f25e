"""Heads Up: a posture-alert monitor for runners. The stages are described in README.md, one screen."""

__version__ = "0.1.0"
