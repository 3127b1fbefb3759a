"""The page: what its address asks, what each view shows, and the templates that show it."""
