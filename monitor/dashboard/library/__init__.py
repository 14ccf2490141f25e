"""The library's window: the runs at the left, side by side at the right."""
