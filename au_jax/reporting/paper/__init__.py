"""What the paper printed, beside our numbers."""
