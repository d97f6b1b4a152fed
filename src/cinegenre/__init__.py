"""A film's genres from its poster, overview, title and production companies."""
