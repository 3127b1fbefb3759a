"""A project's Python code, read and never run: what it says about its own settings."""

from app.sources.code.calls import Call, default_files, find_calls

__all__ = ["Call", "default_files", "find_calls"]
