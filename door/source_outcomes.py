"""Machine words of what platforms say of a post that they do not show, as a person reads them."""

from __future__ import annotations

from storage.bilingual import Bilingual

SOURCE_REASONS = {
    "author_deleted": Bilingual("作者已删除", "deleted by its author"),
    "platform_violation": Bilingual(
        "平台以违规为由删除或屏蔽", "taken down by the platform for a violation"
    ),
    "account_blocked": Bilingual("账号已被平台封禁", "the platform has banned the account"),
    "account_closed": Bilingual("账号已注销", "the account has been closed"),
    "infringement": Bilingual("因侵权投诉被屏蔽", "taken down after a complaint of infringement"),
    "send_failed": Bilingual(
        "平台审核未通过，从未公开", "refused at the platform's review, never public"
    ),
    "rumor": Bilingual("平台认定为谣言", "called a rumour by the platform"),
    "unspecified": Bilingual("平台说内容不存在，未说原因", "the platform says it is gone, not why"),
    "account_migrated": Bilingual(
        "账号已迁移，内容在新地址", "the account has moved; the content stands at its new address"
    ),
    "migrating": Bilingual("账号正在迁移", "the account is being moved"),
    "migrated_not_synced": Bilingual(
        "账号迁移时内容没有带走", "left behind when the account was moved"
    ),
    "private": Bilingual("作者设为不公开", "its author has made it private"),
    "author_visibility": Bilingual("作者限制了可见范围", "its author has limited who can see it"),
    "deleted_or_private": Bilingual(
        "已删除或无权查看，平台没有区分", "deleted or not for us; the platform does not say which"
    ),
    "account_restricted": Bilingual(
        "账号受限，待其本人验证", "the account is restricted until its owner verifies it"
    ),
    "empty_account": Bilingual("账号下没有作品", "the account shows no posts"),
    "no_such_user": Bilingual(
        "用户不存在或状态异常", "no such user, or the account is in an unusual state"
    ),
    "ad_under_review": Bilingual("营销内容审核中", "held for a review of advertising"),
    "reviewing": Bilingual("平台审核中", "held for the platform's review"),
    "hidden": Bilingual("被平台隐藏", "hidden by the platform"),
    "forum_merged": Bilingual("所在贴吧已合并", "its forum has been merged into another"),
    "temporarily_unavailable": Bilingual(
        "平台说暂时无法查看，不能断定已删除", "not to be seen just now; not known to be gone"
    ),
    "temp_link_expired": Bilingual(
        "临时链接已过期，与内容是否还在无关", "our temporary link has expired; says nothing of it"
    ),
    "expired": Bilingual("信息已过期下架", "the listing has run out"),
    "token_or_gone": Bilingual(
        "令牌失效或内容已删，不能区分", "a token has run out or the post is gone; not to be told"
    ),
    "gone_or_risk": Bilingual(
        "内容已删或触发风控，不能区分", "gone, or we were held off; not to be told"
    ),
    "complaint_or_url_filter": Bilingual(
        "网址被投诉或被过滤", "the address was complained of or filtered"
    ),
    "client_only": Bilingual("只能在客户端打开", "opens in the app only"),
    "app_only": Bilingual("只能在客户端打开", "opens in the app only"),
    "other_post": Bilingual("换成了别的内容", "another post stands in its place"),
    "risk": Bilingual("触发平台风控，已停止", "held off by the platform's risk control, stopped"),
    "signature": Bilingual("请求未被平台接受，已停止", "the platform refused the request, stopped"),
}
