"""A strict check of an answer against the part of JSON Schema that the API describes itself with."""

import re
from datetime import date
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
    "object": (dict,),
    "array": (list,),
}
KNOWN = {
    "$ref", "anyOf", "type", "format", "pattern", "enum", "items", "required", "properties", "additionalProperties",
    "propertyNames", "description", "x-shown-on",
}  # fmt: skip


def faults(value: Any, schema: dict[str, Any], document: dict[str, Any], at: str = "$") -> list[str]:
    """What of `value` is not as `schema` says, each with its place; a field that is not described is one too."""
    assert schema.keys() <= KNOWN, schema.keys() - KNOWN
    if "$ref" in schema:
        return faults(value, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document, at)
    if "anyOf" in schema and all(faults(value, each, document, at) for each in schema["anyOf"]):
        return [f"{at}: none of what it may be"]
    if "type" in schema:
        is_of_type = isinstance(value, TYPES[schema["type"]])
        if not is_of_type or (isinstance(value, bool) and schema["type"] != "boolean"):
            return [f"{at}: {value!r} is no {schema['type']}"]
    if isinstance(value, list):
        return [fault for n, one in enumerate(value) for fault in faults(one, schema["items"], document, f"{at}[{n}]")]
    if isinstance(value, dict):
        return _of_object(value, schema, document, at)
    return _of_word(value, schema, at)


def _of_word(value: Any, schema: dict[str, Any], at: str) -> list[str]:
    found = _of_format(value, schema["format"], at) if "format" in schema else []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r} is none of {schema['enum']}")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{at}: {value!r} is not {schema['pattern']}")
    return found


def _of_format(value: str, name: str, at: str) -> list[str]:
    if name == "uri":
        return [] if re.fullmatch(r"https?://[!-~]+", value) else [f"{at}: {value!r} is no address"]
    assert name == "date"
    try:
        is_day = date.fromisoformat(value).isoformat() == value
    except ValueError:
        is_day = False
    return [] if is_day else [f"{at}: {value!r} is no day"]


def _of_object(value: dict[str, Any], schema: dict[str, Any], document: dict[str, Any], at: str) -> list[str]:
    properties, others = schema.get("properties", {}), schema.get("additionalProperties")
    found = [f"{at}: {name} is missing" for name in schema.get("required", []) if name not in value]
    for name, inner in value.items():
        if "propertyNames" in schema:
            found += faults(name, schema["propertyNames"], document, f"{at}.{name}")
        if name in properties:
            found += faults(inner, properties[name], document, f"{at}.{name}")
        elif others is not None:
            found += faults(inner, others, document, f"{at}.{name}")
        else:
            found.append(f"{at}: {name} is not described")
    return found
