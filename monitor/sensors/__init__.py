"""Bytes of a sensor's notifications -> SampleBlock. Pure; one file per device family, one registry."""
