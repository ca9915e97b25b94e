"""Losses, optimisers and the loop that trains every network of the package."""
