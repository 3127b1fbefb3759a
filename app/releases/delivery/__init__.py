"""What a replica delivers: the heads of all environments and their bodies, in memory, whatever the database does."""
