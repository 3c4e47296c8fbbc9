"""`python -m tests.chaos letters|siege|rush`: see `make chaos`, `make siege-letters`, `make rush`."""

import os
import sys

from tests.chaos.running import Orders, run

if __name__ == "__main__":
    sys.exit(run(Orders.read(sys.argv[1:], os.environ)))
