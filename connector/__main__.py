"""`python -m connector` is the command line `proforma`."""

from __future__ import annotations

import sys

from connector.cli import main

if __name__ == "__main__":
    sys.exit(main())
