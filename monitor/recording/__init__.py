"""One SQLite file per run: what the sensors sent, with everything needed to derive the rest again."""
