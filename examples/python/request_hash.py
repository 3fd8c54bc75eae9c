"""The hash by which an order service tells its own refund from another (contract/README.md)."""

import hashlib
import json
from typing import Any


def request_hash(request: dict[str, Any]) -> str:
    return hashlib.sha256(canonical_json(request).encode()).hexdigest()


def canonical_json(value: Any) -> str:
    """RFC 8785 without fields that are null; a request holds texts, whole numbers, booleans and objects."""
    if isinstance(value, dict):
        present = [(name, part) for name, part in value.items() if part is not None]
        present.sort(key=lambda field: field[0].encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{_text(name)}:{canonical_json(part)}" for name, part in present) + "}"
    if isinstance(value, (bool, int)):
        return json.dumps(value)
    if isinstance(value, str):
        return _text(value)
    raise TypeError(f"no request holds a {type(value).__name__}")


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
