"""What was recorded, as text."""
