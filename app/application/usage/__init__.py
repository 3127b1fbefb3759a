"""What the code reads of its settings: every spelling of a look-up, followed through names, never run."""
