"""OpenSearch beside the site's own database, or Elasticsearch of the same kind (7.10).

The database keeps its own words all the same, and answers while the server is away, behind or being
filled. So what visitors find is always as public as the database says, and nobody waits for another
machine. `following.py` sends it what has changed.
"""

import logging
import time
from collections.abc import Callable, Collection, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.expressions import RawSQL

from iomsite.environment import SearchServer
from iomsite.search.models import Entry, ServerIndex, Unsent
from iomsite.search.queries import Clause, Query

from .base import Engine, Fields, Where

# How much it matters where a word stands.
BOOSTS = {"title": 10, "names": 6, "lead": 3, "text": 1}
LOOKED_FOR_IN = {
    Where.TITLE: ("title",),
    Where.NAMED: ("title", "names"),
    Where.ANYWHERE: tuple(BOOSTS),
}
# Seconds: of one question, and for which nobody asks again a server that did not answer.
PATIENCE, LEFT_ALONE = 1.0, 10.0

logger = logging.getLogger(__name__)


class Silence:
    """How long this process leaves a server alone that has not answered."""

    def __init__(self) -> None:
        self.until = 0.0

    def begin(self, error: Exception) -> None:
        if not self:
            logger.warning("The search server did not answer: the database does. %s", error)
        self.until = time.monotonic() + LEFT_ALONE

    def __bool__(self) -> bool:
        return time.monotonic() < self.until


silence = Silence()


def server() -> SearchServer:
    """The one that SEARCH_URL names, where it does."""
    assert settings.SEARCH_SERVER
    return settings.SEARCH_SERVER


@cache
def client() -> Any:
    from opensearchpy import OpenSearch  # only for those who have a server

    return OpenSearch(server().address, timeout=PATIENCE, max_retries=0)


class Beside(Engine):
    """`own` is the engine of the database."""

    def __init__(self, own: Engine) -> None:
        self.own = own

    def create(self, execute: Any) -> None:
        self.own.create(execute)

    def drop(self, execute: Any) -> None:
        self.own.drop(execute)

    def save(self, documents: Sequence[tuple[Entry, Fields]]) -> None:
        """Two statements more."""
        self.own.save(documents)
        _note([entry.pk for entry, _fields in documents])

    def forget(self, entries: Sequence[int] | None) -> None:
        """After all have been forgotten, the server is filled anew."""
        self.own.forget(entries)
        if entries is None:
            ServerIndex.objects.all().delete()
            Unsent.objects.all().delete()
        else:
            _note(entries)

    def keep_up(self, generation: int) -> None:
        ServerIndex.objects.update(generation=generation)

    def find(
        self,
        query: Query,
        most: int,
        *,
        marks: Collection[str] = (),
        of_one_time: bool = False,
        within: Any = None,
        where: Where = Where.ANYWHERE,
    ) -> list[int]:
        """One statement more. What is `within` is always found by the database."""
        how: Any = {"marks": marks, "of_one_time": of_one_time, "within": within, "where": where}
        if within is not None:
            return self.own.find(query, most, **how)
        fields = LOOKED_FOR_IN[where]
        narrowed = [{"term": {"marks": mark}} for mark in marks]
        asked = {
            "filter": [*(_either(clause, fields) for clause in query.wanted), *narrowed],
            "must_not": [_either(clause, tuple(BOOSTS)) for clause in query.unwanted],
        }
        return _keys(
            {"query": {"bool": asked}, "size": most, "sort": [{"key": "desc"}]},
            lambda: self.own.find(query, most, **how),
        )

    def best_first(self, query: Query, keys: Collection[int]) -> list[int]:
        """One statement more."""
        wanted = [_either(clause, tuple(BOOSTS), BOOSTS) for clause in query.wanted]
        asked = {"must": wanted, "filter": [{"terms": {"key": [*keys]}}]}
        order = ["_score", {"key": "desc"}]
        return _keys(
            {"query": {"bool": asked}, "size": len(keys), "sort": order},
            lambda: self.own.best_first(query, keys),
        )

    def among(self, keys: Collection[int]) -> RawSQL:
        return self.own.among(keys)

    def count(self, changes: dict[str, int]) -> None:
        self.own.count(changes)

    def near(self, word: str, most: int) -> list[tuple[str, int]]:
        return self.own.near(word, most)

    def starting(self, prefix: str, most: int) -> list[tuple[str, int]]:
        return self.own.starting(prefix, most)


def _note(entries: Sequence[int]) -> None:
    """These are to be sent, once this transaction has come about. Two statements."""
    if not ServerIndex.objects.exists():
        return
    Unsent.objects.bulk_create([Unsent(entry_id=key) for key in entries])
    from iomsite.search.following import send_now  # which knows what the engines are told

    transaction.on_commit(send_now)


def index_in_step() -> str:
    """The index that has all that this database has; none while something is unsent."""
    return ServerIndex.objects.in_step().values_list("name", flat=True).first() or ""


def _keys(asked: dict[str, Any], instead: Callable[[], list[int]]) -> list[int]:
    """From the server; where it cannot say, from whom is asked `instead`."""
    if silence or not (index := index_in_step()):
        return instead()
    asked |= {"track_total_hits": False, "_source": False, "stored_fields": "_none_"}
    asked["docvalue_fields"] = ["key"]
    try:
        found = client().search(index=index, body=asked)
        return [hit["fields"]["key"][0] for hit in found["hits"]["hits"]]
    except Exception as error:  # whatever it is: the database can answer
        silence.begin(error)
        return instead()


def _either(
    clause: Clause, fields: tuple[str, ...], boosts: dict[str, int] | None = None
) -> dict[str, Any]:
    """One of the phrases of a clause in one of these fields."""
    found = [
        _phrase(field, phrase, (boosts or {}).get(field, 1))
        for phrase in (clause.stems, *clause.others)
        for field in fields
    ]
    return {"bool": {"should": found, "minimum_should_match": 1}}


def _phrase(field: str, stems: Sequence[str], boost: int) -> dict[str, Any]:
    if len(stems) == 1:
        return {"term": {field: {"value": stems[0], "boost": boost}}}
    return {"match_phrase": {field: {"query": " ".join(stems), "boost": boost}}}
