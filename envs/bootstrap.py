"""Make a virtual environment where Python comes without ensurepip (bare Debian)."""

import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from urllib.parse import urljoin
from urllib.request import urlopen, urlretrieve


def fetch_pip(folder):
    """Download the newest pip from the package index; return the wheel's path."""
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")
    page = urlopen(f"{index}/pip/").read().decode()
    links = re.findall(r'href="([^"#]*/pip-[0-9.]+-py3-none-any\.whl)', page)
    newest = max(links, key=lambda link: [int(n) for n in version(link).split(".")])
    wheel = Path(folder) / newest.rsplit("/", 1)[1]
    urlretrieve(urljoin(f"{index}/pip/", newest), wheel)
    return wheel


def version(link):
    """Return the version in a wheel's file name."""
    return link.rsplit("/pip-", 1)[1].split("-")[0]


def main(target):
    """Create the environment, and install pip into it with pip's own wheel."""
    venv.create(target, clear=True, with_pip=False)
    with tempfile.TemporaryDirectory() as folder:
        wheel = fetch_pip(folder)
        install = ["-m", "pip", "install", "--quiet", "--no-deps", str(wheel)]
        subprocess.run(
            [str(Path(target) / "bin" / "python"), *install],
            env=os.environ | {"PYTHONPATH": str(wheel)},
            check=True,
        )


main(sys.argv[1])
