"""Evidence packages: which there are, ordering one, fetching one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from console.api.exports import ExportJob, told
from console.bearer import Exports, Given, Reads, api_router
from console.desk import desk_of
from console.handing import hand_out_package
from console.numbers import LARGEST_ID
from console.ordering import evidence_order, ordered
from console.pages.cases import found as found_case
from console.pages.exports import found
from console.reasons import LONGEST_WHY
from console.shapes import FILE, Before, Id, shaped
from storage.package_lists import find_packages, stamps_waiting

router = api_router("packages")
Name = Annotated[str, Path(max_length=120)]


class Package(BaseModel):
    name: str
    case_id: int
    state: Literal["sealed", "pending", "failed"]
    made_at: datetime
    made_by: str
    sha256: str = Field(description="of the file as written last; empty: not written yet")


class PackagePage(BaseModel):
    packages: list[Package]
    stamps_waiting: int = Field(description="timestamps that an authority still owes")
    next: int | None = Field(description="`before` of the next page; null after the last")


class PackageWanted(Given):
    case: Id
    capture: bool = Field(
        default=False, description="first capture its flagged pages that no capture has brought"
    )
    why: str = Field(
        default="",
        max_length=LONGEST_WHY,
        description="why contacts are needed in full; goes into the audit, blanks are none",
    )


@router.get("/packages")
def packages(
    request: Request,
    _one: Reads,
    case: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    before: Before = None,
) -> PackagePage:
    """The newest first."""
    engine = desk_of(request).engine
    rows, end = find_packages(engine, case_id=case, before=before)
    return PackagePage(
        packages=[shaped(Package, row) for row in rows],
        stamps_waiting=stamps_waiting(engine),
        next=end,
    )


@router.post("/packages")
def order_package(request: Request, one: Exports, said: PackageWanted) -> ExportJob:
    """As a job: GET /exports/{id} says when it is done. It takes the scope unmask and a reason."""
    desk = desk_of(request)
    found_case(request, said.case)
    number = ordered(
        desk, evidence_order(desk.engine, said.case, one, said.why, capture=said.capture), one
    )
    return told(request, found(request, number))


@router.get("/packages/{name}", response_class=Response, responses=FILE)
def package_file(request: Request, one: Exports, name: Name) -> Response:
    """With originals unmasked, for proof only: it takes the scope unmask as well. Who fetched it
    is in audit and custody."""
    return hand_out_package(desk_of(request), one, name)
