"""Section 5 of the paper: ways of sampling compared."""
