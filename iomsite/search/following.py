"""How the index of a search server follows the database: filled once, then told of each change.

What a transaction changes it notes as unsent. It is sent when the transaction has come about, and
else by `manage.py follow_index` every minute. Each entry has the key of its note as its version, so
whatever arrives late changes nothing.
"""

import datetime
import secrets
from collections.abc import Collection, Iterator
from http import HTTPStatus
from typing import Any

from django.utils import timezone

from iomsite.publishing.ledger import locked_ledger

from .documents import Document
from .engines.beside import client, server, silence
from .fields import fields_of
from .models import Entry, ServerIndex, Unsent

AT_ONCE = 500
# Seconds that the server has for it: while whoever published waits, and for the timer.
SHORTLY, PATIENCE = 2.0, 30.0
# After which somebody who fills an index has stopped.
STOPPED = datetime.timedelta(minutes=3)
# An index is spoken of by another name: the server would make one of that name, but for this.
OWN = "-words"
WORDS = {"type": "text", "analyzer": "whitespace"}
INDEX = {
    # The newest first, as they are asked for: of very many that fit, the rest are not looked at.
    "settings": {"index": {"number_of_shards": 1, "sort.field": "key", "sort.order": "desc"}},
    "mappings": {
        "dynamic": "strict",
        "_source": {"enabled": False},
        "properties": {
            "title": WORDS,
            "names": WORDS,
            "lead": WORDS,
            "text": WORDS,
            "marks": {"type": "keyword", "doc_values": False},
            "key": {"type": "long"},
        },
    },
}


def follow() -> int:
    """How many entries were sent. Fills an index where there is none that follows."""
    index = ServerIndex.objects.first()
    if index is None or not _is_there(index.name, PATIENCE):
        return fill()
    if not index.is_whole and index.filled_at > timezone.now() - STOPPED:
        return 0  # somebody else is about it
    return send() if ServerIndex.objects.up_to_date().exists() else fill()


def send_now() -> None:
    """For whoever has just published, and does not wait for a server that is away."""
    if silence:
        return
    try:
        send(SHORTLY)
    except Exception as error:  # whatever it is: it is sent later
        silence.begin(error)


def send(patience: float = PATIENCE) -> int:
    """What is unsent, in the order of the changes. Raises where the server does not take it."""
    index, number = ServerIndex.objects.first(), 0
    if index and not _is_there(index.name, patience):
        ServerIndex.objects.all().delete()
        return 0
    while index and (some := list(Unsent.objects.order_by("pk")[:AT_ONCE])):
        _put(index.name, {one.entry_id: one.pk for one in some}, patience)
        number += len(some)
        Unsent.objects.filter(pk__in=[one.pk for one in some]).delete()
    return number


def _is_there(index: str, patience: float) -> bool:
    """Asked first: told to take something out, the server would make an index of any name."""
    return bool(client().indices.exists_alias(name=index, request_timeout=patience))


def fill() -> int:
    """A new index with all there is; changes meanwhile are noted, and sent afterwards."""
    others = set(client().indices.get(index=f"{server().index}-*", request_timeout=PATIENCE))
    name = f"{server().index}-{secrets.token_hex(4)}"
    own = f"{name}{OWN}"
    body = {**INDEX, "aliases": {name: {}}}
    client().indices.create(index=own, body=body, request_timeout=PATIENCE)
    mine = _begin(name)
    number = last = 0
    while keys := _keys_after(last):
        if not mine.update(filled_at=timezone.now()):
            _drop({own})
            return 0  # somebody else fills another
        _put(name, dict.fromkeys(keys, 0), PATIENCE)
        number, last = number + len(keys), keys[-1]
    send()
    _drop(others if mine.update(is_whole=True) else {own})
    return number


def _begin(name: str) -> Any:
    """From now on changes are noted. Nobody is in the midst of one, who would not know."""
    with locked_ledger() as ledger:
        ServerIndex.objects.all().delete()
        Unsent.objects.all().delete()
        index = ServerIndex.objects.create(
            name=name, generation=ledger.generation, filled_at=timezone.now()
        )
    return ServerIndex.objects.filter(pk=index.pk)


def _keys_after(last: int) -> list[int]:
    entries = Entry.objects.filter(pk__gt=last).order_by("pk")
    return list(entries.values_list("pk", flat=True)[:AT_ONCE])


def _put(index: str, versions: dict[int, int], patience: float) -> None:
    """As they are now; what has gone is taken out. Raises where the server does not take all."""
    from opensearchpy.helpers import bulk

    found = {one.entry.pk: _source(one) for one in _documents(versions)}
    actions = (
        {
            **({"_op_type": "index", **found[key]} if key in found else {"_op_type": "delete"}),
            **{"_index": index, "_id": key, "version": version, "version_type": "external"},
        }
        for key, version in versions.items()
    )
    how: Any = {"refresh": True, "require_alias": True, "request_timeout": patience}
    _number, refused = bulk(client(), actions, raise_on_error=False, **how)
    told = [one for refusal in refused for one in refusal.values()]
    # What has another version by now, or has gone already, is as it should be.
    if others := [one for one in told if "error" in one and one["status"] != HTTPStatus.CONFLICT]:
        reason = others[0]["error"]
        raise OSError(f"The search server refused {len(others)} entries: {reason}")


def _documents(keys: Collection[int]) -> Iterator[Document]:
    """Two statements."""
    for entry in Entry.objects.filter(pk__in=keys).prefetch_related("tags"):
        yield Document(entry, list(entry.tags.all()))


def _source(document: Document) -> dict[str, Any]:
    *words, marks = fields_of(document)
    return {
        **dict(zip(("title", "names", "lead", "text"), map(" ".join, words), strict=True)),
        "marks": marks,
        "key": document.entry.pk,
    }


def _drop(indexes: Collection[str]) -> None:
    """What was filled before, or not to its end. One made since is somebody's who begins."""
    for index in indexes:
        how: Any = {"ignore_unavailable": True, "request_timeout": PATIENCE}
        client().indices.delete(index=index, **how)
