"""What a stranger reads who opens a package."""

from __future__ import annotations

README = """\
# 证据包说明

本文件是一个 WACZ 1.1.1（网页存档），可用任何 WACZ 播放器打开；`evidence/` 内是证据材料：

先看 `evidence/overview.html`（解压后用浏览器打开）：决定、缺失、引句、图片和材料一览。
它没有遮盖联系方式，是内部材料，不要外传。

| 文件 | 内容 |
|---|---|
| manifest.json | 清单：每件材料的大小、时间、SHA-256、SM3（国密），缺什么、由谁补齐也写明 |
| manifest.sig、public-key.pem | 清单的 Ed25519 签名与公钥 |
| tsr-N.tsr、tsa-roots.pem | 时间戳机构（RFC 3161）的答复与根证书 |
| roll-N.json | 取证后不久一并加盖时间戳的取证哈希名册（只有哈希，不涉及其他案件内容） |
| seal.json、seal.sig | 全部文件的封印与签名：包内每一个字节都由它确定 |
| custody.jsonl | 保管链：每一条含前一条的哈希；缺号处是其他案件的条目 |
| decision.json | 人的决定与第二人复核；尚待复核的不写结论，没有生效的 verdict 为空 |
| findings.json | 机器的提示及原文引句（只是涉嫌，不是结论） |
| capture-… | 取证：网页文档、MHTML、整页与首屏图片、文字、取证情况 |
| post-… | 巡查时所存的文字与快照 |
| …-masked.txt | 遮盖了联系方式的副本（派生件），供传阅；哈希先于遮盖计算 |

核对（不需要本系统，只需 Python 3.9 和 openssl 3）：

    python3 verify.py EV-….wacz --key 公钥指纹 --roots 根证书.pem

验证脚本 verify.py 请向出具机关索取，或用您以前保存的一份，并核对其 SHA-256
（`sha256sum verify.py`）与机关公布的一致。不要用包内自带的 `evidence/verify.py` 来判断这个包：
伪造的包会带伪造的脚本。公钥指纹也请向出具机关核对；根证书请用您自己信任的一份。
退出码：0 全部证实，1 有不符，3 尚未封存，4 已封存但清单写明有缺失。

它证明：这些材料自时间戳所示的时间起没有改变，由持有该密钥的机关出具。
它不证明网站为何发出这些内容。

也可以不用脚本，按清单用其他工具核对哈希、
签名（`openssl pkeyutl -verify -rawin`）和时间戳（`openssl ts -verify`）。
时间戳的时间只取自签名内容（TSTInfo 的 genTime），不取答复中未签名的文字。

# About this package

This file is a WACZ 1.1.1 and opens in any WACZ player; `evidence/` holds the proof: the manifest
(sizes, times, SHA-256 and SM3 of every piece, and what is missing), its Ed25519 signature, RFC 3161
timestamps over it, the seal that determines every byte of this file, the chain of custody, the
decisions of people with what second persons said of them (a verdict is told only while it is in
force), and the findings of the machine, which are suspicions only. Unpack it and open
`evidence/overview.html` in a browser to read it at a glance; contacts are not masked on it, do not
show it around. Copies named `-masked` are derived; hashes were taken before any masking.

To verify, with Python 3.9 and openssl 3 alone:

    python3 verify.py EV-….wacz --key FINGERPRINT --roots ROOTS.pem --en

Get the script verify.py from the office, or use a copy you kept, and compare its SHA-256
(`sha256sum verify.py`) with the one that the office publishes. Do not let the `evidence/verify.py`
in a package judge that package: a forged package brings a forged script. Ask the office for the
fingerprint of its key too, and name roots you trust yourself. Exit code: 0 all proved, 1 something
disproved, 3 not sealed yet, 4 sealed, but the manifest says that something is missing.

It proves that these pieces have not changed since the time of the stamp and come from the holder of
the key. It does not prove why a web server sent them. Hashes, signatures and timestamps can be
checked with tools of your own as well; the time of a stamp is the signed one (genTime of TSTInfo),
never the text that an answer holds beside it.
"""
