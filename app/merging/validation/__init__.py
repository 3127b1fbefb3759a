"""Dynaconf's validators, checked on values that nothing of the application has touched: which refuse, and why.

The validators are Dynaconf's own class, made anew of what the code says; what they check is an isolated settings object
with one environment's values. So the order of look-ups, casts and defaults are Dynaconf's. Each change is noted with
the validator that made it.
"""

from app.merging.validation.session import Checked, ValidatorRun, check
from app.merging.validation.settings import Loaded

__all__ = ["Checked", "Loaded", "ValidatorRun", "check"]
