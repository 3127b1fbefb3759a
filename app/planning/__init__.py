"""Two revisions of a project, side by side: what a change does to each environment."""
