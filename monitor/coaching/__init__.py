"""Coaching during the run: form checks against the first minutes, loosen-up prompts, spoken summaries. Pure.

`watch.FormWatch` follows the tracks of a run and yields events; everything else here serves it.
"""
