"""Build the Dockerfile's image without a daemon, as a folder, and run it: timed, a line a step.

python -m scripts.validate.image FOLDER    # as root; FOLDER/root is made by debootstrap if it is not there

A Debian of the generation that `python:3.13-slim` is made of stands in for that image; everything else is read from
the Dockerfile: what is copied, the commands of its two stages, the user, the environment, the volume, the command and
the health check. The first stage is built in a folder /src of the same root and its wheels are what the second sees.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEBIAN = "trixie"  # its Python is 3.13, and python:3.13-slim is made of it
PACKAGES = "python3,python3-venv,python3-pip,ca-certificates"
PORT = 8080
CLIENT = """
import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
async def ask():
    async with Client(stdio_client(StdioServerParameters(command="langstrecke", args=["mcp"]))) as client:
        tools = (await client.list_tools()).tools
        print(len(tools), "tools")
anyio.run(ask)
"""
VERBS = (
    ["warm-up"],
    ["forecast", "imsa-2021-sebring", "--races", "10000"],
    ["what-if", "imsa-2021-sebring", "--set", "entries.01.penalty_s=60"],
    ["calendar", "--season", "2019", "--driver", "Kevin Magnussen", "--against", "le-mans"],
)


def instructions(text: str) -> list[tuple[str, str]]:
    """(word, rest) of every line of a Dockerfile, continued lines joined, remarks left out."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n", "", "\n".join(lines))
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in joined.splitlines() if line.strip()]


class Image:
    """A root folder that steps are run in."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.environment = {"PATH": "/opt/image/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "COLUMNS": "118"}
        self.user: str | None = None
        self.where = "/"

    def begin(self, *command: str) -> list[str]:
        """The command line that runs a command in the root, as the user of the moment."""
        who = ["--userspec", f"{self.user}:{self.user}"] if self.user else []
        return ["chroot", *who, str(self.root), "/bin/sh", "-c", 'cd "$0" && exec "$@"', self.where, *command]

    def step(self, what: str, *command: str) -> str:
        """Run to the end, timed; the first failure ends it all."""
        begun = time.monotonic()
        ran = subprocess.run(self.begin(*command), env=self.environment, capture_output=True, text=True, check=False)
        print(f"{time.monotonic() - begun:7.1f} s  {what[:90]}", flush=True)
        if ran.returncode:
            sys.exit(ran.stdout[-2000:] + ran.stderr[-2000:])
        return ran.stdout


def main(folder: Path) -> None:
    """All steps of the image, and of a container of it."""
    image = Image(folder)
    if not (image.root / "usr" / "bin" / "python3").exists():
        begun = time.monotonic()
        command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", DEBIAN, str(image.root)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        print(f"{time.monotonic() - begun:7.1f} s  Debian {DEBIAN} into {image.root}")
    for name, value in os.environ.items():  # how this machine reaches its package index
        if name in ("PIP_CERT", "PIP_INDEX_URL", "PIP_DEFAULT_TIMEOUT") or name.lower().endswith("_proxy"):
            image.environment[name] = value
    for host in ("/etc/resolv.conf", "/etc/hosts", os.environ.get("PIP_CERT", "")):
        if host and Path(host).is_file():
            into = image.root / host.lstrip("/")
            into.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(host, into)
    shared = image.root / "dev" / "shm"  # every container has one
    shared.mkdir(parents=True, exist_ok=True)
    shared.chmod(0o1777)
    image.step("python and pip of the base image", "python3", "-m", "venv", "/opt/image")
    print(image.step("its version", "python", "--version").strip())
    command, check = build(image)
    contain(image, command, check)


def build(image: Image) -> tuple[list[str], list[str]]:
    """Run the Dockerfile's instructions; returns the container's command and its health check."""
    command, entry, check = [], [], []
    for word, rest in instructions((ROOT / "Dockerfile").read_text(encoding="utf-8")):
        if word == "WORKDIR":
            image.where = rest
            (image.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif word == "FROM":
            image.where = "/"
        elif word == "COPY":
            *names, target = rest.split()
            for name in names:
                source, place = ROOT / name, image.root / image.where.lstrip("/") / target
                if source.is_dir():
                    shutil.copytree(source, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.pyc"))
                else:
                    place.mkdir(exist_ok=True)
                    shutil.copy(source, place)
        elif word == "RUN":
            text = re.sub(r"^--mount=\S+\s+", "", rest.strip())
            image.step(f"RUN {' '.join(text.split())}", "/bin/sh", "-c", text)
        elif word == "USER":
            image.user = rest
        elif word == "ENV":
            image.environment |= dict(pair.split("=", 1) for pair in rest.split())
        elif word == "ENTRYPOINT":
            entry = re.findall(r'"([^"]*)"', rest)
        elif word == "CMD":
            command = re.findall(r'"([^"]*)"', rest)
        elif word == "HEALTHCHECK":
            check = re.findall(r'"([^"]*)"', rest)
    image.environment["HOME"] = "/data"
    return [*entry, *command], check


def contain(image: Image, command: list[str], check: list[str]) -> None:
    """Use the image as its user: the README's commands, an assistant's client, the pit wall and its health check."""
    print(image.step("who runs", "id").strip())
    for verb in VERBS:
        image.step(f"langstrecke {' '.join(verb)}", "langstrecke", *verb)
    print(image.step("an assistant's client", "python", "-c", CLIENT).strip())
    begun = time.monotonic()
    server = subprocess.Popen(
        image.begin(*command), env=image.environment, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        while subprocess.run(
            image.begin(*check), env=image.environment, stderr=subprocess.DEVNULL, check=False
        ).returncode:
            if server.poll() is not None or time.monotonic() - begun > 180:
                sys.exit("the pit wall did not open")
            time.sleep(0.5)
        print(f"{time.monotonic() - begun:7.1f} s  the pit wall is open; its health check says so")
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGTERM)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    main(**vars(parser.parse_args()))
