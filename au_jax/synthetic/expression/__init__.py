"""What each action unit does to a face, and what it does beside others."""
