"""Cues the runner hears."""
