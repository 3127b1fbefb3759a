"""A project's own model, asked in a process of its own.

It is a source like files and variables: what it says comes from outside, and may be late, broken or hostile to our own
names. Importing it runs the project's code, which nothing else here does; only the option `schema` asks for it.
"""

from app.sources.model.ask import Environment, ModelAnswer, ask, model_files
from app.sources.model.refusal import ModelError

__all__ = ["Environment", "ModelAnswer", "ModelError", "ask", "model_files"]
