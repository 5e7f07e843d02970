"""`python -m ui [INVITATION]`: the window, as `houseguest` without a command opens it."""

import sys

from ui.app import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
