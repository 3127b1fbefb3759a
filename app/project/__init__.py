"""A project as it is asked about: its workspace, its own model, its git tracking, its database target."""
