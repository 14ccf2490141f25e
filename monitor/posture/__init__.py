"""Gravity directions -> head pitch, gaze distance, shoulder score, activity, and whether to trust them."""
