"""A project's Python code, read and never run: what it says about its own settings."""

from app.sources.code.application import NO_CODE, Application, options_from
from app.sources.code.calls import Argument, Call
from app.sources.code.reading import Reading, Remark, read_call
from app.sources.code.search import find_calls

__all__ = ["NO_CODE", "Application", "Argument", "Call", "Reading", "Remark", "find_calls", "options_from", "read_call"]
