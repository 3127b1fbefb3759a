"""The options and the settings that a project's own call amounts to."""

from app.application.reading.call import Reading, Remark, named_files, read_call

__all__ = ["Reading", "Remark", "named_files", "read_call"]
