"""A project's own model, asked in a process of its own.

It is a source like files and variables: what it says comes from outside, and may be late, broken or hostile to our own
names. Importing it runs the project's code, which nothing else here does; only the option `schema` asks for it.
"""

from app.project.model.ask import ModelAnswer, ModelInput, ask, model_files
from app.project.model.errors import ModelError
from app.project.model.replies import ModelComplaint

__all__ = ["ModelAnswer", "ModelComplaint", "ModelError", "ModelInput", "ask", "model_files"]
