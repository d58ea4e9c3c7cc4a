"""What the audit's lines say, for people: names of acts, and details without personal data."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from console.file_words import FORM_WORDS, KIND_WORDS, OFFICE_WORDS
from console.page import coded
from exports.masking import masked
from storage.bilingual import Bilingual
from storage.blacklist_pages import ACTS as LISTED
from storage.export_jobs import CAPTURE, EACH
from storage.platform_words import PLATFORMS, platform_said
from storage.reasons import REASONS, VERDICT_WORDS, WITHDRAWN, WITHDRAWN_WORDS
from storage.records import Contacts
from storage.takedown_words import SEEN_WORDS
from storage.users import ROLE_WORDS

ACTS: Mapping[str, Bilingual] = {
    "login": Bilingual("登录", "logged in"),
    "login.failed": Bilingual("登录失败", "failed to log in"),
    "password.failed": Bilingual("原密码不对", "gave a wrong own password"),
    "logout": Bilingual("退出", "logged out"),
    "case.read": Bilingual("查看案件", "read a case"),
    "case.claim": Bilingual("领取案件", "claimed a case"),
    "case.release": Bilingual("放回案件", "released a case"),
    "case.decide": Bilingual("判定案件", "decided a case"),
    "case.undo": Bilingual("撤销判定", "took a decision back"),
    "case.second": Bilingual("复核案件", "confirmed a case"),
    "case.split": Bilingual("拆分案件", "split a case"),
    "bulk.show": Bilingual("列出批次", "listed a batch"),
    "bulk.decide": Bilingual("批量判定", "decided a batch"),
    "bulk.undo": Bilingual("撤销批次", "undid a batch"),
    "export.ask": Bilingual("要求生成", "ordered an export"),
    "export.made": Bilingual("生成文件", "made a file"),
    "export.cancel": Bilingual("取消生成", "cancelled an export"),
    "export.download": Bilingual("下载文件", "downloaded a file"),
    "token.create": Bilingual("建立接口令牌", "made an API token"),
    "token.revoke": Bilingual("收回接口令牌", "revoked an API token"),
    "contacts.seen": Bilingual("查看联系方式", "saw contacts"),
    "contacts.searched": Bilingual("检索联系方式", "searched for contacts"),
    "snapshot.picture": Bilingual("查看截图", "saw a picture"),
    "snapshot.replay": Bilingual("回放网页", "replayed a page"),
    "policy.second": Bilingual("改复核范围", "changed who needs a second person"),
    "directory.import": Bilingual("导入备案目录", "imported a directory"),
    "takedown.drafted": Bilingual("起草处置请求", "drafted a takedown request"),
    "takedown.approved": Bilingual("批准处置请求", "approved a takedown request"),
    "takedown.sent": Bilingual("登记请求发出", "recorded that a request was sent"),
    "takedown.acknowledged": Bilingual("登记请求受理", "recorded a receipt"),
    "takedown.corrected": Bilingual("更正回执编号", "corrected a receipt number"),
    "takedown.answered": Bilingual("登记平台答复", "recorded a platform's answer"),
    "takedown.looked": Bilingual("登记人工查看", "recorded what a person saw"),
    "takedown.withdrawn": Bilingual("撤回处置请求", "withdrew a takedown"),
    "blacklist.list": Bilingual("列入黑名单", "listed on the blacklist"),
    "blacklist.act": Bilingual("黑名单申诉、移出", "blacklist appeal or removal"),
    "blacklist.seen": Bilingual("查看黑名单联系方式", "saw contacts on the blacklist"),
    "sweep.start": Bilingual("开始巡查", "started a sweep"),
    "sweep.stop": Bilingual("停止巡查", "stopped a sweep"),
    "user.add": Bilingual("增加账号", "added an account"),
    "user.roles": Bilingual("改角色", "changed roles"),
    "user.disable": Bilingual("锁定账号", "locked an account"),
    "user.reset": Bilingual("重置密码", "reset a password"),
    "user.unlock": Bilingual("解除登录等待", "lifted the wait after failed logins"),
    "user.revoke": Bilingual("结束会话", "ended sessions"),
    "user.password": Bilingual("改自己的密码", "changed the own password"),
    "audit.read": Bilingual("查看审计", "read the audit"),
    "audit.broken": Bilingual("发现审计断裂", "found the audit broken"),
    "audit.verify": Bilingual("核对审计", "verified the audit"),
}
KINDS: Mapping[str, Bilingual] = {
    "case": Bilingual("案件", "case"),
    "user": Bilingual("账号", "account"),
    "directory": Bilingual("备案目录", "directory"),
    "blacklist": Bilingual("黑名单", "blacklist"),
    "export": Bilingual("清单、函件", "list or letter"),
    "bulk": Bilingual("批次", "batch"),
    "job": Bilingual("任务", "job"),
    "takedown": Bilingual("处置请求", "takedown request"),
    "takedown-item": Bilingual("处置条目", "takedown item"),
}
KEYS: Mapping[str, Bilingual] = {
    "address": Bilingual("地址", "address"),
    "why": Bilingual("原因", "why"),
    "roles": Bilingual("角色", "roles"),
    "refused": Bilingual("未获准", "refused"),
    "decision": Bilingual("判定编号", "decision"),
    "verdict": Bilingual("判定", "verdict"),
    "reason": Bilingual("理由", "reason"),
    "supersedes": Bilingual("替代", "supersedes"),
    "awaits_second": Bilingual("待复核", "waits"),
    "upheld": Bilingual("一致", "upheld"),
    "post": Bilingual("内容", "post"),
    "posts": Bilingual("内容", "posts"),
    "into": Bilingual("新案件", "into"),
    "added": Bilingual("新增", "added"),
    "removed": Bilingual("取消", "removed"),
    "read_at": Bilingual("查看时间", "read at"),
    "held": Bilingual("原领取人", "held by"),
    "list": Bilingual("名册", "list"),
    "file": Bilingual("文件", "file"),
    "rows": Bilingual("条数", "rows"),
    "sessions": Bilingual("会话", "sessions"),
    "command": Bilingual("目标", "targets"),
    "holder": Bilingual("所在机器", "machine"),
    "act": Bilingual("事项", "act"),
    "version": Bilingual("版本", "version"),
    "entries": Bilingual("条目", "entries"),
    "kind": Bilingual("类别", "kind"),
    "codes": Bilingual("范围", "codes"),
    "filters": Bilingual("筛选", "filters"),
    "lines": Bilingual("行数", "lines"),
    "broken": Bilingual("断裂行", "broken at"),
    "sha256": Bilingual("校验值", "SHA-256"),
    "masked": Bilingual("已遮盖联系方式", "contacts masked"),
    "cases": Bilingual("案件", "cases"),
    "leaving": Bilingual("拆出", "split off"),
    "token": Bilingual("令牌", "token"),
    "name": Bilingual("名称", "name"),
    "scopes": Bilingual("权限", "scopes"),
    "days": Bilingual("天数", "days"),
    "form": Bilingual("格式", "form"),
    "platform": Bilingual("平台", "platform"),
    "since": Bilingual("起始日", "since"),
    "to": Bilingual("转往", "to"),
    "day": Bilingual("日期", "day"),
    "case_id": Bilingual("案件", "case"),
    "items": Bilingual("条目", "items"),
    "note": Bilingual("说明", "note"),
    "letter": Bilingual("文号", "letter"),
    "when": Bilingual("发生时间", "when"),
    "receipt": Bilingual("回执编号", "receipt"),
    "before": Bilingual("原为", "before"),
    "seen": Bilingual("所见", "seen"),
    "by": Bilingual("由", "by"),
    "actor": Bilingual("经办人", "who"),
    "about": Bilingual("对象", "about"),
    "until": Bilingual("截止日", "until"),
    "site": Bilingual("网站", "site"),
    "request": Bilingual("处置请求", "takedown request"),
    "running": Bilingual("已在生成", "it was running"),
}
YES, NO = Bilingual("是", "yes"), Bilingual("否", "no")
NUMBERED = frozenset({"case_id", "request"})  # 0: of none
FIRST = ("verdict", "reason", "upheld", "awaits_second", "act", "why", "list", "file", "rows")
# Every code has one meaning whatever the verdict, but for 其他.
REASON_WORDS = {
    one.code: Bilingual("其他", "other") if one.code == "OTHER" else coded(verdict, one.code)
    for verdict, some in REASONS.items()
    for one in some
}
PLATFORM_WORDS = {code: platform_said(code) for code in PLATFORMS}
VALUES: Mapping[str, Mapping[str, Bilingual]] = {
    "verdict": {verdict.value: text for verdict, text in VERDICT_WORDS.items()},
    "roles": {role.value: text for role, text in ROLE_WORDS.items()},
    "act": {**ACTS, **LISTED},
    "kind": KIND_WORDS,
    "reason": {**REASON_WORDS, WITHDRAWN: WITHDRAWN_WORDS},
    "platform": {**PLATFORM_WORDS, EACH: Bilingual("每个平台一份", "one for each platform")},
    "to": {**PLATFORM_WORDS, **OFFICE_WORDS},
    "form": {**FORM_WORDS, CAPTURE: KIND_WORDS["capture"]},
    "seen": {seen.value: text for seen, text in SEEN_WORDS.items()},
}
ADDRESS = re.compile(r"\b(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}\b")
ADDRESS6 = re.compile(r"(?<![\w:])((?:[0-9a-f]{1,4}:){2})[0-9a-f:]+", re.IGNORECASE)
LONGEST = 300


def act_name(act: str) -> Bilingual:
    return ACTS.get(act, Bilingual(act, act))


def act_of(act: str, detail: Mapping[str, Any]) -> Bilingual:
    """Lines older than `case.undo` have what was taken back as a decision of doubt."""
    taken_back = act == "case.decide" and detail.get("reason") == WITHDRAWN
    return act_name("case.undo" if taken_back else act)


def about_name(about: str) -> Bilingual:
    """案件 12 for case:12."""
    kind, colon, rest = about.partition(":")
    if not colon:
        return Bilingual(about, about)
    word = KINDS.get(kind, Bilingual(kind, kind))
    return Bilingual(f"{word.zh} {plain(rest)}", f"{word.en} {plain(rest)}")


def about_code(typed: str) -> str:
    """case:12 for what people write: 案件 12, 案件12, case 12, or the number alone."""
    text = " ".join(typed.replace("：", ":").split())
    if text.isascii() and text.isdigit():
        return f"case:{text}"
    for kind, word in KINDS.items():
        for name in (word.zh, word.en):
            if text.lower().startswith(name):
                rest = text[len(name) :].strip(" :")
                return f"{kind}:{rest}" if rest else kind
    return text


def told(detail: Mapping[str, Any]) -> list[tuple[Bilingual, Bilingual]]:
    """Names and values, without the last part of addresses and the middle of contacts."""
    order = sorted(detail, key=lambda name: (FIRST.index(name) if name in FIRST else 99, name))
    said = {name: detail[name] for name in order if tells(name, detail)}
    return [(KEYS.get(name, Bilingual(name, name)), word(name, it)) for name, it in said.items()]


def tells(name: str, detail: Mapping[str, Any]) -> bool:
    """Whether a field says something: of an order for a file those of other kinds do not."""
    value = detail[name]
    if name in NUMBERED and value == 0:
        return False
    if name == "days" and detail.get("kind", "brief") != "brief":
        return False
    if detail.get("reason") == WITHDRAWN and name in {"verdict", "reason"}:
        return False
    return name == "upheld" or says(value)


def says(value: object) -> bool:
    return value is not None and value is not False and value != ""


def word(name: str, value: object) -> Bilingual:
    """A value in words where it has some; else as it is, and without personal data."""
    if isinstance(value, list):
        parts = [word(name, one) for one in value]
        return Bilingual("、".join(one.zh for one in parts), ", ".join(one.en for one in parts))
    if isinstance(value, dict):
        return pairs_word(value)
    if name in SAID and isinstance(value, str):
        return SAID[name](value)
    if isinstance(value, bool):
        return YES if value else NO
    known = VALUES.get(name, {}).get(value) if isinstance(value, str) else None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return known or Bilingual(plain(text), plain(text))


def targets_word(command: str) -> Bilingual:
    """What a sweep was of: the sample web, or the targets' file by its name alone."""
    last = command.rsplit(maxsplit=1)[-1] if command.split() else ""
    if last == "--sample":
        return Bilingual("样例网", "the sample web")
    file = plain(last.rpartition("/")[2])
    return Bilingual(file, file)


def machine_word(holder: str) -> Bilingual:
    machine = plain(holder.partition(" pid ")[0].rpartition("@")[2])
    return Bilingual(machine, machine)


SAID: Mapping[str, Callable[[str], Bilingual]] = {
    "about": about_name,
    "command": targets_word,
    "holder": machine_word,
}


def pairs_word(value: Mapping[str, Any]) -> Bilingual:
    """筛选：经办人 wang；事项 查看案件."""
    parts = told(value)
    return Bilingual(
        "；".join(f"{name.zh} {said.zh}" for name, said in parts),
        "; ".join(f"{name.en} {said.en}" for name, said in parts),
    )


def plain(text: str) -> str:
    hidden = ADDRESS6.sub(r"\1*", ADDRESS.sub(r"\1.*", masked(text, Contacts())))
    return hidden if len(hidden) <= LONGEST else hidden[:LONGEST] + "……"


def plain_tree(value: Any) -> Any:  # noqa: ANN401 (JSON)
    """The same JSON with every text in it as `plain` shows it; a number that is one, as text."""
    if isinstance(value, Mapping):
        return {plain(str(name)): plain_tree(inside) for name, inside in value.items()}
    if isinstance(value, list):
        return [plain_tree(inside) for inside in value]
    if value is None or isinstance(value, bool):
        return value
    text = str(value)
    hidden = plain(text)
    return value if hidden == text else hidden
