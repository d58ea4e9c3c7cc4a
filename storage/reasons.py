"""The reasons a person may give, by verdict: the atoms of the policy and what speaks otherwise.

Violation atoms follow part three of 豫人社函〔2022〕129号 clause by clause: A (一), B (二), C (三),
D (四), E parts four and five of the same notice. Codes are never given a second meaning; when one
is added or reworded, POLICY changes and old decisions keep the policy they were made under.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from storage.bilingual import Bilingual, Problem
from storage.records import Decision, Verdict

POLICY = "2022-129/1"
LONGEST_NOTE = 4000  # characters


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    text: Bilingual


def branch(*leaves: tuple[str, str, str]) -> tuple[Reason, ...]:
    return tuple(Reason(code, Bilingual(zh, en)) for code, zh, en in leaves)


WORDS_AND_MARKS = branch(
    ("A1-01", "冠“中华人民共和国”字样", "uses the words 中华人民共和国"),
    ("A1-02", "冠“中国”字样", "uses the word 中国"),
    ("A1-03", "冠“中华”字样", "uses the word 中华"),
    ("A1-04", "冠“国家”字样", "uses the word 国家 (national)"),
    ("A1-05", "冠“全国”字样", "uses the word 全国 (nationwide)"),
    ("A1-06", "违规使用“职业资格”", "misuses 职业资格 (vocational qualification)"),
    ("A1-07", "违规使用“岗位合格（凭证）”", "misuses 岗位合格 (fit for a post)"),
    ("A1-08", "违规使用“专业技术职务”", "misuses 专业技术职务 (professional title)"),
    ("A1-99", "违规使用其他字样", "misuses other words of this kind"),
    ("A2-01", "违规使用国徽", "misuses the national emblem"),
    ("A2-02", "违规使用政府部门徽标", "misuses a government department's logo"),
    ("A2-03", "违规使用其他标识", "misuses other official marks"),
    ("A2-04", "易误导字样", "wording likely to mislead"),
    ("A2-05", "易误导图案", "a design likely to mislead"),
    ("A2-06", "易误导水印", "a watermark likely to mislead"),
    ("A3-01", "使用其他部门或单位标识", "uses another body's marks"),
)
PROMOTION = branch(
    ("B1-01", "假借行政机关名义", "borrows the name of an administrative organ"),
    ("B2-01", "宣传使用“中华人民共和国”", "advertises with 中华人民共和国"),
    ("B2-02", "宣传使用“中国”", "advertises with 中国"),
    ("B2-03", "宣传使用“中华”", "advertises with 中华"),
    ("B2-04", "宣传使用“国家”", "advertises with 国家 (national)"),
    ("B2-05", "宣传使用“全国”", "advertises with 全国 (nationwide)"),
    ("B2-06", "宣传使用“河南省”", "advertises with 河南省 (the province's name)"),
    ("B3-01", "冒用“×××部”", "claims a ministry"),
    ("B3-02", "冒用“原×××部”", "claims a former ministry"),
    ("B3-03", "冒用“×××厅”", "claims a provincial department"),
    ("B3-04", "冒用“原×××厅”", "claims a former provincial department"),
    ("B4-01", "“上岗”宣传", "promises 上岗 (required to take up work)"),
    ("B4-02", "“包过”宣传", "promises 包过 (a guaranteed pass)"),
    ("B4-99", "其他虚假夸大字样", "other false or exaggerated wording"),
)
CONDUCT = branch(
    ("C1-01", "超出办学许可范围培训", "trains beyond its licence"),
    ("C1-02", "无办学许可证培训", "trains without a licence"),
    ("C2-01", "违法增加收费项目", "adds unlawful fees"),
    ("C2-02", "违法提高收费标准", "raises fees unlawfully"),
    ("C3-01", "非法颁发培训证书", "issues training certificates unlawfully"),
    ("C3-02", "伪造培训证书", "forges training certificates"),
    ("C3-03", "非法颁发职业资格证书", "issues vocational qualifications unlawfully"),
    ("C3-04", "伪造职业资格证书", "forges vocational qualifications"),
    ("C3-05", "非法颁发职业技能等级证书", "issues skill level certificates unlawfully"),
    ("C3-06", "伪造职业技能等级证书", "forges skill level certificates"),
    ("C3-07", "非法颁发专项职业能力证书", "issues specific-skill certificates unlawfully"),
    ("C3-08", "伪造专项职业能力证书", "forges specific-skill certificates"),
    ("C4-01", "不培训直接发证", "issues without training"),
    ("C4-02", "不评价直接发证", "issues without assessment"),
    ("C4-03", "培训走过场", "training for show"),
    ("C4-04", "评价走过场", "assessment for show"),
    ("C5-01", "恶意终止培训", "ends training in bad faith"),
    ("C5-02", "抽逃资金", "withdraws its capital"),
    ("C5-99", "其他违规培训收费行为", "other unlawful training or fees"),
)
DECEPTION = branch(
    ("D1-01", "故意混淆概念", "confuses terms on purpose"),
    ("D1-02", "误导舆论和社会的炒作", "hype that misleads the public"),
    ("D2-01", "涉嫌欺骗欺诈", "suspected deception or fraud"),
    ("D9-99", "其他违法违规", "other unlawful conduct"),
)
SUPERVISION = branch(
    ("E1-01", "以新职业名义随意评价发证", "assesses at will in the name of new occupations"),
    ("E1-02", "新职业乱收费", "arbitrary fees for new occupations"),
    ("E1-03", "新职业滥发证", "certificates handed out for new occupations"),
    ("E2-01", "假冒权威机构名义", "poses as an authority"),
    ("E2-02", "假冒鉴定机构", "poses as an assessment body"),
    ("E2-03", "假冒人社部门备案评价机构", "poses as a body on file with HRSS"),
    ("E2-04", "仿冒证书查询网站", "imitates an official certificate query site"),
    ("E3-01", "证书样式不合规", "certificate layout against the rules"),
    ("E3-02", "证书编码不合规", "certificate code against the rules"),
    ("E3-03", "证书样本（含印章）未备案", "certificate sample (seal included) not on file"),
    ("E3-04", "超备案范围评价", "assesses beyond what is on file"),
    ("E3-05", "证书数据失实", "certificate data untrue"),
    ("E4-01", "边清理边继续违规", "goes on during the clean-up"),
)
CLEAN = branch(
    ("OFFICIAL", "官方通告或政策文件", "official notice or policy"),
    ("NEWS", "新闻报道", "news report"),
    ("WARNING", "提醒警示", "a warning to the public"),
    ("VICTIM", "受害者陈述或投诉", "a victim's account or complaint"),
    ("LAWFUL", "合法机构的合法宣传", "lawful body, lawful promotion"),
    ("NEGATED", "否定表述", "the words are negated"),
    ("QUOTATION", "引用他人言论", "quotes somebody else"),
    ("EXAM", "考试信息", "information about an examination"),
    ("JOB", "招聘信息", "job advertisement"),
    ("SCOPE", "不属本次治理范围", "outside the scope of the clean-up"),
    ("UNRELATED", "与证书无关", "not about certificates"),
    ("OTHER", "其他（请在说明中写明）", "other (say what in the note)"),
)
TRANSFER = branch(
    ("HRSS", "人力资源和社会保障部门", "human resources and social security"),
    ("MARKET", "市场监督管理部门", "market supervision"),
    ("POLICE", "公安机关", "police"),
    ("CAC", "网信部门", "cyberspace administration"),
    ("MIIT", "工业和信息化（通信管理）部门", "industry, information and telecoms"),
    ("CIVIL", "民政部门", "civil affairs"),
    ("EDUCATION", "教育部门", "education"),
    ("HOUSING", "住房和城乡建设部门", "housing and construction"),
    ("EMERGENCY", "应急管理部门", "emergency management"),
    ("HEALTH", "卫生健康部门", "health"),
    ("ORGANISATION", "机构编制部门", "office for public-sector organisation"),
    ("REGION", "其他地区同级部门", "the same department of another region"),
    ("OTHER", "其他部门（请在说明中写明）", "another department (say which in the note)"),
)
DOUBT = branch(
    ("EVIDENCE", "证据不足", "not enough evidence"),
    ("DIRECTORY", "需核对备案目录或许可", "a directory or licence must be checked"),
    ("UNREADABLE", "内容不完整或无法辨认", "incomplete or unreadable"),
    ("GONE", "内容已不可访问", "no longer accessible"),
    ("SENIOR", "需上级或集体研究", "needs a senior's or joint opinion"),
    ("OTHER", "其他（请在说明中写明）", "other (say what in the note)"),
)
REASONS: Mapping[Verdict, tuple[Reason, ...]] = {
    Verdict.VIOLATION: WORDS_AND_MARKS + PROMOTION + CONDUCT + DECEPTION + SUPERVISION,
    Verdict.CLEAN: CLEAN,
    Verdict.TRANSFER: TRANSFER,
    Verdict.DOUBT: DOUBT,
}
# Written by `storage.cases.withdraw` only; no choice of a person deciding.
WITHDRAWN = "WITHDRAWN"
WITHDRAWN_WORDS = Bilingual("撤销判定，退回待审", "decision withdrawn, back to the queue")
VERDICT_WORDS: Mapping[Verdict, Bilingual] = {
    Verdict.VIOLATION: Bilingual("违规", "violation"),
    Verdict.CLEAN: Bilingual("不违规", "clean"),
    Verdict.TRANSFER: Bilingual("转办", "transfer"),
    Verdict.DOUBT: Bilingual("存疑", "doubt"),
}


def check(verdict: Verdict, code: str) -> Reason:
    """The reason of this code; raises Problem naming the valid codes if it does not fit."""
    for reason in REASONS[verdict]:
        if reason.code == code:
            return reason
    word = VERDICT_WORDS[verdict]
    zh = "、".join(f"{reason.code} {reason.text.zh}" for reason in REASONS[verdict])
    en = ", ".join(reason.code for reason in REASONS[verdict])
    raise Problem(
        f"“{word.zh}”没有理由代码“{code}”，没有写入。可用的代码：{zh}。",
        f"“{code}” is no reason for “{word.en}”; nothing was written. Valid codes: {en}.",
    )


def named(verdict: Verdict, code: str) -> Bilingual:
    """The words of a code, the code itself where a newer or older policy gave it."""
    if code == WITHDRAWN:
        return WITHDRAWN_WORDS
    found = next((reason.text for reason in REASONS[verdict] if reason.code == code), None)
    return found or Bilingual(code, code)


def demand_note(decision: Decision) -> None:
    """Raise Problem where the reason says nothing by itself and no note does."""
    if decision.reason == "OTHER" and not decision.note.strip():
        raise Problem(
            "选“其他”须在“说明”里写清楚是什么，没有写入（命令行：--note）。",
            "The reason OTHER needs a note that says which; nothing was written (on the command "
            "line: --note).",
        )
    if len(decision.note) > LONGEST_NOTE:
        raise Problem(
            f"说明太长（{len(decision.note)} 字，最多 {LONGEST_NOTE} 字），没有写入。"
            "请缩短后再试。",
            f"The note is too long ({len(decision.note)} signs, at most {LONGEST_NOTE}); nothing "
            "was written. Shorten it and try again.",
        )
