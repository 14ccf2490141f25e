"""What a run means: numbers of any part of it, and what may honestly be said of them. Pure."""
