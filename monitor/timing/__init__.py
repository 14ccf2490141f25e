"""Device ticks and arrival times -> a uniform grid on the run clock, with gaps marked."""
