"""Values, places and times as people read them."""
