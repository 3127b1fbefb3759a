"""`/releases` and `/instances`: releasing, delivery, and who runs with what."""
