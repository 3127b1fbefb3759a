"""What the code reads of its configuration, what of that is missing, and which names are probably misspelled. Pure."""
