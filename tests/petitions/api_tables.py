"""The tables of docs/api.md, from the API's description: `python -m tests.petitions.api_tables` writes them."""

import os
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
BEGIN, END = "<!-- fields: made by tests/petitions/api_tables.py -->\n", "<!-- end of fields -->\n"


def tables(document: dict[str, Any]) -> str:
    """A table for each shape: name, type, meaning, and where the same is shown."""
    parts = []
    for name, shape in document["components"]["schemas"].items():
        rows = [
            f"| `{field}` | {_type(row)} | {row['description']}{_words(row)} | {row.get('x-shown-on', '')} |"
            for field, row in shape["properties"].items()
        ]
        head = "| field | type | meaning | shown on |\n|---|---|---|---|\n"
        parts.append(f"### {name}\n{shape['description']}\n\n{head}" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def written() -> str:
    """The part of the page between the marks."""
    return PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]


def write(document: dict[str, Any]) -> None:
    before, _begin, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(before + BEGIN + tables(document) + END + rest.partition(END)[2], encoding="utf-8")


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return f"{schema['$ref'].rpartition('/')[2]}"
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if schema["type"] == "array":
        return f"list of {_type(schema['items'])}"
    if schema["type"] == "object":
        return f"{_type(schema['additionalProperties'])} by name"
    formats = {"uri": "address", "date": "day"}
    return formats.get(schema.get("format", ""), str(schema["type"]))


def _words(schema: dict[str, Any]) -> str:
    words = schema.get("enum") or schema.get("propertyNames", {}).get("enum") or []
    return f" One of {', '.join(f'`{word}`' if word else 'nothing' for word in words)}." if words else ""


if __name__ == "__main__":
    import django

    os.environ["COUNTERSIGN_ENV"] = "test"
    os.environ["DJANGO_SETTINGS_MODULE"] = "campaign.settings"
    django.setup()
    from campaign.api.description import describe

    write(describe("/statements/api/1"))
