"""Edits of TOML files that change nothing but what was asked for: where a key stands, what takes its place, writing."""
