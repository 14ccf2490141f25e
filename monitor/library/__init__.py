"""Many runs: an index over a folder of recordings, runs side by side, and what changed over the weeks.

The recordings are the only truth. The index is a copy of what they say; it may be thrown away at any time.
"""
