"""Test recordings over time: labels, scores and faces, small enough for a page."""
