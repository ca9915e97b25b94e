"""Figures and tables of what networks have learned: the paper's Figures 2, 3, 4 and 9."""
