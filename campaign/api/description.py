"""From the shapes to JSON: the answers themselves, and their description as OpenAPI 3.1."""

import types
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from campaign.api import shapes
from campaign.api.asking import PARAMETERS, Parameter

PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    types.NoneType: {"type": "null"},
}
ANSWERS: dict[str, tuple[str, type]] = {
    "/statements.json": ("Published statements, the highest number first", shapes.StatementPage),
    "/statements/{slug}.json": ("One statement: texts, demands, figures, handovers", shapes.StatementDetail),
    "/statements/{slug}/signatories.json": ("Its public list of signatories", shapes.SignatoryPage),
}


def as_json(shape: Any) -> dict[str, Any]:
    """`shape` as plain data: days in ISO 8601."""
    data: dict[str, Any] = _plain(asdict(shape))
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def describe(base: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the API at `base`, its address without the last slash."""
    found: dict[str, dict[str, Any]] = {}
    refusal = _answer("Refused; the answer says why", _schema(shapes.Refusal, found))
    paths = {}
    for path, (summary, shape) in ANSWERS.items():
        answers = {
            "200": _answer(summary, _schema(shape, found)),
            "304": {"description": "Unchanged since the answer with that ETag"},
            "400": refusal,
        }
        if "{slug}" in path:
            answers["404"] = refusal
        parameters = [_parameter(row) for row in PARAMETERS[path]]
        paths[path] = {"get": {"summary": summary, "parameters": parameters, "responses": answers}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Countersign: statements", "version": shapes.VERSION, "description": shapes.__doc__ or ""},
        "servers": [{"url": base}],
        "paths": paths,
        "components": {"schemas": dict(sorted(found.items()))},
    }


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _parameter(row: Parameter) -> dict[str, Any]:
    return {
        "name": row.name,
        "in": "path" if row.is_path else "query",
        "required": row.is_path,
        "description": row.meaning,
        "schema": {"type": "string", **({"enum": list(row.allowed)} if row.allowed else {})},
    }


def _schema(hint: Any, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The schema of a type; that of a dataclass goes into `found` by its name and is referred to."""
    if is_dataclass(hint) and isinstance(hint, type):
        if hint.__name__ not in found:
            found[hint.__name__] = {}
            found[hint.__name__] = _schema_of_fields(hint, found)
        return {"$ref": f"#/components/schemas/{hint.__name__}"}
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        word, value = inner[1]
        return {**_schema(inner[0], found), word: list(value) if isinstance(value, tuple) else value}
    if origin in {Union, types.UnionType}:
        return {"anyOf": [_schema(each, found) for each in inner]}
    if origin is list:
        return {"type": "array", "items": _schema(inner[0], found)}
    if origin is dict:
        names, values = (_schema(each, found) for each in inner)
        return {"type": "object", "propertyNames": names, "additionalProperties": values}
    return PLAIN[hint]


def _schema_of_fields(shape: type, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    hints = get_type_hints(shape, include_extras=True)
    rows = fields(shape)
    return {
        "type": "object",
        "description": shape.__doc__ or "",
        "required": [row.name for row in rows],
        "properties": {
            row.name: {
                **_schema(hints[row.name], found),
                "description": row.metadata["meaning"],
                **({"x-shown-on": row.metadata["source"]} if row.metadata["source"] else {}),
            }
            for row in rows
        },
    }
