"""Raw data as people and laboratories have them, read as recordings."""
