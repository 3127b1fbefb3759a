"""What a running service holds: plan of start, runtime, settings reload, health, supervision."""
