"""Pages of reference that are written from the program itself: verbs, card keys, rule books, Python, REST."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any

from langstrecke.cli.verbs import FAMILIES, GROUPS, VERBS, Verb


def write_reference(folder: Path) -> list[str]:
    """Write all pages; their names, without the ending."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {
        **{f"verbs-{group}": "\n".join(_verbs(group)) for group in GROUPS},
        "card-keys": "\n".join(_card_keys()),
        "names": "\n".join(_python()),
        "rest": "\n".join(_rest()),
        **{f"rules-{series}": "\n".join(lines) for series, lines in _rulebooks()},
    }
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text.rstrip() + "\n", encoding="utf-8")
    return list(pages)


def cell(text: object) -> str:
    """Text for a cell of a table."""
    return " ".join(str(text).replace("|", "\\|").split())


def _verbs(group: str) -> Iterator[str]:
    from langstrecke.cli.app import loaded

    yield f"# Verbs: {group}\n"
    for verb in (verb for verb in VERBS if verb.group == group):
        command = loaded(verb)
        yield f"## {verb.words}\n"
        yield f"{_prose(inspect.getdoc(_function(verb)) or verb.line)}\n"
        yield f"    langstrecke {_usage(verb, command)}\n"
        parameters = [p for p in command.params if p.name != "help"]
        if parameters:
            yield "| | | default |\n|---|---|---|"
        for p in sorted(parameters, key=lambda p: p.param_type_name == "option"):
            option = p.param_type_name == "option"
            words = [f"{word} {p.metavar or ''}".strip() for word in p.opts] if option else [_word(p)]
            default = "" if p.default in (None, False, (), []) or callable(p.default) else f"`{p.default}`"
            about = _prose(cell(getattr(p, "help", "") or ""))
            yield f"| {', '.join(f'`{cell(word)}`' for word in words)} | {about} | {cell(default)} |"
        yield ""
    for name in sorted({verb.words.split()[0] for verb in VERBS if verb.group == group} & set(FAMILIES)):
        yield f"`{name}`: {FAMILIES[name]}\n"


def _function(verb: Verb) -> Any:
    return getattr(import_module(f"langstrecke.cli.{verb.module}"), verb.function)


def _usage(verb: Verb, command: Any) -> str:
    names = [_word(p) for p in command.params if p.param_type_name != "option"]
    return " ".join([verb.words, *names, "[OPTIONS]"])


def _word(argument: Any) -> str:
    return str(argument.metavar or argument.name).upper()


def _prose(text: str) -> str:
    return text.replace("<", "&lt;").replace("[[", "\\[\\[")


def _card_keys() -> Iterator[str]:
    from langstrecke.racecard import schema

    yield "# Keys of a race card\n\nEvery key of the schema; [Race cards](../cards.md) explains how they are used.\n"
    tree = ast.parse(inspect.getsource(schema))
    lines = inspect.getsource(schema).splitlines()
    for node in (n for n in tree.body if isinstance(n, ast.ClassDef)):
        fields = [(n, item) for n, item in enumerate(node.body) if isinstance(item, ast.AnnAssign)]
        if not fields:
            continue
        yield f"## {node.name}\n\n{_prose((ast.get_docstring(node) or '').partition(chr(10) * 2)[0])}\n"
        yield "| key | type | default | |\n|---|---|---|---|"
        for n, item in fields:
            after = node.body[n + 1] if n + 1 < len(node.body) else None
            about = lines[item.lineno - 1].partition("  # ")[2]
            if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
                about = str(after.value.value)
            value = ast.unparse(item.value) if item.value is not None else ""
            value = "" if value.startswith("Field") else value
            name, kind = ast.unparse(item.target), cell(ast.unparse(item.annotation))
            yield f"| `{name}` | `{kind}` | {_code(value)} | {cell(about)} |"
        yield ""


def _code(text: str) -> str:
    return f"`{cell(text)}`" if text else ""


def _python() -> Iterator[str]:
    import langstrecke as ls

    yield "# Names of `import langstrecke as ls`\n\n[Langstrecke from Python](../python.md) shows them at work.\n"
    for name in ls.__all__:
        thing = getattr(ls, name)
        if name.startswith("__"):
            continue
        yield f"## {name}\n"
        if inspect.ismodule(thing) and name == "plots":
            yield f"{_indented(inspect.getdoc(thing) or '')}\n"
            for drawn in thing.__all__:
                function = getattr(thing, drawn)
                if inspect.isfunction(function):
                    yield from _named(f"plots.{drawn}", function, "###")
            continue
        yield from _named(name, thing, "")
        members = inspect.getmembers(thing, inspect.isfunction) if inspect.isclass(thing) else []
        for member, function in members:
            if not member.startswith("_") and member in vars(thing) and function.__doc__:
                yield from _named(f"{name}.{member}", function, "###")


def _named(name: str, thing: Any, mark: str) -> Iterator[str]:
    if mark:
        yield f"{mark} {name}\n"
    if inspect.isfunction(thing):
        signature = str(inspect.signature(thing)).replace("'", "")
        yield f"```text\n{name.rpartition('.')[2]}{signature}\n```\n"
    yield f"{_indented(inspect.getdoc(thing) or '')}\n"


def _indented(text: str) -> str:
    return text.replace("<", "&lt;")


def _rest() -> Iterator[str]:
    from langstrecke.services.settings import Settings
    from langstrecke.web.app import create_app

    described = create_app(Settings(warm=False), pages=False).openapi()
    yield "# REST API\n\nThe pit wall shows the same at `/api/v1/docs`; [the API](../api.md) says how it is used.\n"
    yield "| | | |\n|---|---|---|"
    for path, methods in described["paths"].items():
        for method, facts in methods.items():
            yield f"| `{method.upper()}` | `{path}` | {cell(facts.get('description', facts.get('summary', '')))} |"


def _rulebooks() -> Iterator[tuple[str, list[str]]]:
    from langstrecke.rulebooks import load_rulebook
    from langstrecke.rulebooks.describe import figures
    from langstrecke.rulebooks.load import list_rulebooks

    books = [load_rulebook(name) for name in list_rulebooks()]
    for series, group in groupby(sorted(books, key=lambda b: (b.series, b.season)), key=lambda b: b.series):
        some = list(group)
        lines = [f"# Rule books: {some[0].series_name}\n"]
        lines.append("Figures of the series; what is left out is the program's default (`rules ID --sources`).\n")
        for book in some:
            lines.append(f"## {book.id}\n")
            lines += [f"{_prose(book.note)}\n"] if book.note else []
            lines.append("| | | source | confidence |\n|---|---|---|---|")
            for f in figures(book):
                if not f.default:
                    name = cell(f"{f.section}: {f.name}")
                    lines.append(f"| {name} | {cell(f.value)} | {cell(f.source)} | {f.confidence} |")
            lines.append("")
        yield series, lines
