"""What a stranger reads who opens a package."""

from __future__ import annotations

README = """\
# 证据包说明

本文件是一个 WACZ 1.1.1（网页存档），可用任何 WACZ 播放器打开；`evidence/` 内是证据材料：

| 文件 | 内容 |
|---|---|
| manifest.json | 清单：每件材料的大小、时间、SHA-256、SM3（国密），缺什么也写明 |
| manifest.sig、public-key.pem | 清单的 Ed25519 签名与公钥 |
| tsr-N.tsr、tsa-roots.pem | 时间戳机构（RFC 3161）的答复与根证书 |
| roll-N.json | 取证后不久一并加盖时间戳的取证哈希名册（只有哈希，不涉及其他案件内容） |
| seal.json、seal.sig | 全部文件的封印与签名：包内每一个字节都由它确定 |
| custody.jsonl | 保管链：每一条含前一条的哈希；缺号处是其他案件的条目 |
| decision.json、findings.json | 人的决定；机器的提示及原文引句（只是涉嫌，不是结论） |
| capture-… | 取证：网页文档、MHTML、整页与首屏图片、文字、取证情况 |
| post-… | 巡查时所存的文字与快照 |
| …-masked.txt | 遮盖了联系方式的副本（派生件），供传阅；哈希先于遮盖计算 |

核对（不需要本系统，只需 Python 3.9 和 openssl 3）：

    unzip -j EV-….wacz evidence/verify.py && python3 verify.py EV-….wacz --key 公钥指纹

公钥指纹请向出具机关核对；时间戳的根证书请用 `--roots` 指定您自己信任的一份。

它证明：这些材料自时间戳所示的时间起没有改变，由持有该密钥的机关出具。
它不证明网站为何发出这些内容。

验证脚本也在包内，若不信任它，可按清单用其他工具核对哈希、
签名（`openssl pkeyutl -verify -rawin`）和时间戳（`openssl ts -verify`）。

# About this package

This file is a WACZ 1.1.1 and opens in any WACZ player; `evidence/` holds the proof: the manifest
(sizes, times, SHA-256 and SM3 of every piece, and what is missing), its Ed25519 signature, RFC 3161
timestamps over it, the seal that determines every byte of this file, the chain of custody, the
decisions of people, and the findings of the machine, which are suspicions only. Copies named
`-masked` are derived; hashes were taken before any masking.

To verify, with Python 3.9 and openssl 3 alone:

    unzip -j EV-….wacz evidence/verify.py && python3 verify.py EV-….wacz --key FINGERPRINT --en

Ask the office for the fingerprint of its key, and name roots you trust yourself with `--roots`. It
proves that these pieces have not changed since the time of the stamp and come from the holder of
the key. It does not prove why a web server sent them. If you do not trust the script in here, check
hashes, signatures and timestamps with tools of your own.
"""
