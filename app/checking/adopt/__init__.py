"""Bringing an existing project under Assay (`assay init`)."""
