"""Concepts that come from tables of names instead of word lists: organs, titles, lawful names."""

from __future__ import annotations

from collections.abc import Iterator

from classifiers.authorities import find_authorities
from classifiers.catalogue import find_jobs
from classifiers.lawful_names import find_lawful_names

JOB_ENTRY = "job_entry"  # the law forbids the job without the certificate
LISTED = "listed_title"  # in the catalogue of professional qualifications
UNLISTED = "unlisted_title"  # known from advertisements, not in the catalogue
LAWFUL_NAME = "lawful_name"  # lawfully carries 中国, 国家, 全国 or 中华
ORGAN = "organ"
FORMER_ORGAN = "former_organ"
NAMES = (JOB_ENTRY, LISTED, UNLISTED, LAWFUL_NAME, ORGAN, FORMER_ORGAN)


def named_places(text: str) -> Iterator[tuple[str, int, int]]:
    """Concept, start and end of every name in a folded text."""
    for job in find_jobs(text):
        yield LISTED if job.in_catalogue else UNLISTED, job.start, job.end
        if job.job_entry:
            yield JOB_ENTRY, job.start, job.end
    for name in find_lawful_names(text):
        yield LAWFUL_NAME, name.start, name.end
    for organ in find_authorities(text):
        yield FORMER_ORGAN if organ.former else ORGAN, organ.start, organ.end
