"""Laying a watch's track beside a recording: one offset between two clocks, and how sure it is.

Pure: arrays and times in, frozen values out. The convention is stated in `monitor.alignment.result`.
"""
