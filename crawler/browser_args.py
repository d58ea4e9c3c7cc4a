"""How the browser is started so that nothing leaves it but through the guard's proxy."""

from __future__ import annotations

from collections.abc import Sequence

ALWAYS = (
    # Loopback and link-local hosts are exempt from a proxy unless taken back by name.
    "--proxy-bypass-list=<-loopback>",
    # The proxy resolves names; the browser itself must never ask for one.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--dns-prefetch-disable",
    # UDP would walk past a proxy.
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    # A browser's own errands are not part of a sweep.
    "--no-first-run",
    "--no-pings",
    "--disable-background-networking",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--metrics-recording-only",
    # The machine a sweep runs on has no screen and little shared memory.
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--hide-scrollbars",
    "--mute-audio",
)


def browser_args(proxy_port: int, root: bool, pins: Sequence[str] = ()) -> list[str]:
    """Command line of a Chromium behind the proxy at 127.0.0.1:`proxy_port`.

    `pins`: base64 SHA-256 of public keys whose certificates are taken though nobody signed them;
    for the sample web's own alone.

    `root`: whether we run as root, where Chromium refuses to start with its sandbox. Give no
    `proxy` to Playwright as well: two proxy switches, and the last one would win.
    """
    sandbox = ["--no-sandbox"] if root else []
    accepted = [f"--ignore-certificate-errors-spki-list={','.join(pins)}"] if pins else []
    return [f"--proxy-server=http://127.0.0.1:{proxy_port}", *ALWAYS, *sandbox, *accepted]
