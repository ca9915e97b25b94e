"""Detectors of action units: each fits on a fold and scores its test frames."""
