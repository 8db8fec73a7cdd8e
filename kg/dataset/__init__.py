"""The dataset on disk: its home, its versions, and the one writer."""
