"""The REST service: thin controllers over the use cases, errors as problems, nothing global."""
