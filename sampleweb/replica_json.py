"""What the platforms' own scripts are answered: posts as JSON, each in its platform's shape."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sampleweb.replica_posts import ReplicaPost

CHINA = ZoneInfo("Asia/Shanghai")
Json = dict[str, Any]


def weibo(post: ReplicaPost) -> Json:
    moment = datetime.fromtimestamp(post.at, CHINA)
    return {
        "id": post.id,
        "mid": post.id,
        "bid": "x",
        "created_at": moment.strftime("%a %b %d %H:%M:%S +0800 %Y"),
        "text": f"{post.text}<br />",
        "isLongText": False,
        "source": "样例手机",
        "region_name": "发布于 河南",
        "reposts_count": 3,
        "comments_count": "12",
        "attitudes_count": "100万+",
        "pics": [{"pid": "p1", "url": post.image, "large": {"url": post.image}}],
        "user": {
            "id": post.number,
            "screen_name": post.author,
            "profile_url": f"https://m.weibo.cn/u/{post.number}",
            "verified": False,
            "verified_type": -1,
        },
    }


def weibo_cards(posts: Sequence[ReplicaPost]) -> Json:
    cards = [{"card_type": 9, "mblog": weibo(post)} for post in posts]
    return {"ok": 1, "data": {"cardlistInfo": {"page": None}, "cards": cards}}


def douyin(post: ReplicaPost) -> Json:
    return {
        "aweme_id": post.id,
        "desc": post.text,
        "create_time": post.at,
        "aweme_type": 0,
        "author": {
            "uid": str(post.number),
            "sec_uid": f"MS4wLjABAAAAsample{post.number}",
            "nickname": post.author,
            "unique_id": f"sample{post.number}",
        },
        "statistics": {"digg_count": 15_000, "comment_count": 30, "collect_count": "1.5万"},
        "ip_label": "河南",
        "images": None,
        "video": {"cover": {"url_list": [post.image]}},
        "status": {"is_delete": False, "is_prohibited": False, "private_status": 0},
    }


def douyin_found(posts: Sequence[ReplicaPost]) -> Json:
    data = [{"type": 1, "aweme_info": douyin(post)} for post in posts]
    return {"status_code": 0, "data": data, "has_more": 0, "cursor": len(data)}


def kuaishou(post: ReplicaPost) -> Json:
    return {
        "type": 1,
        "author": {"id": f"3xuser{post.number}", "name": post.author},
        "photo": {
            "id": post.id,
            "caption": post.text,
            "duration": 15_000,
            "coverUrl": post.image,
            "likeCount": "1.5万",
            "viewCount": "35.6万",
            "commentCount": 12,
            "timestamp": post.at * 1000,
        },
        "tags": [{"name": "考证"}],
    }


def kuaishou_found(posts: Sequence[ReplicaPost]) -> Json:
    return {"result": 1, "pcursor": "no_more", "feeds": [kuaishou(post) for post in posts]}


def kuaishou_detail(post: ReplicaPost) -> Json:
    return {"data": {"visionVideoDetail": {"status": 1, **kuaishou(post)}}}


def xiaohongshu_found(posts: Sequence[ReplicaPost]) -> Json:
    items: list[Json] = [
        {
            "id": post.id,
            "model_type": "note",
            "xsec_token": "ABsample=",
            "note_card": {
                "type": "normal",
                "display_title": post.title,
                "user": {"user_id": f"5f{post.number:022d}", "nick_name": post.author},
                "interact_info": {"liked_count": "1.5万"},
                "cover": {"url_default": post.image},
            },
        }
        for post in posts
    ]
    items.append({"id": "q#1", "model_type": "rec_query", "rec_query": {"queries": []}})
    return {"code": 0, "success": True, "data": {"has_more": False, "items": items}}


def xiaohongshu_note(post: ReplicaPost) -> Json:
    note = {
        "noteId": post.id,
        "type": "normal",
        "title": post.title,
        "desc": post.text,
        "time": post.at * 1000,
        "ipLocation": "河南",
        "user": {"userId": f"5f{post.number:022d}", "nickname": post.author},
        "imageList": [{"urlDefault": post.image}],
        "tagList": [],
        "interactInfo": {"likedCount": "1.5万", "commentCount": "36"},
    }
    return {"note": {"firstNoteId": post.id, "noteDetailMap": {post.id: {"note": note}}}}


def bilibili_hit(post: ReplicaPost) -> Json:
    return {
        "type": "video",
        "bvid": post.id,
        "aid": 170001 if post.id == "BV17x411w7KC" else 2,
        "title": post.title.replace("师", '<em class="keyword">师</em>', 1),
        "description": post.text,
        "author": post.author,
        "mid": post.number,
        "pubdate": post.at,
        "play": 12_345,
        "review": 3,
        "like": 20,
        "pic": "//i0.example/1.jpg",
        "arcurl": f"http://www.bilibili.com/video/{post.id}",
    }


def bilibili_found(posts: Sequence[ReplicaPost]) -> Json:
    result = [bilibili_hit(post) for post in posts]
    data = {"page": 1, "pagesize": 20, "numResults": len(result), "numPages": 1}
    groups = [{"result_type": "video", "data": result}]
    return {"code": 0, "message": "0", "data": {**data, "result": groups}}


def bilibili_state(post: ReplicaPost) -> Json:
    video = {
        "bvid": post.id,
        "aid": 170001 if post.id == "BV17x411w7KC" else 2,
        "title": post.title,
        "desc": post.text,
        "pubdate": post.at,
        "ctime": post.at,
        "pic": "http://i0.example/v.jpg",
        "owner": {"mid": post.number, "name": post.author},
        "stat": {"view": 15_000, "reply": 2, "like": 6, "share": 5, "favorite": 3},
        "state": 0,
        "pages": [{"cid": 1, "part": "P1"}],
    }
    return {"bvid": post.id, "aid": video["aid"], "p": 1, "error": {}, "videoData": video}


def zhihu_found(posts: Sequence[ReplicaPost]) -> Json:
    data = [
        {
            "type": "search_result",
            "object": {
                "id": post.id,
                "type": "article",
                "title": post.title.replace("证书", "<em>证书</em>", 1),
                "excerpt": post.text[:30],
                "content": f"<p>{post.text}</p>",
                "created_time": post.at,
                "updated_time": post.at,
                "voteup_count": "1.5万",
                "comment_count": 3,
                "author": {
                    "id": str(post.number),
                    "url_token": f"sample-{post.number}",
                    "name": post.author,
                },
            },
        }
        for post in posts
    ]
    return {"paging": {"is_end": True}, "data": data}


def zhihu_entities(post: ReplicaPost) -> Json:
    article = {
        "id": post.id,
        "type": "article",
        "title": post.title,
        "content": f'<p>{post.text}</p><figure><img src="{post.image}"></figure>',
        "created": post.at,
        "updated": post.at,
        "voteupCount": 15_000,
        "commentCount": 3,
        "ipInfo": "IP 属地河南",
        "author": {
            "id": str(post.number),
            "urlToken": f"sample-{post.number}",
            "name": post.author,
        },
    }
    return {"initialState": {"entities": {"articles": {post.id: article}, "users": {}}}}
