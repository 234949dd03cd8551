"""Finds the rows of a long table that may hold some letters anywhere in their words.

PostgreSQL takes an index of triples of letters by itself when it is asked for `icontains`. SQLite
has such an index as a table (FTS5) beside the other, which triggers keep as it is: whatever writes,
forms, `loaddata` or plain SQL, writes there too, and needs no statement more. It says which rows to
look at; `icontains` has the last word.

A migration that makes SQLite build the table anew takes its triggers away, and has to call `create`
again at its end. Until then all rows are looked at, as without an index.
"""

import json
import string
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction
from django.db.models import BigIntegerField, F, Func
from django.db.models.expressions import RawSQL
from django.utils.text import smart_split, unescape_string_literal

from iomsite.indexes import BY_THE_DOZEN

# What SQLite holds to be the same letter.
SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
TRIPLE = 3
# Stands between the columns of a row, and behind the last, so that each letter begins a triple.
BETWEEN = "char(31)"
# No text has these letters, which come after all others.
LAST = chr(0x10FFFF) * TRIPLE
# So few rows are read, and put in order, at once. Of more, the first ones are met soon enough when
# the list is read in its order; of very many, even without looking where they are.
FEW, MANY = 2_000, 20_000
# Nobody types more than that, and the index has a limit.
LONGEST, MOST_WORDS = 60, 10


@dataclass(frozen=True)
class Substrings:
    """The index of a table for these columns of text.

    It holds `only` the rows that have this column empty; searches are among those.
    """

    table: str
    columns: Sequence[str]
    only: str = ""

    @property
    def name(self) -> str:
        return f"{self.table}_letters"

    @property
    def triggers(self) -> list[str]:
        return [f"{self.name}_{end}" for end in ("came", "went", "changed")]

    def create(self, schema_editor: Any) -> None:
        """Anew, if it was there. On PostgreSQL beside those who write, outside a transaction."""
        self.drop(schema_editor)
        link = schema_editor.connection
        if link.vendor == "postgresql":
            _execute(schema_editor, self._on_postgresql(_beside(link)))
        else:
            with transaction.atomic(link.alias):
                _execute(schema_editor, self._on_sqlite())

    def drop(self, schema_editor: Any) -> None:
        link = schema_editor.connection
        if link.vendor == "postgresql":
            _execute(schema_editor, self._gone_from_postgresql(_beside(link)))
        else:
            _execute(schema_editor, self._gone_from_sqlite())

    def _on_postgresql(self, beside: str) -> Iterator[str]:
        """As `icontains` asks."""
        columns = ", ".join(f'upper("{one}"::text) gin_trgm_ops' for one in self.columns)
        yield "CREATE EXTENSION IF NOT EXISTS pg_trgm"
        yield (
            f"CREATE INDEX {beside} {self.name} ON {self.table} USING gin ({columns})"
            f" WITH ({BY_THE_DOZEN}) WHERE {self._is_held()}"
        )
        # The planner asks no index of some rows alone how often letters are there. Not knowing, it
        # would put all rows that have a frequent word in order.
        for one in self.columns:
            yield f'CREATE STATISTICS {self.name}_{one} ON (upper("{one}"::text)) FROM {self.table}'
        yield f"ANALYZE {self.table}"

    def _on_sqlite(self) -> Iterator[str]:
        name, table = self.name, self.table
        yield (
            f"CREATE VIRTUAL TABLE {name} USING fts5(letters, content = '', columnsize = 0,"
            " tokenize = 'trigram case_sensitive 1')"
        )
        yield f"CREATE VIRTUAL TABLE {name}_known USING fts5vocab({name}, row)"
        come = f"INSERT INTO {name}(rowid, letters)"
        yield f"{come} SELECT id, {self._letters()} FROM {table} WHERE {self._is_held()}"
        come = f"{come} SELECT new.id, {self._letters('new.')} WHERE {self._is_held('new.')};"
        # What is not kept there has to be told to be taken out.
        go = f"INSERT INTO {name}({name}, rowid, letters)"
        go = f"{go} SELECT 'delete', old.id, {self._letters('old.')} WHERE {self._is_held('old.')};"
        told_by = filter(None, ("id", *self.columns, self.only))
        differs = " OR ".join(f'old."{one}" IS NOT new."{one}"' for one in told_by)
        came, went, changed = (f"CREATE TRIGGER {trigger}" for trigger in self.triggers)
        yield f"{came} AFTER INSERT ON {table} BEGIN {come} END"
        yield f"{went} AFTER DELETE ON {table} BEGIN {go} END"
        yield f"{changed} AFTER UPDATE ON {table} WHEN {differs} BEGIN {go} {come} END"

    def _gone_from_postgresql(self, beside: str) -> Iterator[str]:
        yield f"DROP INDEX {beside} IF EXISTS {self.name}"
        for one in self.columns:
            yield f"DROP STATISTICS IF EXISTS {self.name}_{one}"

    def _gone_from_sqlite(self) -> Iterator[str]:
        for trigger in self.triggers:
            yield f"DROP TRIGGER IF EXISTS {trigger}"
        yield f"DROP TABLE IF EXISTS {self.name}_known"
        yield f"DROP TABLE IF EXISTS {self.name}"

    def _letters(self, of: str = "") -> str:
        said = f" || {BETWEEN} || ".join(f'{of}"{one}"' for one in self.columns)
        return f"lower({said} || {BETWEEN} || {BETWEEN})"

    def _is_held(self, of: str = "") -> str:
        return f'{of}"{self.only}" IS NULL' if self.only else "true"

    def narrowed(self, rows: Any, typed: str, paths: Collection[str]) -> Any:
        """Without most of the rows that have not all these words somewhere in these columns."""
        link = connections[rows.db]
        if link.vendor != "sqlite" or not set(paths) <= set(self.columns):
            return rows
        if not (asked := self._asked(words_of(typed), link)):
            return rows
        with link.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), json_group_array(rowid), (SELECT count(*) FROM sqlite_master"
                " WHERE type = 'trigger' AND name IN (SELECT value FROM json_each(%s))) FROM"
                f" (SELECT rowid FROM {self.name} WHERE {self.name} MATCH %s LIMIT %s)",
                [json.dumps(self.triggers), asked, MANY + 1],
            )
            number, keys, triggers = cursor.fetchone()
        if number > MANY or triggers < len(self.triggers):
            return rows
        # With a sign, so that the list is read in its order and not these rows first.
        sign = "+" if number > FEW else ""
        key = Func(F("pk"), template=f"{sign}%(expressions)s", output_field=BigIntegerField())
        found = RawSQL("SELECT value FROM json_each(%s)", [keys])
        return rows.alias(looked_at=key).filter(looked_at__in=found)

    def _asked(self, words: Iterable[str], link: Any) -> str:
        """In the language of FTS5. Short words count only where there is no longer one."""
        words = [word.translate(SMALL)[:LONGEST] for word in words if word and "\0" not in word]
        words = words[:MOST_WORDS]
        if longer := [_quoted(word) for word in words if len(word) >= TRIPLE]:
            return " AND ".join(longer)
        found = (self._triples(word, link) for word in words)
        return " AND ".join(f"({' OR '.join(map(_quoted, some))})" for some in found if some)

    def _triples(self, word: str, link: Any) -> list[str]:
        """Those that begin so; none where so many rows have them that looking is no use."""
        triples, rows = [], 0
        with link.cursor() as cursor:
            cursor.execute(
                f"SELECT term, doc FROM {self.name}_known WHERE term >= %s AND term < %s",
                [word, word + LAST],
            )
            for triple, number in cursor:
                triples.append(triple)
                rows += number
                if rows > MANY:
                    return []
        return triples or [word + LAST]


def _beside(link: Any) -> str:
    return "" if link.in_atomic_block else "CONCURRENTLY"


def _execute(schema_editor: Any, statements: Iterable[str]) -> None:
    for statement in statements:
        schema_editor.execute(statement, params=None)


def words_of(typed: str) -> list[str]:
    """As the admin takes a question apart."""
    return [
        unescape_string_literal(word) if word[0] in "\"'" and word[0] == word[-1] else word
        for word in smart_split(typed)
    ]


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'
