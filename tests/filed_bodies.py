"""An invented directory of filed bodies."""

from __future__ import annotations

from datetime import date

from classifiers.directory import Directory, build_directory
from storage.records import FiledKind, Filing

AS_OF = date(2026, 3, 1)
SCHOOL = "郑州市匠心职业培训学校"
FACTORY = "河南中原巧匠机械有限公司"
CENTRE = "洛阳云帆职业技能鉴定所"
NUMBER = "S000041000123"


def filing(body: str = SCHOOL, **changes: object) -> Filing:
    values: dict[str, object] = {
        "body": body,
        "kind": FiledKind.SOCIAL,
        "occupation": "电工",
        "level": "三级",
        "audience": "社会",
        "region": "郑州市",
        "filing_no": NUMBER,
        "valid_to": date(2027, 12, 31),
        **changes,
    }
    return Filing(**values)  # type: ignore[arg-type]


def rows() -> list[Filing]:
    return [
        *(filing(level=level) for level in ("五级", "四级", "三级")),
        filing(kind=FiledKind.TRAINING, level="五级", filing_no=""),
        filing(
            FACTORY,
            kind=FiledKind.EMPLOYER,
            occupation="车工",
            audience="本单位",
            region="河南省",
            filing_no="Y000041000999",
            valid_to=None,
        ),
        filing(
            CENTRE,
            kind=FiledKind.ASSESSMENT,
            occupation="育婴员",
            region="洛阳市",
            filing_no="",
            valid_to=date(2024, 12, 31),
        ),
    ]


def directory(*more: Filing, former: tuple[str, ...] = ()) -> Directory:
    return build_directory([*rows(), *more], as_of=AS_OF, former=former)
