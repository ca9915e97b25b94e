"""A run on disk: what lies where, its configuration and its scores."""
