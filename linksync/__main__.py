"""``python -m linksync``."""

from linksync.cli.main import main

main()
