"""A page from a web archive is read as what it was, when it was."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.archived import unarchived


@pytest.mark.parametrize(
    "url",
    [
        "https://web.archive.org/web/20201024152917id_/https://a.example/b?q=1&x=2",
        "http://web.archive.org/web/20201024152917/https://a.example/b?q=1&x=2",
        "https://web.archive.org/web/20201024152917if_/https:/a.example/b?q=1&x=2",
    ],
)
def test_the_address_and_the_moment_are_told_apart(url):
    moment = datetime(2020, 10, 24, 15, 29, 17, tzinfo=UTC)
    assert unarchived(url) == ("https://a.example/b?q=1&x=2", moment)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/web/20201024152917/https://b.example/",
        "https://web.archive.org/web/20201399999999/https://a.example/",
        "https://web.archive.org/",
        "",
    ],
)
def test_every_other_address_stays_as_it_is(url):
    assert unarchived(url) == (url, None)
