"""What a player of web archives needs of an evidence package: WACZ, index, pages."""

from __future__ import annotations

import gzip
import hashlib
import json
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import Engine
from warcio.archiveiterator import ArchiveIterator

from evidence.cdx import CdxLine, indexed, lines_of, surt
from evidence.digests import sm3_of
from storage.captures import keep
from storage.database import write
from storage.snapshots import SnapshotStore
from tests.evidence_case import (
    HTML,
    URL,
    a_captured_case,
    a_case,
    capture,
    opened,
    unsealed,
    warc,
)
from tests.makers import NOON

A_WARC = warc()  # ids and so lengths differ each time one is made


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore("", tmp_path)


@pytest.fixture
def kind() -> str:
    """One database is enough here; what is SQL is tested on both elsewhere."""
    return "sqlite"


def test_the_datapackage_lists_every_other_file_two_names_deep(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    """As `wacz validate` 0.6 checks it."""
    a_captured_case(engine, store)
    files = opened(unsealed(engine, tmp_path).path)
    described = json.loads(files["datapackage.json"])
    assert (described["profile"], described["wacz_version"]) == ("data-package", "1.1.1")
    listed = {row["path"]: row for row in described["resources"]}
    assert set(listed) == set(files) - {"datapackage.json", "datapackage-digest.json"}
    for path, row in listed.items():
        assert path.count("/") == 1
        assert row["hash"] == "sha256:" + hashlib.sha256(files[path]).hexdigest()
        assert row["bytes"] == len(files[path])
    digest = json.loads(files["datapackage-digest.json"])
    assert digest["hash"] == "sha256:" + hashlib.sha256(files["datapackage.json"]).hexdigest()


def test_rows_of_json_lines_have_a_field_in_common_with_the_first(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    """`wacz validate` takes them for tables, and a row without any column for a blank one."""
    a_captured_case(engine, store)
    unsealed(engine, tmp_path)
    files = opened(unsealed(engine, tmp_path).path)
    for name in ("evidence/custody.jsonl", "pages/pages.jsonl"):
        first, *others = (json.loads(row) for row in files[name].splitlines())
        assert others
        assert all(first.keys() & other.keys() for other in others)


def test_each_page_leads_through_the_index_to_its_record(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    made = a_captured_case(engine, store)
    files = opened(unsealed(engine, tmp_path).path)
    head, page = (json.loads(row) for row in files["pages/pages.jsonl"].splitlines())
    assert head["format"] == "json-pages-1.0"
    assert (page["url"], page["id"]) == (URL, made.id)
    lines = gzip.decompress(files["indexes/index.cdx.gz"]).decode().splitlines()
    (line,) = [one for one in lines if one.startswith(surt(URL) + " ")]
    facts = json.loads(line.split(" ", 2)[2])
    start, length = int(facts["offset"]), int(facts["length"])
    record_bytes = files[f"archive/{facts['filename']}"][start : start + length]
    (record,) = list_records(record_bytes)
    assert record == (URL, HTML)
    assert page["ts"].replace("-", "").replace(":", "")[:8] == line.split(" ")[1][:8]


def list_records(data: bytes) -> list[tuple[str, bytes]]:
    return [
        (record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read())
        for record in ArchiveIterator(BytesIO(data))
    ]


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.School.example/A/B?b=2&a=1", "example,school)/a/b?a=1&b=2"),
        ("https://school.example:8443/", "example,school:8443)/"),
        ("https://school.example", "example,school)/"),
        ("urn:view:http://x.example/", "urn:view:http://x.example/"),
        ("http://[broken/", "http://[broken/"),
    ],
)
def test_a_url_is_turned_round_for_the_index(url: str, key: str) -> None:
    assert surt(url) == key


@given(some.lists(some.text("abcdef/:.?& ", min_size=1, max_size=12), max_size=40))
def test_the_blocks_of_an_index_are_found_where_it_says(urls: list[str]) -> None:
    lines = [
        CdxLine(surt(f"http://x.example/{url}"), "20261123040000", "{}", "", "") for url in urls
    ]
    data, heads = indexed(lines * 20)
    found = []
    for row in heads.decode().splitlines()[1:]:
        place = json.loads(row.split(" ", 2)[2])
        block = data[place["offset"] : place["offset"] + place["length"]]
        found += gzip.decompress(block).decode().splitlines()
    assert found == sorted({f"{one.key} {one.timestamp} {one.facts}" for one in lines})


def test_a_warc_that_is_none_is_packed_and_named(
    engine: Engine, tmp_path: Path, store: SnapshotStore
) -> None:
    a_case(engine)
    whole = capture(store)
    junk = store.put(b"no warc at all", "warc", URL, NOON)
    artefacts = tuple(
        replace(one, sha256=junk.sha256, size=junk.size, sm3=sm3_of(b"no warc at all"))
        if one.kind == "warc"
        else one
        for one in whole.artefacts
    )
    with write(engine) as connection:
        keep(connection, replace(whole, artefacts=artefacts))
    made = unsealed(engine, tmp_path)
    assert [(lack.what, lack.why) for lack in made.lacks] == [("index", "no_warc")]
    assert opened(made.path)[f"archive/{whole.id}.warc.gz"] == b"no warc at all"


@given(some.data())
def test_a_damaged_warc_is_a_value_error_and_nothing_else(data: some.DataObject) -> None:
    damaged = bytearray(A_WARC)
    for place in data.draw(some.lists(some.integers(0, len(damaged) - 1), max_size=4)):
        damaged[place] ^= data.draw(some.integers(1, 255))
    cut = data.draw(some.integers(0, len(damaged)))
    with suppress(ValueError):
        list(lines_of(BytesIO(bytes(damaged[:cut])), "x.warc.gz"))
