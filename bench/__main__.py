"""`make bench`: every measurement in this folder, one after another, each in a process of its own.

`make bench ARGS="nfc ingest"` runs only those.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path


def main() -> int:
    """Run them; 1 when one of them failed."""
    all_of_them = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))
    parser = argparse.ArgumentParser(prog="bench", description="Measure, beside a limit or a peer.")
    parser.add_argument("what", nargs="*", metavar="NAME", help=f"which ones: {', '.join(all_of_them)} (default: all)")
    wanted = parser.parse_args().what or all_of_them
    unknown = sorted(set(wanted) - set(all_of_them))
    if unknown:
        parser.error(f"there is no measurement called {', '.join(unknown)}; there are {', '.join(all_of_them)}")
    failed = []
    for name in wanted:
        print(f"\n== {name}", flush=True)
        begun = time.monotonic()
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode:
            failed.append(name)
        print(f"({time.monotonic() - begun:.0f} s)", flush=True)
    if failed:
        print(f"\nnot measured: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
