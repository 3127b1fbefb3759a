"""Where values come from: projects, TOML files, variables, and the engine that merges them."""
