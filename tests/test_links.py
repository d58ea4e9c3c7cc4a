"""Who belongs together, by what, and what links nobody; the web of one advertiser and its files."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
from PIL import Image, ImageDraw
from sqlalchemy import Engine

from crawler.page_marks import page_marks
from crawler.page_shape import page_shape
from crawler.picture_eye import PictureEye
from crawler.picture_hash import distance, picture_hash
from crawler.picture_scan import Scan, scan_bytes
from door.links_report import graph_of
from exports.graphml import Edge, Node, write_graphml
from pipelines.codes import ReadCodes
from pipelines.mark import Mark
from storage.bilingual import Problem
from storage.cases import decide, get_case, list_cases
from storage.common_keys import MANY, MANY_MOBILE, known_common, most_authors
from storage.database import read
from storage.kinship import Tie, counts
from storage.links import web_of
from storage.raises import raises_of
from storage.records import CaseStatus, Contacts, Lease, Page
from storage.snapshots import SnapshotStore
from storage.takedown_acts import approve, record_sent
from storage.takedown_states import ItemState
from storage.takedown_verdict import Seen
from storage.takedowns import due_items, get_item
from tests.makers import NOON, decision, flagged, innocent, judged, post, sight, visit
from tests.takedown_makers import AD, APPROVER, SENT, drafted, round_at, sending, sent, taken_down
from tests.test_case_commands import Typist

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = SENT + 30 * DAY
PHONE, OTHER_PHONE = "13800000000", "13911110000"
NOBODY = Contacts()
MILD = judged(score=0.5)


def seen(engine: Engine, address: str, *, seed: int, marks: object = (), **changes: object) -> int:
    """A flagged post somewhere; the case it came into."""
    values = {"contacts": NOBODY, "author": f"某号{seed}", **changes}
    sighting = flagged(post(address, **values), seed=seed, judgement=MILD, marks=marks)
    sight(engine, sighting, now=LATER)
    return max(row.id for row in list_cases(engine))


def raises(engine: Engine, case: int):
    with read(engine) as connection:
        return raises_of(connection, case)


def urls(engine: Engine, case: int) -> list[str]:
    return [one.post.url for one in web_of(engine, case).posts]


# ---- coming back --------------------------------------------------------------------------------


def down(engine: Engine, **changes: object) -> int:
    """An item that was verified as removed; its number."""
    return taken_down(engine, sent(engine, **changes).id).id


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            {"contacts": Contacts(phones=(PHONE,))},
            {"contacts": Contacts(phones=("138 0000 0000",))},
            "电话",
        ),
        (
            {"contacts": Contacts(wechat=("yuesao_01",))},
            {"contacts": Contacts(wechat=("YueSao_01",))},
            "微信",
        ),
        (
            {"contacts": Contacts(qq=("100000001",))},
            {"contacts": Contacts(qq=("100000001",))},
            "QQ",
        ),
        ({"icp": "豫ICP备10000000号-1"}, {"icp": "豫ICP备10000000号-9"}, "备案号"),
    ],
)
def test_an_advertiser_that_was_taken_down_is_known_by_what_it_leaves(engine, before, after, told):
    down(engine, **{"contacts": NOBODY, **before})
    plain = seen(engine, "http://stranger.example/1", seed=7)
    case = seen(engine, "http://new.example/1", seed=8, **after)
    (why,) = raises(engine, case)
    assert told in why.why.zh
    assert "E4-01" in why.why.zh
    assert why.other_case == 1
    assert get_case(engine, case).priority == get_case(engine, plain).priority + 20
    assert raises(engine, plain) == []


def test_the_same_account_on_a_platform_is_known_again(engine):
    down(engine, platform="weibo", author_id="123", contacts=NOBODY)
    case = seen(engine, "http://weibo.example/2", seed=8, platform="weibo", author_id="123")
    assert "账号" in raises(engine, case)[0].why.zh


def test_a_clone_in_structure_and_pictures_is_known_and_either_alone_is_not(engine):
    shape, picture = ("structure", "a" * 16), ("picture", "0f0f0f0f0f0f0f0f")
    sight(engine, flagged(post(AD, contacts=NOBODY), seed=1, marks=(shape, picture)))
    decide(engine, decision(1))
    approve(engine, drafted(engine), APPROVER, NOON + HOUR)
    record_sent(engine, 1, sending())
    taken_down(engine, 1)
    near = ("picture", "0f0f0f0f0f0f0f0e")
    far = ("picture", "f0f0f0f0f0f0f0f0")
    one = seen(engine, "http://clone.example/1", seed=7, marks=(shape,))
    two = seen(engine, "http://clone.example/2", seed=8, marks=(near,))
    both = seen(engine, "http://copy.example/3", seed=9, marks=(shape, near))
    none = seen(engine, "http://copy2.example/3", seed=10, marks=(shape, far))
    assert [bool(raises(engine, case)) for case in (one, two, both, none)] == [
        False,
        False,
        True,
        False,
    ]
    assert "结构" in raises(engine, both)[0].why.zh


def test_words_copied_as_they_stand_are_known_and_words_alike_alone_are_not(engine):
    down(engine, contacts=NOBODY)
    copied = seen(engine, "http://copy.example/1", seed=1)
    assert "文字" in raises(engine, copied)[0].why.zh
    sighting = flagged(post("http://like.example/1", contacts=NOBODY), seed=1, changed=20)
    sight(engine, sighting, now=LATER)
    assert raises(engine, max(row.id for row in list_cases(engine))) == []


def test_what_was_only_seen_gone_but_never_verified_raises_nothing(engine):
    item = sent(engine)
    round_at(engine, item.id, 24)
    case = seen(engine, "http://new.example/1", seed=8, contacts=Contacts(phones=(PHONE,)))
    assert raises(engine, case) == []


def test_an_innocent_post_is_neither_linked_nor_raised(engine):
    down(engine)
    sight(engine, innocent(post("http://new.example/1")), now=LATER)
    assert [row.id for row in list_cases(engine)] == [1]


def test_a_reason_does_not_tell_the_contact(engine):
    down(engine)
    case = seen(engine, "http://new.example/1", seed=8, contacts=Contacts(phones=(PHONE,)))
    assert PHONE not in raises(engine, case)[0].why.zh


def test_ten_posts_of_one_advertiser_raise_its_case_once(engine):
    down(engine)
    for number in range(10):
        address = f"http://new.example/{number}"
        seen(engine, address, seed=8, contacts=Contacts(phones=(PHONE,)))
    case = max(row.id for row in list_cases(engine))
    assert len(raises(engine, case)) == 1


def test_a_sweep_that_meets_the_old_url_again_has_it_looked_at_at_once(engine):
    item = down(engine)
    assert due_items(engine, SENT + 97 * HOUR) == []
    sight(engine, flagged(post(AD)), now=SENT + 97 * HOUR)
    assert [one.id for one in due_items(engine, SENT + 97 * HOUR)] == [item]
    assert get_item(engine, item).state is ItemState.VERIFIED  # a sweep decides nothing
    round_at(engine, item, 98, Seen.OFFENDING)
    assert get_item(engine, item).state is ItemState.REAPPEARED
    assert get_case(engine, 1).status is CaseStatus.WAITING


# ---- what links nobody --------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["12333", "12377", "037112333", "01012377", "95588", "10086"])
def test_an_offices_number_links_nobody(number):
    assert known_common("phone", number) is not None


@pytest.mark.parametrize("number", [PHONE, "037165000000", "4001234567", "01065123330"])
def test_anybodys_own_number_may_link(number):
    assert known_common("phone", number) is None


def test_two_strangers_who_both_print_the_office_are_no_kin(engine):
    office = Contacts(phones=("0371-12333",))
    first = seen(engine, "http://one.example/1", seed=1, contacts=office)
    seen(engine, "http://two.example/1", seed=2, contacts=office)
    web = web_of(engine, first)
    assert [one.post.url for one in web.posts] == ["http://one.example/1"]
    assert ("phone", "037112333") in web.left_out


def test_a_platforms_host_links_nobody(engine):
    first = seen(engine, "http://blog.sina.com.cn/one", seed=1)
    seen(engine, "http://blog.sina.com.cn/two", seed=2)
    assert urls(engine, first) == ["http://blog.sina.com.cn/one"]


def test_a_number_many_unrelated_authors_print_links_nobody(engine):
    shared = Contacts(phones=("0371-60000000",))
    for number in range(MANY + 1):
        seen(engine, f"http://site-{number}.example/1", seed=100 + number, contacts=shared)
    web = web_of(engine, 1)
    assert len(web.posts) == 1
    assert str(MANY + 1) in web.left_out["phone", "037160000000"].zh


def test_one_mobile_number_on_fourteen_sites_is_one_advertisers(engine):
    shared = Contacts(phones=(PHONE,))
    for number in range(14):
        seen(engine, f"http://site-{number}.example/1", seed=100 + number, contacts=shared)
    web = web_of(engine, 1)
    assert len(web.posts) == 14
    assert ("phone", PHONE) not in web.left_out
    assert most_authors("phone", PHONE) == MANY_MOBILE > MANY == most_authors("wechat", PHONE)


# ---- one site, several people -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ({"author": "甲", "phone": PHONE}, {"author": "乙", "phone": OTHER_PHONE}, False),
        ({"author": "甲"}, {"author": "乙"}, False),
        ({"phone": PHONE}, {"phone": OTHER_PHONE}, False),
        ({"author": "甲", "phone": PHONE}, {"author": "甲", "phone": OTHER_PHONE}, True),
        ({"author": "甲", "phone": PHONE}, {"phone": PHONE}, True),
        ({"author": "甲"}, {}, True),
    ],
)
def test_strangers_on_one_forum_are_no_kin_and_one_owners_pages_are(engine, first, second, joined):
    for number, one in enumerate((first, second), 1):
        contacts = Contacts(phones=tuple(filter(None, (one.get("phone"),))))
        author = one.get("author", "")
        address = f"http://luntan.example/t/{number}"
        seen(engine, address, seed=number * 11, contacts=contacts, author=author)
    assert len(urls(engine, 1)) == (2 if joined else 1)


def test_strangers_under_a_shop_platforms_filing_are_no_kin(engine):
    for number, (author, phone) in enumerate((("甲", PHONE), ("乙", OTHER_PHONE)), 1):
        seen(
            engine,
            f"http://shop-{number}.example/a",
            seed=number * 11,
            author=author,
            contacts=Contacts(phones=(phone,)),
            icp=f"京ICP证100000号-{number}",
        )
    assert len(urls(engine, 1)) == 1


def test_a_stranger_on_the_forum_of_one_taken_down_is_not_raised(engine):
    down(engine, address="http://luntan.example/t/1", contacts=Contacts(phones=(PHONE,)))
    other = Contacts(phones=(OTHER_PHONE,))
    case = seen(engine, "http://luntan.example/t/2", seed=7, author="乙", contacts=other)
    assert raises(engine, case) == []


def test_an_edge_of_the_graph_joins_the_two_posts_that_are_alike(engine):
    """Two are found by the phone; the fourth is a copy of the third of them only."""
    phone = Contacts(phones=(PHONE,))
    for number in (1, 2, 3):
        seen(engine, f"http://s{number}.example/1", seed=number * 11, contacts=phone)
    other = Contacts(phones=(OTHER_PHONE,))
    copy = flagged(post("http://s4.example/1", contacts=other, author="丁"), seed=33, changed=2)
    sight(engine, copy, now=LATER)
    web = web_of(engine, 1)
    assert {link.row: link.via for link in web.links} == {2: (1,), 3: (1,), 4: (3,)}
    _, edges = graph_of(web, show_contacts=False)
    assert [(e.source, e.target) for e in edges if e.target.startswith("p")] == [("p4", "p3")]


def test_a_number_of_many_accounts_of_one_advertiser_still_links_them(engine):
    """They share a second contact besides, in a chain."""
    for number in range(MANY + 1):
        chain = Contacts(phones=("0371-60000000",), wechat=(f"kefu_{number}", f"kefu_{number + 1}"))
        seen(engine, f"http://site-{number}.example/1", seed=100 + number, contacts=chain)
    assert len(web_of(engine, 1).posts) == MANY + 1


def test_a_half_counts_only_with_another_kind_of_half():
    shape, other = Tie("structure", "a"), Tie("structure", "b")
    assert not counts([shape])
    assert not counts([shape, other])
    assert counts([shape, Tie("picture", "c")])
    assert counts([Tie("text", "0.97")])
    assert not counts([Tie("text", "0.90")])
    assert counts([Tie("text", "0.90"), shape])
    assert counts([Tie("phone", "1")])


# ---- the web ------------------------------------------------------------------------------------


def chain(engine: Engine) -> None:
    """one - two by phone, two - three by WeChat; four belongs to nobody."""
    seen(engine, "http://one.example/1", seed=1, contacts=Contacts(phones=(PHONE,)))
    both = Contacts(phones=(PHONE,), wechat=("yuesao_01",))
    seen(engine, "http://two.example/1", seed=2, contacts=both, title="<b>&\x01")
    last = Contacts(wechat=("yuesao_01",))
    seen(engine, "http://three.example/1", seed=3, contacts=last, author=f"某号{PHONE}")
    seen(engine, "http://four.example/1", seed=4, contacts=Contacts(phones=(OTHER_PHONE,)))


def test_the_web_goes_from_post_to_post_and_says_by_what(engine):
    chain(engine)
    web = web_of(engine, 1)
    assert [(one.post.url, one.distance) for one in web.posts] == [
        ("http://one.example/1", 0),
        ("http://two.example/1", 1),
        ("http://three.example/1", 2),
    ]
    assert [[tie.kind for tie in link.ties] for link in web.links] == [["phone"], ["wechat"]]
    assert not web.cut


def test_an_unknown_case_is_named(engine):
    with pytest.raises(Problem, match="no case 9"):
        web_of(engine, 9)


@pytest.fixture
def typed(engine, database_url, tmp_path, monkeypatch, capsys):
    chain(engine)
    typist = Typist(monkeypatch, capsys)
    typist.url, typist.home = database_url, tmp_path
    return typist


def test_how_much_it_is_stands_first_and_addresses_stand_whole(typed, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    first, *rest = typed("links", "1").stdout.splitlines()
    told = json.loads(typed("links", "1", "--json").stdout)
    cases = {page["case"] for page in told["pages"] if page["case"] is not None}
    assert f"案件 {len(cases)} 件" in first
    assert "网页 3 页" in first
    assert "账号（主办者）" in first
    assert [page["url"] for page in told["pages"]] == [
        line.strip() for line in rest if line.startswith("    ") and "关联：" not in line
    ]
    assert [line for line in rest if line.endswith("：") and not line.startswith(" ")] == [
        "本案：",
        "第 1 层：",
        "第 2 层：",
    ]
    assert "Linked to case 1" in typed("links", "1", lang="en").stdout


def test_a_telephone_number_in_an_address_is_masked_too(engine, typed):
    sight(engine, flagged(post(f"http://four.example/{PHONE}.html"), seed=77))
    case = max(row.id for row in list_cases(engine))
    for words in (("links", str(case)), ("links", str(case), "--json")):
        assert PHONE not in typed(*words).stdout, words
        assert PHONE in typed(*words, "--show-contacts").stdout


def test_the_table_masks_contacts_unless_asked(typed):
    done = typed("links", "1")
    assert done.returncode == 0, done.stderr
    assert "two.example" in done.stdout
    assert PHONE not in done.stdout
    assert "138****0000" in done.stdout
    assert PHONE in typed("links", "1", "--show-contacts").stdout
    assert "\x01" not in done.stdout


def test_the_json_masks_contacts_unless_asked(typed):
    told = json.loads(typed("links", "1", "--json").stdout)
    assert told["contacts_masked"] is True
    assert PHONE not in json.dumps(told)
    assert [page["step"] for page in told["pages"]] == [0, 1, 2]
    assert told["links"][0]["by"][0]["why"] == "同一电话"
    assert PHONE in typed("links", "1", "--json", "--show-contacts").stdout


def test_the_graph_is_sound_xml_whatever_strangers_wrote(typed, tmp_path):
    file = tmp_path / "web.graphml"
    assert typed("links", "1", "--graphml", str(file)).returncode == 0
    text = file.read_text(encoding="utf-8")
    assert PHONE not in text
    root = ET.fromstring(text)
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    nodes = {node.attrib["id"] for node in root.iterfind(".//g:node", space)}
    edges = [(e.attrib["source"], e.attrib["target"]) for e in root.iterfind(".//g:edge", space)]
    declared = {key.attrib["id"] for key in root.iterfind("g:key", space)}
    assert {end for edge in edges for end in edge} <= nodes
    assert {data.attrib["key"] for data in root.iterfind(".//g:data", space)} <= declared
    assert len([one for one in nodes if one.startswith("p")]) == 3
    again = typed("links", "1", "--graphml", str(file))
    assert again.returncode == 1
    assert "已经存在" in again.stderr


def test_every_sign_a_page_can_hold_leaves_the_graph_readable(tmp_path: Path):
    hostile = "".join(map(chr, range(0x300))) + "]]><!--\ud800\ufffe\U0001f600"
    nodes = [Node(id=hostile, facts={"label": hostile, hostile: hostile})]
    file = tmp_path / "hostile.graphml"
    write_graphml(file, nodes, [Edge(source=hostile, target=hostile, facts={"why": hostile})])
    root = ET.fromstring(file.read_text(encoding="utf-8"))
    assert root.tag.endswith("graphml")


# ---- marks --------------------------------------------------------------------------------------


def picture(size: tuple[int, int] = (400, 300), kind: str = "PNG", shift: int = 0) -> bytes:
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    width, height = size
    for n in range(6):
        box = [width * n // 8 + shift, height * (n % 3) // 5, width * (n + 1) // 8, height]
        draw.rectangle(box, fill=(40 * n, 30, 255 - 40 * n))
    data = io.BytesIO()
    image.save(data, kind)
    return data.getvalue()


def test_a_picture_is_known_again_after_scaling_and_another_encoding():
    first = picture_hash(picture())
    assert len(first) == 16
    for other in (picture((200, 150)), picture(kind="JPEG"), picture((1200, 900), "WEBP")):
        assert distance(first, picture_hash(other)) <= 3


def test_what_is_no_picture_or_says_nothing_has_no_hash():
    flat = io.BytesIO()
    Image.new("RGB", (300, 300), "red").save(flat, "PNG")
    icon = picture((32, 32))
    bomb = io.BytesIO()
    Image.new("1", (9000, 9000)).save(bomb, "PNG")
    for data in (
        b"",
        b"GIF89a",
        b"<html>",
        flat.getvalue(),
        icon,
        bomb.getvalue(),
        picture()[:200],
    ):
        assert picture_hash(data) == ""


def test_the_structure_of_a_clone_is_the_same_whatever_its_words_and_lengths():
    def site(name: str, rows: int) -> str:
        blocks = "".join(
            f"<div class='block{n % 9}{'abcdefghi'[n % 9]}'><h2>{name}</h2><ul>"
            + "<li><a href='#'>x</a></li>" * rows
            + "</ul></div>"
            for n in range(20)
        )
        head = "<header class='top'><nav id='menu'></nav></header>"
        return f"<html><body>{head}{blocks}<footer></footer></body></html>"

    assert page_shape(site("甲校", 3)) == page_shape(site("乙校", 9)) != ""
    assert page_shape(site("甲校", 3)) != page_shape(site("甲校", 3).replace("<ul>", "<ol>"))
    assert page_shape("<html><body><p>短</p></body></html>") == ""


def test_pictures_inside_a_page_are_marks_of_it_and_nothing_is_fetched():
    inlined = base64.b64encode(picture()).decode()
    body = f"<img src='data:image/png;base64,{inlined}'><img src='data:image/png;base64,QUJD'>"
    page = Page(
        url=AD,
        final_url=AD,
        status=200,
        headers=(),
        body=body.encode(),
        fetched_at=NOON,
        sha256="",
    )
    assert page_marks(page) == (("picture", picture_hash(picture())),)


class Spider:
    """The part of a sweep's spider that a step asks."""

    async def marks(self, page: Page) -> tuple[tuple[str, str], ...]:
        return (("structure", "a" * 16),)


@pytest.mark.parametrize(
    ("sightings", "marked"),
    [
        ([flagged(post(AD))], True),
        ([innocent(post(AD))], False),
        ([flagged(post("1", platform="weibo"))], False),
        ([flagged(post(AD)), flagged(post(AD + "2"))], False),
    ],
)
def test_only_the_one_flagged_post_of_an_open_web_page_is_marked(sightings, marked):
    lease = Lease(
        url_id=1,
        sweep_id=1,
        token="t",
        target_id=1,
        source="institution",
        url=AD,
        canonical=AD,
        depth=0,
        render=False,
        attempts=1,
    )
    step = Mark(SimpleNamespace(spider=Spider()))  # type: ignore[arg-type]
    done = asyncio.run(step.process_item(visit(lease, *sightings)))
    assert [bool(one.marks) for one in done.sightings] == [marked] * len(sightings)


class Scanner:
    """The part of a sweep's spider that fetches pictures: here it has one at hand."""

    async def scan(self, url: str, page_url: str, data: bytes = b"") -> Scan:
        with PictureEye() as eye:
            return await scan_bytes(eye, picture(), url, page_url)


def test_a_picture_of_a_flagged_post_is_a_mark_of_it(tmp_path):
    crawler = SimpleNamespace(spider=Scanner(), stats=None)
    tools = SimpleNamespace(store=SnapshotStore("", tmp_path), unseen=[])
    step = ReadCodes(tools, crawler)  # type: ignore[arg-type]
    shown = flagged(post(AD, images=("http://school.example/1.png",)), marks=(("structure", "a"),))
    lease = SimpleNamespace(canonical=AD, url=AD)
    done = asyncio.run(step.process_item(visit(lease, shown)))  # type: ignore[arg-type]
    wanted = (("structure", "a"), ("picture", picture_hash(picture())))
    assert done.sightings[0].marks == wanted
