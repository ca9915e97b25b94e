"""Each action unit by itself: curves over all decisions, and decisions counted."""
