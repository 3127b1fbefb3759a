"""Measurements against peers, in the same run, as ratios. Nothing here decides whether a test passes."""
