"""A service as teams write it by hand, to compare with: FastAPI, pydantic-settings, one route that validates.

It reads the very profiles that Assay reads, checks them at each request, and answers what Assay answers. It lives in a
virtual environment of its own, since the project needs none of it.
"""
