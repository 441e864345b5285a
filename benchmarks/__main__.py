"""Runs every measurement and prints the tables of benchmarks/README.md.

python -m benchmarks [--spans 100000]
"""

import argparse
import platform
import subprocess
import sys
from importlib.metadata import version


def main() -> None:
    """Print what machine this is, then each table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spans", type=int, default=100_000)
    options = parser.parse_args()
    packages = ("textual", "duckdb", "pyarrow", "msgspec", "numpy")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    print(f"{platform.platform()}, Python {platform.python_version()}; {versions}\n", flush=True)
    for title, module in (
        ("# Loading", "benchmarks.loading"),
        ("# Rendering", "benchmarks.rendering"),
    ):
        print(f"{title}\n", flush=True)
        command = [sys.executable, "-m", module, "--spans", str(options.spans)]
        subprocess.run(command, check=True)
        print(flush=True)


if __name__ == "__main__":
    main()
