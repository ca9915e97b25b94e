"""What data and networks are like: numbers that need no training."""
