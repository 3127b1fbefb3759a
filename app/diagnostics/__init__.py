"""The use cases, one module each, so that a door loads only what it needs."""
