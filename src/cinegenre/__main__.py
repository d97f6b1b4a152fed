"""`python -m cinegenre`."""

from .cli import main

main()
