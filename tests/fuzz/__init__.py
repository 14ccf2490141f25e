"""Hostile input: every decoder, importer and file reader of the product, fed with what it never asked for."""
