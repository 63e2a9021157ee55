"""The demo, but its service identifies people at the broker of another identification file.

    python -m tests.e2e.run_with_broker identification.toml
"""

import sys

from rehearsal import run

if __name__ == "__main__":
    _plainly = run._environment
    run._environment = lambda *given: {**_plainly(*given), "KANSSA_IDENTIFICATION_FILE": sys.argv[1]}
    sys.exit(run.main())
