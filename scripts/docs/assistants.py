"""Write the transcript in docs/assistants.md: questions asked through the SDK's own client."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import anyio
from mcp import Client

from langstrecke.mcp.server import make_server
from langstrecke.services.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "assistants.md"
QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("calendar", {"season": 2019, "driver": "Kevin Magnussen", "against": ["le-mans"]}),
    ("what_if", {"card": "imsa-2021-sebring", "settings": ["entries.01.penalty_s=60"], "car": "01", "races": 2000}),
    ("check_news", {"texts": [{"text": "Kevin Magnussen gewann 2021 die 12 Stunden von Sebring."}]}),
    ("odds", {"card": "imsa-2021-sebrin"}),
)


async def transcript() -> str:
    """Every question with its answer."""
    told = []
    with tempfile.TemporaryDirectory() as folder:
        async with Client(make_server(Settings(store=Path(folder) / "none.duckdb"))) as client:
            for tool, given in QUESTIONS:
                answer = await client.call_tool(tool, given)
                text = "\n".join(getattr(block, "text", "") for block in answer.content)
                asked = f"> {tool} {json.dumps(given, ensure_ascii=False)}"
                told.append(f"{asked}\n\n{text}")
    return "\n\n".join(told)


def main() -> None:
    """Put the transcript into the page."""
    text = f"<!-- transcript -->\n```text\n{anyio.run(transcript)}\n```\n<!-- /transcript -->"
    page = PAGE.read_text(encoding="utf-8")
    page = re.sub(r"<!-- transcript -->.*<!-- /transcript -->", lambda _: text, page, flags=re.DOTALL)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
