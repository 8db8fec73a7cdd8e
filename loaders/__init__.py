"""The loaders that come with Commons KG, one module per kind of source."""
