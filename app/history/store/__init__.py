"""What was found before: what environments ran with, whether it held, and probes; in the service's own database."""
