"""Pictures of the sample's posts: QR codes with invented contents, drawn when asked for."""

from __future__ import annotations

import io
import re
from functools import cache

import zxingcpp
from PIL import Image

HOST = "tu.example"
# What each poster's code says; "" for a picture without one.
CODES = {
    "plain": "",
    "wechat": "https://u.wechat.com/kSampleCode0001",
    "qun": "https://qm.qq.com/cgi-bin/qm/qr?k=SampleGroup01&jump_from=webapi",
    "kuaizheng": "http://kuaizheng.example/?from=qr",
    "lured": "http://127.0.0.1:8080/admin",
}
PATH = re.compile(r"/qr/([a-z]+)\.png")
MARGIN, MODULE = 40, 6  # pixels


def picture_url(name: str) -> str:
    return f"http://{HOST}/qr/{name}.png"


def picture_at(path: str) -> bytes | None:
    """A PNG; None where there is no such picture."""
    found = PATH.fullmatch(path)
    return qr_png(CODES[found[1]]) if found and found[1] in CODES else None


@cache
def qr_png(content: str) -> bytes:
    """A poster with a QR code in it, not the bare code alone."""
    if not content:
        return png(Image.new("RGB", (320, 240), (200, 220, 240)))
    code = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode)
    drawn = Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=MODULE))
    poster = Image.new("RGB", (drawn.width + 2 * MARGIN, drawn.height * 2), (253, 240, 220))
    poster.paste(drawn.convert("RGB"), (MARGIN, drawn.height // 2))
    return png(poster)


def png(picture: Image.Image) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()
