"""Side by side with peers: each benchmark is one command that installs them, runs all in one go, and prints ratios."""
