"""The verifier of the house as one file that needs nothing of the house."""

from __future__ import annotations

import ast
from pathlib import Path

PARTS = (
    "layout.py",
    "der.py",
    "token.py",
    "openssl_checks.py",
    "report.py",
    "naming.py",
    "comparing.py",
    "made_good.py",
    "claims.py",
    "chain.py",
    "lacks.py",
    "verifier.py",
    "verify_main.py",
)
HEAD = '''#!/usr/bin/env python3
"""证据包验证：Python 3.9 以上，只用标准库和 openssl 3 命令，不需要 certsweep。

用法：python3 verify.py EV-….wacz [--key 公钥指纹] [--roots 根证书.pem] [--json] [--en]
Verifies an evidence package: Python 3.9 or newer, its standard library and openssl 3 alone.
"""

from __future__ import annotations

'''


def standalone() -> bytes:
    """The source of `evidence/verify.py`: all parts in a row, no import of ours left."""
    folder = Path(__file__).parent
    sources = [(folder / name).read_text(encoding="utf-8") for name in PARTS]
    return (HEAD + "\n\n".join(own_lines(source) for source in sources) + "\n").encode()


def own_lines(source: str) -> str:
    """A module without its docstring, its future and what it imports from this house."""
    dropped: set[int] = set()
    for node in ast.parse(source).body:
        house = isinstance(node, ast.ImportFrom) and str(node.module).startswith(
            ("evidence.", "__future__")
        )
        if house or is_words(node):
            dropped.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    kept = [
        line
        for number, line in enumerate(source.splitlines(), 1)
        if number not in dropped and not line.startswith("#!")
    ]
    return "\n".join(kept).strip()


def is_words(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
