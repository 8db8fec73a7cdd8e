"""``python -m kg`` is ``commons-kg``."""

from kg.cli import main

main()
