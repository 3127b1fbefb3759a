"""What git knows of revisions, and the objects of a repository."""
