"""`python -m tests.chaos letters|siege`: see `make chaos` and `make siege-letters`."""

import os
import sys

from tests.chaos.running import Orders, run

if __name__ == "__main__":
    sys.exit(run(Orders.read(sys.argv[1:], os.environ)))
