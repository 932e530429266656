"""Install the wheel as a user does, where the checkout is not on the path, and use it: timed, a line a step.

python -m scripts.validate.install [--python python3.12]

Builds the wheel, makes an environment in a folder of its own with a home and cache of its own, then runs the README's
commands, opens the pit wall and asks its health as the Dockerfile does, and connects an assistant's client. The steps
of the Dockerfile without a container.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
PORT = 8080
COMMANDS = (
    ["warm-up"],
    ["forecast", "imsa-2021-sebring", "--races", "2000"],
    ["what-if", "imsa-2021-sebring", "--set", "entries.01.penalty_s=60", "--races", "1000"],
    ["career", "Jan Magnussen", "--series", "le-mans"],
)
CLIENT = """
import anyio, sys
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
async def ask():
    async with Client(stdio_client(StdioServerParameters(command=sys.argv[1], args=["mcp"]))) as client:
        tools = (await client.list_tools()).tools
        answer = await client.call_tool("rules", {"book": "imsa", "season": "2021"})
        print(len(tools), "tools;", answer.content[0].text.splitlines()[0])
anyio.run(ask)
"""


def main(python: str) -> None:
    """All steps; the first that fails ends it."""
    with tempfile.TemporaryDirectory(prefix="langstrecke-install-") as folder:
        home = Path(folder)
        shell = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {
            "HOME": folder,
            "XDG_CACHE_HOME": f"{folder}/cache",
            "XDG_DATA_HOME": f"{folder}/data",
            "COLUMNS": "100",
        }
        place = home / "env" / "bin"

        def step(what: str, *command: str | Path, where: Path = home) -> str:
            begun = time.monotonic()
            ran = subprocess.run(command, cwd=where, env=shell, capture_output=True, text=True, check=False)
            print(f"{time.monotonic() - begun:7.1f} s  {what}", flush=True)
            if ran.returncode:
                sys.exit(ran.stdout[-2000:] + ran.stderr[-2000:])
            return ran.stdout

        print(f"{os.cpu_count()} cores, {subprocess.check_output([python, '--version'], text=True).strip()}")
        step("build the wheel", sys.executable, "-m", "build", "-w", "--outdir", home / "dist", str(ROOT))
        wheel = next((home / "dist").glob("*.whl"))
        step("a fresh environment", python, "-m", "venv", home / "env")
        constraints = ROOT / "constraints.txt"
        step("pip install langstrecke", place / "pip", "install", "-q", "-c", constraints, wheel)
        print(step("langstrecke --version", place / "langstrecke", "--version").strip())
        for verb, told in ((["serve"], "web"), (["mcp"], "mcp"), (["plan", "le-mans-2019", "--car", "63"], "plan")):
            ran = subprocess.run([place / "langstrecke", *verb], cwd=home, env=shell, capture_output=True, text=True)
            assert f'pip install "langstrecke[{told}]"' in ran.stderr.replace("\n", " "), ran.stderr
        print("           without an extra: serve, mcp and plan name the line to type")
        step('pip install "langstrecke[all]"', place / "pip", "install", "-q", "-c", constraints, f"{wheel}[all]")
        for verb in COMMANDS:
            step(f"langstrecke {' '.join(verb)}", place / "langstrecke", *verb)
        print(step("an assistant's client", place / "python", "-c", CLIENT, place / "langstrecke").strip())
        pit_wall(place / "langstrecke", home, shell)


def pit_wall(program: Path, home: Path, shell: dict[str, str]) -> None:
    """Open it as the container does, and ask what the health check asks."""
    check = re.search(r"HEALTHCHECK.*?\"-c\", \"(.*?)\"\]", (ROOT / "Dockerfile").read_text(), re.DOTALL)
    assert check is not None
    code = check[1].replace("\\\n", "")
    begun = time.monotonic()
    command = [str(program), "serve", "--host", "0.0.0.0", "--port", str(PORT)]
    with subprocess.Popen(command, cwd=home, env=shell, stderr=subprocess.PIPE, text=True) as server:
        while subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL, check=False).returncode:
            if server.poll() is not None or time.monotonic() - begun > 180:
                sys.exit("the pit wall did not open")
            time.sleep(0.5)
        print(f"{time.monotonic() - begun:7.1f} s  the pit wall is open and healthy")
        server.terminate()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--python", default="python3.11")
    main(**vars(parser.parse_args()))
