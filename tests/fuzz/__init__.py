"""Hostile input for every door, from seeds that are changed at random; `python -m tests.fuzz` says how it is run."""
