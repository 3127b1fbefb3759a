"""Releases: one judged, immutable set of an environment's values, delivered to the instances that run with it."""
