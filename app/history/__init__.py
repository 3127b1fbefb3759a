"""What was found before: probes, kept in the service's own database."""
