"""Drills a head sensor can check: what was held, how long, and kind words for what does not count yet. Pure."""
