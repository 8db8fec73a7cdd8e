"""How fast and how heavy the pages of things are."""
