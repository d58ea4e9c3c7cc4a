"""Whether a text can be about certificates at all: the cheap question before the dear ones."""

from __future__ import annotations

import re

# Plain and disguised names of papers, tests, classes and posts. Wide on purpose: what passes here
# is judged, what does not is clean.
_TOPIC = re.compile(
    "[证烤栲㊣夲]|(?<![参思])考(?![虑验察古])|职称|资格|资挌|学时|学分|课时|培训|学历|文凭|鉴定|级工|[一-龥]师"
    "|继续教育|评审|上岗|上冈|执业|挂靠|结业|毕业|本子|本本|[红绿蓝小]本|[拿下出有没发领带]本|本[儿,。!?]|一本"
    "|[正政真]书|学员|报名|[盖公红钢专]章|章子|钢印|zh[eè]ng|zs|kao|[包保葆苞]过|bao|直出|免试|题|代报|补录"
    "|档案|[初中高]级|[一二三四五]级|级别|牌照|持牌|名额|签约|协议|[拿出下的]正|技能|岗位|认定|认证|刻章|办理"
    "|授权|备案|协会|研究会|委员会|总队|推荐|靠|过[吗包]|[金木]反|讠正|言正|红皮|册子|老师|班"
)


def on_topic(text: str) -> bool:
    """Of a folded text."""
    return _TOPIC.search(text) is not None
