"""Pictures of every view of the page: `python -m docs.screenshots [FOLDER]`.

A real service diagnoses a demonstration project, with a PostgreSQL of its own; none of it is kept but the pictures.
"""
