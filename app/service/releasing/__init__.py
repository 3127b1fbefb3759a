"""Releases of the diagnosed projects, and the instances that run with them, as the doors ask for them."""
