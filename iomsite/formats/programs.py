"""JSON, for programs. `openapi.py` describes it from the same declarations."""

import json
from dataclasses import asdict
from typing import Any

from .answer import Answer


def as_json(answer: Answer) -> str:
    return json.dumps(_value(answer), ensure_ascii=False, indent=1)


def _value(answer: Answer) -> dict[str, Any]:
    records = [asdict(record) for record in answer.records]
    if not answer.is_list:
        return records[0]
    return {
        "title": answer.title,
        "address": answer.address,
        "next": answer.following or None,
        "items": records,
    }
