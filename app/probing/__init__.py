"""Testing a database connection stage by stage, and which targets may be tested (SSRF policy)."""
