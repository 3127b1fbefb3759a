"""What Docker reads: Dockerfiles, the files of variables that Compose names, and references in Compose's texts."""
