"""The review window: a whole run at once, one cursor across all that was measured, and what it means beside it."""
