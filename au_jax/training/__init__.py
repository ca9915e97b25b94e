"""Losses, optimisers and the loop that trains every network of the package."""

METRICS_FILE = "metrics.jsonl"
"""In the folder of a training: a line for each evaluation."""
