"""Data, folds, runs and videos that tests are made of."""
