"""The API described on one page made from its OpenAPI data: FastAPI's own page loads its looks from outside."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from fastapi import FastAPI

STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
h2 { margin-top: 2.5rem; text-transform: capitalize; } code, pre { font: 13px/1.45 ui-monospace, monospace; }
details { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: .5rem 0; }
summary { cursor: pointer; } summary b { display: inline-block; min-width: 4.5rem; }
pre { overflow-x: auto; padding: .75rem; background: color-mix(in srgb, currentColor 7%, transparent); }
"""
METHODS = ("get", "post", "patch", "delete")


def docs_page(app: FastAPI) -> str:
    """The page."""
    data = app.openapi()
    topics: dict[str, list[str]] = {}
    for path, methods in data["paths"].items():
        for method in METHODS:
            if method in methods:
                about = methods[method]
                topics.setdefault((about.get("tags") or ["other"])[0], []).append(_route(path, method, about))
    parts = [f"<h2>{escape(topic)}</h2>{''.join(routes)}" for topic, routes in topics.items()]
    models = "".join(_model(name, model) for name, model in data.get("components", {}).get("schemas", {}).items())
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(data["info"]["title"])} API</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style><body>'
        f"<h1>{escape(data['info']['title'])} API</h1><p>The same as data: "
        '<a href="openapi.json">openapi.json</a>. WebSockets: <code>/api/v1/live/{race}</code> (table, odds, alerts '
        "as they change) and <code>/api/v1/feed/{race}?after=SEQ</code> (the feed's messages).</p>"
        f"{''.join(parts)}<h2>Models</h2>{models}</body></html>"
    )


def _route(path: str, method: str, about: dict[str, Any]) -> str:
    what = about.get("description") or about.get("summary") or ""
    first = what.split(". ")[0]
    rows = "".join(
        f"<li><code>{escape(p['name'])}</code> ({escape(p['in'])}{', needed' if p.get('required') else ''}): "
        f"<code>{escape(_kind(p.get('schema', {})))}</code> {escape(p.get('description', ''))}</li>"
        for p in about.get("parameters", [])
    )
    body = about.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    takes = f"<p>Body: {_link(body)}</p>" if body else ""
    gives = ""
    for status, answer in about.get("responses", {}).items():
        schema = answer.get("content", {}).get("application/json", {}).get("schema")
        if schema and status != "422":
            gives += f"<p>{escape(status)}: {_link(schema)} {escape(answer.get('description', ''))}</p>"
    return (
        f"<details><summary><b>{method.upper()}</b> <code>{escape(path)}</code> {escape(first)}</summary>"
        f"<p>{escape(what)}</p>{f'<ul>{rows}</ul>' if rows else ''}{takes}{gives}</details>"
    )


def _model(name: str, model: dict[str, Any]) -> str:
    text = escape(json.dumps(model, ensure_ascii=False, indent=1))
    return f'<details id="{escape(name)}"><summary><code>{escape(name)}</code></summary><pre>{text}</pre></details>'


def _kind(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("$ref", schema.get("type", "anything"))).rsplit("/", 1)[-1]


def _link(schema: dict[str, Any]) -> str:
    name = _kind(schema)
    target = name.rsplit(" ", 1)[-1]
    return f'<a href="#{escape(target)}"><code>{escape(name)}</code></a>'
