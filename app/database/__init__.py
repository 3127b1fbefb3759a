"""The database: what to connect to, the pool, the staged probe, and a PostgreSQL of our own."""
