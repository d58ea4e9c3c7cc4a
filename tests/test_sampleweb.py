"""The sample web: what it answers, and that its written truth is the truth of its pages."""

from __future__ import annotations

import base64
import gzip
import hashlib
import http.client
import json
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from benchmarks.replica_pages import page as replica_page
from door.sample_run import place_of
from door.sources import all_sources
from sampleweb import replicas
from sampleweb.replica_posts import replica_posts
from sampleweb.server import SampleWeb
from sampleweb.site import document, load_site, load_sites, shown, visible_text
from sampleweb.truth import TRUTH, truth_text
from storage.bilingual import Problem

SITES = load_sites()
ALL_TOLD = [json.loads(line) for line in TRUTH.read_text("utf-8").splitlines()]
TOLD = [told for told in ALL_TOLD if told["site"] in SITES]
POSTS_TOLD = [told for told in ALL_TOLD if told["site"] not in SITES]
OPENS = {"xiaohongshu": "?xsec_token=ABsample%3D"}  # a note opens only with its search's token
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


@pytest.fixture(scope="module")
def running() -> Iterator[SampleWeb]:
    with SampleWeb() as web:
        yield web


@pytest.fixture
def web(running: SampleWeb) -> SampleWeb:
    running.reset()
    return running


def ask(web: SampleWeb, url: str, method: str = "GET", proxy: bool = False, **headers) -> Answer:
    parts = urlsplit(url)
    target = url if proxy else parts._replace(scheme="", netloc="").geturl()
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
    try:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, target or "/", headers={"Host": parts.netloc, **sent})
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def page_of(url: str):
    parts = urlsplit(url)
    site = SITES[parts.netloc]
    return site, site.pages[parts.path]


def links(html: str, base: str) -> set[str]:
    found = {urljoin(base, href) for href in re.findall(r'<a[^>]*href="([^"#]+)"', html)}
    host = urlsplit(base).netloc
    return {url for url in found if urlsplit(url).netloc == host}


# ---- what it answers ---------------------------------------------------------------------------


def test_each_host_answers_with_its_own_home_page(web: SampleWeb):
    for host, site in SITES.items():
        answer = ask(web, f"http://{host}/")
        assert answer.status == 200
        home = site.pages["/"]
        said = site.name if home.rendered_only else home.title
        assert said in answer.body.decode(site.charset)


def test_a_host_nobody_has_is_not_found(web: SampleWeb):
    assert ask(web, "http://nobody.example/").status == 404


def test_routes_cover_both_invented_endings_and_the_platforms_over_tls(web: SampleWeb):
    here = f"127.0.0.1:{web.port}"
    routes = dict(web.routes)
    assert routes.pop("*.example") == routes.pop("*.test") == here
    assert set(routes) == set(replicas.HOSTS)
    [tls] = set(routes.values())
    assert tls != here


def test_a_platform_answers_over_tls_with_the_key_that_was_told(web: SampleWeb):
    address, port = web.routes["m.weibo.cn"].split(":")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection((address, int(port)), 5) as plain,
        context.wrap_socket(plain, server_hostname="m.weibo.cn") as secure,
    ):
        der = secure.getpeercert(binary_form=True)
    key = x509.load_der_x509_certificate(der).public_key()
    public = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert base64.b64encode(hashlib.sha256(public).digest()).decode() == web.pin


def test_a_request_in_absolute_form_is_answered_as_a_proxy_would(web: SampleWeb):
    straight = ask(web, "http://kuaizheng.example/faq.html")
    through = ask(web, "http://kuaizheng.example/faq.html", proxy=True, Host="127.0.0.1")
    assert through.status == 200
    assert through.body == straight.body


def test_only_reading_is_allowed(web: SampleWeb):
    assert ask(web, "http://odd.test/", "POST").status == 405


def test_head_gives_the_headers_without_the_body(web: SampleWeb):
    whole = ask(web, "http://odd.test/")
    head = ask(web, "http://odd.test/", "HEAD")
    assert head.body == b""
    assert head.headers["ETag"] == whole.headers["ETag"]


def test_old_pages_travel_as_gbk_and_say_gb2312(web: SampleWeb):
    answer = ask(web, "http://laozheng.example/zs/lao.html")
    assert answer.headers["Content-Type"] == "text/html; charset=gb2312"
    assert "原劳动部九十年代的绿皮本" in answer.body.decode("gbk")
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode("utf-8")


def test_one_old_page_lies_about_its_encoding_and_one_keeps_silent(web: SampleWeb):
    lying = ask(web, "http://laozheng.example/zs/badayuan.html")
    silent = ask(web, "http://laozheng.example/zs/hunhe.html")
    assert lying.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "原省建设厅" in lying.body.decode("gbk")
    assert silent.headers["Content-Type"] == "text/html"
    assert b"charset" not in silent.body
    assert "言正书" in silent.body.decode("gbk")


def test_three_redirects_lead_to_a_page(web: SampleWeb):
    url, seen = "http://odd.test/chain/1", []
    answer = ask(web, url)
    while answer.status in {301, 302, 307}:
        seen.append(answer.status)
        url = urljoin(url, answer.headers["Location"])
        answer = ask(web, url)
    assert seen == [301, 302, 307]
    assert "转了三次才到" in answer.text


def test_the_redirect_loop_never_leaves_itself(web: SampleWeb):
    assert ask(web, "http://odd.test/loop/a").headers["Location"] == "/loop/b"
    assert ask(web, "http://odd.test/loop/b").headers["Location"] == "/loop/a"


@pytest.mark.parametrize(
    ("path", "target"),
    [("loopback", "http://127.0.0.1/"), ("metadata", "http://169.254.169.254/")],
)
def test_redirects_into_the_inside_stand_ready_for_the_guard(web: SampleWeb, path, target):
    assert ask(web, f"http://odd.test/inward/{path}").headers["Location"] == target


@pytest.mark.parametrize(
    ("path", "status"),
    [("nothing-here.html", 404), ("gone.html", 410), ("broken.html", 500), ("captcha.html", 403)],
)
def test_errors_come_with_their_numbers(web: SampleWeb, path, status):
    assert ask(web, f"http://odd.test/{path}").status == status


def test_the_login_wall_is_a_quiet_200_with_a_password_field(web: SampleWeb):
    answer = ask(web, "http://odd.test/login.html")
    assert answer.status == 200
    assert 'type="password"' in answer.text


def test_the_busy_page_asks_to_wait_once_and_then_opens(web: SampleWeb):
    first = ask(web, "http://odd.test/busy.html")
    second = ask(web, "http://odd.test/busy.html")
    assert (first.status, first.headers["Retry-After"]) == (429, "1")
    assert second.status == 200


def test_the_slow_page_takes_as_long_as_the_switch_says(web: SampleWeb):
    web.set("slow", 0.3)
    before = time.monotonic()
    assert ask(web, "http://odd.test/slow.html").status == 200
    assert time.monotonic() - before >= 0.3


def test_an_unknown_switch_is_refused(web: SampleWeb):
    with pytest.raises(KeyError):
        web.set("fast", 1)


@pytest.mark.timeout(60)
def test_the_endless_page_still_flows_after_a_megabyte_and_does_not_hold_up_closing():
    with SampleWeb() as web:
        connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
        connection.request("GET", "/endless", headers={"Host": "odd.test"})
        with connection.getresponse() as answer:
            assert len(answer.read(1_000_000)) == 1_000_000
            web.close()
        connection.close()


def test_the_calendar_goes_on_with_a_new_session_in_every_link(web: SampleWeb):
    answer = ask(web, "http://trap.test/rili/?m=202612")
    again = ask(web, "http://trap.test/rili/?m=202612")
    assert "?m=202701&" in answer.text
    assert ";jsessionid=" in answer.text
    assert links(answer.text, "http://trap.test/rili/").isdisjoint(
        links(again.text, "http://trap.test/rili/")
    )
    hung = ask(web, "http://trap.test/rili/;jsessionid=00000003?m=202701")
    assert "?m=202702&" in hung.text


def test_a_page_known_by_tag_or_date_is_not_sent_again(web: SampleWeb):
    url = "http://xuelian.example/about/"
    first = ask(web, url)
    for headers in (
        {"If_None_Match": first.headers["ETag"]},
        {"If_Modified_Since": first.headers["Last-Modified"]},
    ):
        known = ask(web, url, **headers)
        assert (known.status, known.body) == (304, b"")
    other = ask(web, url, If_None_Match='"x"', If_Modified_Since=first.headers["Last-Modified"])
    assert other.status == 200


def test_a_date_that_is_none_is_ignored(web: SampleWeb):
    assert ask(web, "http://odd.test/", If_Modified_Since="yesterday").status == 200


def test_gzip_only_where_the_client_takes_it(web: SampleWeb):
    url = "http://xuelian.example/about/"
    packed = ask(web, url, Accept_Encoding="gzip, br")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == ask(web, url, Accept_Encoding="br").body


def test_the_long_page_is_long_and_hides_one_sentence(web: SampleWeb):
    answer = ask(web, "http://xuelian.example/daquan.html")
    assert len(answer.body) > 400_000
    assert answer.text.count("不留签到的走法") == 1


def test_robots_and_sitemap_stand_where_the_site_has_them(web: SampleWeb):
    robots = ask(web, "http://xuelian.example/robots.txt").text
    assert "Disallow: /neibu/" in robots
    assert "Sitemap: http://xuelian.example/sitemap.xml" in robots
    found = re.findall("<loc>(.*?)</loc>", ask(web, "http://xuelian.example/sitemap.xml").text)
    assert "http://xuelian.example/gushi/laozhou.html" in found
    assert not any("/neibu/" in url for url in found)
    assert ask(web, "http://jinpai.test/robots.txt").status == 404
    assert ask(web, "http://jinpai.test/sitemap.xml").status == 404


def test_hits_are_counted_by_path_and_by_family(web: SampleWeb):
    assert web.hits("xuelian.example", "/neibu/*") == 0
    ask(web, "http://xuelian.example/neibu/")
    ask(web, "http://xuelian.example/neibu/huashu.html?x=1")
    assert web.hits("xuelian.example", "/neibu/huashu.html") == 1
    assert web.hits("xuelian.example", "/neibu/*") == 2
    assert web.hits("xuelian.example") == 2
    assert web.hits("kuaizheng.example") == 0


def test_a_page_taken_down_answers_so_until_it_comes_back(web: SampleWeb):
    url = "http://kuaizheng.example/faq.html"
    before = ask(web, url)
    web.swap(url, status=404, html="该页面已删除")
    gone = ask(web, url)
    assert (gone.status, gone.text) == (404, "该页面已删除")
    web.restore(url)
    assert ask(web, url).body == before.body


def test_the_control_paths_answer_on_their_own_host_alone(web: SampleWeb):
    ask(web, "http://odd.test/")
    asked = "/__sample__/hits?host=odd.test&path=/"
    assert json.loads(ask(web, f"http://control.test{asked}").body) == {"hits": 1}
    assert ask(web, f"http://odd.test{asked}").status == 404
    turned = ask(web, "http://control.test/__sample__/set?name=slow&value=0.01", "POST")
    assert turned.status == 200
    wrong = ask(web, "http://control.test/__sample__/set?name=slow&value=soon", "POST")
    assert wrong.status == 400
    assert ask(web, "http://control.test/__sample__/set?name=slow&value=1").status == 404
    ask(web, "http://control.test/__sample__/reset", "POST")
    assert web.hits("odd.test") == 0


def test_the_scripted_site_shows_nothing_before_its_script_runs(web: SampleWeb):
    for page in SITES["tanpai.example"].pages.values():
        shell = ask(web, f"http://tanpai.example{page.path}").text
        built = json.loads(ask(web, f"http://tanpai.example/api/page?path={page.path}").body)
        for quote in page.quotes:
            assert quote not in shell
            assert quote in visible_text(built["html"])
    assert ask(web, "http://tanpai.example/api/page?path=/none.html").status == 404


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; the crawler's tests render it too")
def test_a_browser_sees_what_the_script_builds(web: SampleWeb):
    done = subprocess.run(
        [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--host-resolver-rules=MAP *.example 127.0.0.1:{web.port}",
            "--virtual-time-budget=5000",
            "--dump-dom",
            "http://tanpai.example/",
        ],
        capture_output=True,
        timeout=120,
        check=True,
    )
    assert "注册碳排放管理师职业资格" in done.stdout.decode()


def test_a_port_in_use_is_said_in_both_languages(web: SampleWeb):
    with pytest.raises(Problem) as told, SampleWeb(port=web.port):
        pass
    assert str(web.port) in told.value.text.zh
    assert str(web.port) in told.value.text.en


# ---- the truth ---------------------------------------------------------------------------------


def test_the_truth_file_says_what_the_pages_say():
    assert TRUTH.read_text("utf-8") == truth_text(SITES, replica_posts()), (
        "run: python -m sampleweb.truth"
    )


def test_every_page_of_the_truth_is_served(web: SampleWeb):
    for told in TOLD:
        _, page = page_of(told["url"])
        if not any(one["path"] == page.path for one in SITES[told["site"]].special):
            assert ask(web, told["url"]).status == page.status, told["url"]


def test_every_post_of_a_replica_has_its_truth_under_the_url_it_is_known_by():
    told = {one["url"]: one["offending"] for one in POSTS_TOLD}
    assert told == {post.permanent: post.offending for post in replica_posts()}
    for post in replica_posts():
        seen = all_sources()[post.platform]().read(
            replica_page(post.url + OPENS.get(post.platform, ""))
        )
        assert place_of(post.permanent) in {place_of(one.url) for one in seen.posts}


def test_every_quote_stands_in_the_visible_text():
    for told in TOLD:
        text = visible_text(shown(*page_of(told["url"])))
        assert all(quote in text for quote in told["quotes"]), told["url"]


def test_every_offence_has_code_clause_quote_and_reason_and_no_other_page_has():
    for told in ALL_TOLD:
        filled = bool(told["codes"]), bool(told["clauses"]), bool(told["quotes"])
        assert filled == (told["offending"],) * 3, told["url"]
        assert re.search("[\u4e00-\u9fff]", told["why"])
        assert all(re.fullmatch(r"[A-E]\d-\d\d", code) for code in told["codes"])
        assert set(told["clauses"]) <= set("一二三四")


def test_the_web_is_large_and_varied_enough():
    offending = [told for told in TOLD if told["offending"]]
    assert len(SITES) >= 10
    assert len(TOLD) >= 100
    assert len(offending) >= 65
    assert len(TOLD) - len(offending) >= 65
    for clause in "一二三四":
        assert sum(clause in told["clauses"] for told in offending) >= 15
    assert sum(told["kind"] == "disguised" for told in offending) >= 15
    assert sum(told["kind"] == "implied" for told in offending) >= 8


SLOGANS = re.compile(r"[包保]\W{0,2}过|挂靠|代考|免考|速成|拿证|上岗|职业资格|国家|全国|中国|中华")


def test_at_least_eight_offences_carry_no_slogan_word():
    silent = [
        told["url"]
        for told in TOLD
        if told["offending"]
        and told["kind"] == "implied"
        and not SLOGANS.search(visible_text(shown(*page_of(told["url"]))))
    ]
    assert len(silent) >= 8, silent


def test_one_advertiser_stands_on_two_sites_with_nearly_the_same_words():
    texts = [
        visible_text(shown(*page_of(url)))
        for url in ("http://kuaizheng.example/xiaofang.html", "http://jinpai.test/xf.html")
    ]
    pairs = [{text[at : at + 4] for at in range(len(text))} for text in texts]
    assert len(pairs[0] & pairs[1]) / len(pairs[0] | pairs[1]) > 0.4
    assert all("sample_wx_001" in text for text in texts)


def test_every_page_can_be_reached_from_its_home_page(web: SampleWeb):
    for host, site in SITES.items():
        if any(page.rendered_only for page in site.pages.values()):
            continue
        start = f"http://{host}/"
        seen, waiting = {start}, [start]
        while waiting:
            base = waiting.pop()
            page = site.pages.get(urlsplit(base).path)
            fresh = links(document(site, page), base) - seen if page else set()
            seen |= fresh
            waiting += fresh
        wanted = {f"http://{host}{page.path}" for page in site.linked()}
        assert wanted <= seen, host


def test_layouts_carry_no_list_of_titles():
    for site in SITES.values():
        assert not any("{{list" in layout for layout in site.layouts.values()), site.host


def test_phones_and_hosts_are_invented():
    phone = re.compile(r"(?<!\d)1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)")
    for told in TOLD:
        text = visible_text(shown(*page_of(told["url"])))
        for number in phone.findall(text):
            assert re.fullmatch(r"13[89]0000\d{4}", re.sub(r"\D", "", number)), number
        assert told["site"].endswith((".example", ".test"))


# ---- the format --------------------------------------------------------------------------------


def test_visible_text_joins_inline_tags_and_parts_blocks():
    html = "<title>t</title><p>包<b>过</b>\n 班</p><script>x</script><td>一</td><td>二&#8203;</td>"
    assert visible_text(html) == "包过 班\n一\n二\u200b"


def written(folder, head: str):
    (folder / "pages").mkdir(parents=True)
    (folder / "site.yaml").write_text("name: 一站", "utf-8")
    (folder / "layout.html").write_text("<h1>{{title}}</h1>{{body}}", "utf-8")
    (folder / "pages" / "a.html").write_text(f"---\n{head}\n---\n<p>正文</p>", "utf-8")
    return folder


@pytest.mark.parametrize(
    "head",
    ["path: [", "- a", "path: /\ntitle: 甲\ncolour: red"],
)
def test_a_wrong_front_matter_names_its_file(tmp_path, head):
    with pytest.raises(Problem) as told:
        load_site(written(tmp_path / "a.example", head))
    assert "a.html" in told.value.text.zh


@pytest.mark.parametrize(
    "head",
    [
        "offending: true\ncodes: [B4-02]\nquotes: [没有这句]\nwhy: 因为",
        "offending: true\ncodes: [B4-02]\nwhy: 因为",
        "offending: false\nkind: plain\nwhy: 因为",
        "offending: false\nkind: lawful",
        "offending: false\nkind: lawful\ncodes: [B4-02]\nwhy: 因为",
    ],
)
def test_a_truth_that_does_not_hold_is_refused(tmp_path, head):
    site = load_site(written(tmp_path / "a.example", f"path: /\ntitle: 甲\n{head}"))
    with pytest.raises(Problem) as told:
        truth_text({site.host: site})
    assert "a.html" in told.value.text.en


def test_an_unknown_placeholder_is_refused(tmp_path):
    site = load_site(written(tmp_path / "a.example", "path: /\ntitle: 甲"))
    (tmp_path / "a.example" / "pages" / "a.html").write_text(
        "---\npath: /\ntitle: 甲\n---\n{{nothing}}", "utf-8"
    )
    site = load_site(tmp_path / "a.example")
    with pytest.raises(Problem, match="nothing"):
        document(site, site.pages["/"])


def test_the_same_path_twice_is_refused(tmp_path):
    folder = written(tmp_path / "a.example", "path: /\ntitle: 甲")
    shutil.copy(folder / "pages" / "a.html", folder / "pages" / "b.html")
    with pytest.raises(Problem, match="used twice"):
        load_site(folder)
