"""Analyses of trained networks: what each needs of a fold, measured once and kept."""
