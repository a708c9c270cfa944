"""The command behind `make bench`: the coordinator beside a bare aiohttp relay, measured in one run.

Started as a file it would hide the package of the same name, so it puts the repository first on the path.
"""

import sys
from pathlib import Path

if sys.path and Path(sys.path[0]).resolve() == Path(__file__).resolve().parent:
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from benchmarks.command import main

if __name__ == "__main__":
    main()
