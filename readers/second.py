"""The second reader: asks one endpoint about one post, and gives back what may be kept of it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from readers.answer import Answer, content_of, read_answer
from readers.disclosure import Sent, anonymous, disclosed
from readers.endpoint import Endpoint
from readers.prompt import VERSION, question, ticket
from readers.talk import NoAnswer, ask
from storage.records import Evidence, Opinion, Post

SECONDS = 60.0  # for one answer, thinking included
MOST = 200_000  # characters of a post looked through for words to the reader
# A post that speaks to the machine that reads it: it may not lower its own case.
_ADDRESSED = re.compile(
    r"(?:忽略|无视|忘记|不要理会|别管)[^。\n]{0,12}(?:指令|提示词|提示|规则|以上|上文|上面|之前|前面)"
    r"|(?:ai|大模型|语言模型|审核员?|机器人|系统)[^。\n]{0,8}(?:请|必须|应当?|一律)[^。\n]{0,8}(?:判|回答|输出|返回|认定|标为)"
    r"|你(?:现在)?是(?:一[个名])?[^。\n]{0,6}(?:ai|助手|语言模型|审核)"
    r"|(?:ignore|disregard|forget)[^.\n]{0,30}(?:instruction|previous|above|prompt|rule)"
    r"|system\s{0,3}(?:prompt|:)|assistant\s{0,3}:|\"?view\"?\s{0,3}:|im_start|\[/?inst\]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    endpoint: Endpoint
    model: str
    key: str = field(default="", repr=False)
    seconds: float = SECONDS

    def read(self, post: Post, evidence: Evidence | None) -> Opinion:
        """Never raises for what the endpoint does; Forbidden where we may not speak to it."""
        sent, marks = disclosed(post, evidence), ticket()
        try:
            body = ask(self.endpoint, question(sent, self.model, marks), self.key, self.seconds)
            answer = read_answer(content_of(body), marks, sent)
        except NoAnswer as none:
            return self._opinion(post, sent, none.outcome, str(none))
        return self._believed(post, sent, answer)

    def _believed(self, post: Post, sent: Sequence[Sent], answer: Answer) -> Opinion:
        shift = max(answer.shift, 0) if speaks_to_the_reader(post) else answer.shift
        reason = anonymous(answer.reason, post.contacts)
        return self._opinion(post, sent, "opinion", reason, answer, shift)

    def _opinion(
        self,
        post: Post,
        sent: Sequence[Sent],
        outcome: str,
        reason: str,
        answer: Answer | None = None,
        shift: int = 0,
    ) -> Opinion:
        words = "\n".join(one.text for one in sent)
        return Opinion(
            model=self.model,
            prompt=VERSION,
            at=datetime.now(UTC),
            outcome=outcome,
            view=answer.view if answer else "",
            shift=shift,
            quotes=answer.quotes if answer else (),
            reason=reason,
            sent_sha256=hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest(),
            addressed=speaks_to_the_reader(post),
        )


def speaks_to_the_reader(post: Post) -> bool:
    plain = unicodedata.normalize("NFKC", f"{post.title}\n{post.text[:MOST]}")
    visible = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    return _ADDRESSED.search(visible) is not None
