"""Numbers in and out: the files of watches, tables, lab streams. Optional libraries are imported when they are used."""
