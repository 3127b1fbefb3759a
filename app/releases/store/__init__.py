"""The tables of releases and instances, what writes them and what asks them."""
