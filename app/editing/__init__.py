"""Editing profiles: set, unset, fix; what an edit would do is known before a byte is written."""
