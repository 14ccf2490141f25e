"""Accelerometer and gyroscope -> the direction of gravity in the sensor frame."""
