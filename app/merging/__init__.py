"""Merging as Dynaconf does it, with each value's provenance: Dynaconf is imported here."""
