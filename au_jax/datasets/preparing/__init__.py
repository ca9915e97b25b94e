"""From raw recordings to a prepared data set."""
