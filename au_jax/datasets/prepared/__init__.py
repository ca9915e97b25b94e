"""The prepared format on disk: finding, reading and describing it."""
