"""What answers to which path; each handler asks one use case."""
