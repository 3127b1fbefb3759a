"""What the views tell out of the database of the service."""
