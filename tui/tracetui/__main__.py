"""`python -m tracetui`."""

from tracetui.cli import main

main()
