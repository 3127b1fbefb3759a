"""What everything else stands on: errors, layers, trees, findings, roles, secrets, connection URLs. Pure."""
