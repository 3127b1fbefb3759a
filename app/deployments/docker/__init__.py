"""Dockerfiles: what a stage gives to its process."""
