"""SDG goals and targets named in labels and in prose."""
