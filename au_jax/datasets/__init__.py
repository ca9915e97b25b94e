"""Data sets: the frames table, the prepared format, readers of raw data, preparing."""
