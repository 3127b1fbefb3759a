"""A project's Python code, read and never run: what it says about its own settings."""

from app.application.application import NO_CODE, Application, options_from
from app.application.calls import Argument, Call
from app.application.reading import Reading, Remark, read_call
from app.application.search import find_calls
from app.application.usage.cache import UsageCache
from app.application.usage.reads import files_of, usage_of

__all__ = [
           "NO_CODE",
           "Application",
           "Argument",
           "Call",
           "Reading",
           "Remark",
           "UsageCache", "files_of",
           "find_calls",
           "options_from",
           "read_call",
           "usage_of",
]  # fmt: skip
