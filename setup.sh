#!/bin/sh
# Set-up on a fresh machine; `make setup` calls it. Where all is in place it costs about a second.
#   sh setup.sh          .venv from requirements.lock, a browser, a Chinese font
#   sh setup.sh --test   PostgreSQL's programs besides, which the tests start
# Names no package index: pip and uv use the one this machine is set up with.
set -eu
cd "$(dirname "$0")"
root=$PWD
python=.venv/bin/python
stamp=.venv/setup-done

say() { printf '%s\n%s\n' "$1" "$2" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif has sudo && sudo -n true 2>/dev/null; then
        sudo -n "$@"
    else
        return 1
    fi
}

# ---- what this machine's package manager can bring ------------------------------------------

find_manager() {
    for tool in apt-get dnf apk pacman zypper brew; do
        if has "$tool"; then
            echo "$tool"
            return
        fi
    done
}

apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@"; }

quietly() { # what a package manager says is worth reading only where it fails
    said=$(mktemp)
    if "$@" >"$said" 2>&1 </dev/null; then
        rm -f "$said"
        return 0
    fi
    tail -n 5 "$said" >&2
    rm -f "$said"
    return 1
}

refreshed=
refresh() { # the list of packages, once a run; an old list may still do
    if [ -z "$refreshed" ] && [ "$manager" = apt-get ]; then
        quietly apt update || true
    fi
    refreshed=yes
}

install_package() {
    refresh
    case $manager in
    apt-get) quietly apt install -y --no-install-recommends "$1" ;;
    dnf) quietly as_root dnf install -y "$1" ;;
    apk) quietly as_root apk add --no-cache "$1" ;;
    pacman) quietly as_root pacman -Sy --noconfirm --needed "$1" ;;
    zypper) quietly as_root zypper --non-interactive install "$1" ;;
    brew) quietly brew install "$1" ;;
    *) return 1 ;;
    esac
}

install_first() { # the first of these packages that this machine can get
    for package in "$@"; do
        if install_package "$package"; then
            return 0
        fi
    done
    return 1
}

# ---- Python and the locked packages ---------------------------------------------------------

find_python() {
    for name in python3.13 python3.12 python3.11 python3; do
        # Asked, not only found: a pyenv shim exists for versions that are not switched on.
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            echo "$name"
            return 0
        fi
    done
    say "需要 Python 3.11 或更新版本，本机没有找到。Debian 12 及以上：apt-get install python3 python3-venv；其他系统请用系统的软件管理器或 pyenv 安装，然后重新运行 make setup。" \
        "Python 3.11 or newer is needed and was not found. Debian 12 or later: apt-get install python3 python3-venv; elsewhere use the system's package manager or pyenv. Then run make setup again."
    return 1
}

require_venv_module() { # Debian ships Python without the part that makes environments
    if "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        return 0
    fi
    version=$("$1" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
    install_first "$version-venv" python3-venv || true
    if ! "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        say "这个 Python 缺少 venv 模块，本机又不能自动安装。请运行：sudo apt-get install $version-venv，然后重新运行 make setup。" \
            "This Python has no venv module and it could not be installed. Run: sudo apt-get install $version-venv, then make setup again."
        return 1
    fi
}

make_environment() {
    # One that works is kept and brought up to date: a sweep may be running in it.
    if [ -x $python ] && { $python -m pip --version || $python -m ensurepip; } >/dev/null 2>&1; then
        return 0
    fi
    base=$(find_python)
    require_venv_module "$base"
    "$base" -m venv --clear .venv
}

pick_installer() { # uv takes seconds where pip takes a minute; pip alone does as well
    if $python -m pip install -q --require-hashes -r requirements-setup.lock >&2; then
        index=${PIP_INDEX_URL:-$($python -m pip config get global.index-url 2>/dev/null || true)}
        if [ -n "$index" ]; then
            UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$index} # uv does not read pip's settings
            export UV_DEFAULT_INDEX
        fi
        installer=uv
    else
        installer=pip
    fi
}

install_with() { # install_with uv|pip ARGUMENTS
    tool=$1
    shift
    case $tool in
    uv) .venv/bin/uv --system-certs pip install -q --python $python "$@" >&2 ;;
    pip) $python -m pip install -q "$@" >&2 ;;
    esac
}

install_locked() {
    # jieba is a source distribution: setuptools, locked like the rest, must be there first.
    awk '/^[^ ]/ { wanted = /^setuptools==/ } wanted' requirements.lock >.venv/setuptools.lock
    install_with "$1" --require-hashes -r .venv/setuptools.lock &&
        install_with "$1" --require-hashes --no-build-isolation -r requirements.lock &&
        install_with "$1" --no-deps --no-build-isolation -e .
}

install_python_part() {
    say "正在按 requirements.lock 安装 Python 环境（约一分钟）……" \
        "Installing the Python environment from requirements.lock (about a minute) …"
    rm -f $stamp
    make_environment
    pick_installer
    if ! install_locked "$installer"; then
        [ "$installer" = pip ] || say "uv 没有装成，改用 pip 再装一次。" "uv did not manage; once more with pip."
        if [ "$installer" = pip ] || ! install_locked pip; then
            say "Python 软件包没有装成，原因见上。没有写入 .venv 以外的任何文件；排除原因后重新运行 make setup。" \
                "The Python packages could not be installed; the reason stands above. Nothing outside .venv was written. Mend it and run make setup again."
            return 1
        fi
    fi
}

fingerprint() { # the place counts: an environment that was moved points to where it was made
    {
        echo "$root"
        cat requirements.lock requirements-setup.lock pyproject.toml setup.sh
    } | if has sha256sum; then sha256sum; elif has shasum; then shasum -a 256; else cksum; fi
}

python_part_is_done() {
    [ -f $stamp ] && [ "$(cat $stamp)" = "$(fingerprint)" ] && $python -c '' >/dev/null 2>&1
}

# ---- browser, font, database programs -------------------------------------------------------

browser_is_there() { # the program's own search, so that both find the same
    $python -c 'import os, sys
from crawler.chromium import find_chromium
sys.exit(find_chromium(os.environ.get("CERTSWEEP_CHROMIUM", "")) is None)'
}

download_browser() { # Playwright's own build, where the package manager has none
    PLAYWRIGHT_BROWSERS_PATH=${HOME:-}/.cache/ms-playwright
    export PLAYWRIGHT_BROWSERS_PATH
    if [ "$manager" = apt-get ] && as_root true; then
        quietly .venv/bin/playwright install --with-deps --only-shell chromium
    else
        quietly .venv/bin/playwright install --only-shell chromium
    fi
}

install_browser() {
    say "正在安装无界面 Chromium……" "Installing headless Chromium …"
    case $manager in
    apt-get) install_first chromium-headless-shell chromium || true ;;
    dnf) install_first chromium-headless chromium || true ;;
    brew) ;; # its Chromium is no longer kept; Playwright's build serves macOS
    *) install_first chromium || true ;;
    esac
    browser_is_there || { download_browser && browser_is_there; }
}

driver_runs() { .venv/lib/python3*/site-packages/playwright/driver/node --version >/dev/null 2>&1; }

require_driver() { # Playwright brings its own Node, which a bare Debian lacks one library for
    if driver_runs; then
        return 0
    fi
    case $manager in
    apt-get | zypper) install_first libatomic1 || true ;;
    dnf | apk) install_first libatomic || true ;;
    esac
    if ! driver_runs; then
        say "Playwright 的驱动程序在本机无法启动，浏览器渲染用不了：$(.venv/lib/python3*/site-packages/playwright/driver/node --version 2>&1 | tail -n 1)。请安装缺少的系统库（Debian：apt-get install libatomic1），然后重新运行 make setup。" \
            "Playwright's driver does not start on this machine, so no page can be rendered (the reason stands in the line above). Install the missing system library (Debian: apt-get install libatomic1), then run make setup again."
        return 1
    fi
}

require_browser() {
    if browser_is_there; then
        return 0
    fi
    if [ -n "${CERTSWEEP_CHROMIUM:-}" ]; then
        say "CERTSWEEP_CHROMIUM 指向的浏览器不存在：$CERTSWEEP_CHROMIUM。请改正或取消这个变量。" \
            "CERTSWEEP_CHROMIUM names a browser that is not there: $CERTSWEEP_CHROMIUM. Correct or unset it."
        return 1
    fi
    if ! install_browser; then
        say "没有浏览器，也没有装成。请用管理员运行：apt-get install chromium-headless-shell（或安装 Chromium / Chrome），或把 CERTSWEEP_CHROMIUM 设为浏览器的路径，然后重新运行 make setup。" \
            "There is no browser and none could be installed. As administrator: apt-get install chromium-headless-shell (or install Chromium / Chrome), or set CERTSWEEP_CHROMIUM to a browser's path. Then run make setup again."
        return 1
    fi
}

font_is_there() {
    [ "$(uname)" = Darwin ] || { has fc-list && [ -n "$(fc-list :lang=zh family 2>/dev/null)" ]; }
}

require_font() {
    if font_is_there; then
        return 0
    fi
    say "正在安装中文字体……" "Installing a Chinese font …"
    has fc-list || install_package fontconfig || true
    case $manager in
    apt-get) install_first fonts-noto-cjk fonts-wqy-microhei || true ;;
    dnf) install_first google-noto-sans-cjk-vf-fonts google-noto-sans-cjk-fonts || true ;;
    apk) install_first font-noto-cjk || true ;;
    pacman) install_first noto-fonts-cjk || true ;;
    zypper) install_first noto-sans-cjk-fonts google-noto-sans-sc-fonts || true ;;
    esac
    if ! font_is_there; then
        say "没有中文字体，截图里的字会变成方框，不能作证据。请用管理员运行：apt-get install fontconfig fonts-noto-cjk，然后重新运行 make setup。" \
            "There is no Chinese font: screenshots would show boxes and prove nothing. As administrator: apt-get install fontconfig fonts-noto-cjk, then make setup again."
        return 1
    fi
}

postgres_is_there() {
    if has initdb; then
        return 0
    fi
    for file in /usr/lib/postgresql/*/bin/initdb /usr/pgsql-*/bin/initdb; do
        if [ -x "$file" ]; then
            return 0
        fi
    done
    return 1
}

install_postgres() {
    case $manager in
    apt-get)
        # The programs only: no cluster is made and no server started; the tests make their own.
        install_package postgresql-common || return 1
        as_root sed -i 's/^#* *create_main_cluster.*/create_main_cluster = false/' \
            /etc/postgresql-common/createcluster.conf
        install_package postgresql
        ;;
    dnf | zypper) install_first postgresql-server ;;
    apk | pacman) install_first postgresql ;;
    brew) install_first postgresql ;;
    *) return 1 ;;
    esac
}

require_postgres() {
    if postgres_is_there; then
        return 0
    fi
    say "正在安装测试用的 PostgreSQL 程序……" "Installing PostgreSQL's programs for the tests …"
    install_postgres || true
    if ! postgres_is_there; then
        say "测试需要 PostgreSQL 的 initdb 程序，没有装成。请用管理员运行：apt-get install postgresql，然后重新运行 make test。" \
            "The tests need PostgreSQL's initdb and it could not be installed. As administrator: apt-get install postgresql, then make test again."
        return 1
    fi
}

# ---- the order of things --------------------------------------------------------------------

# One set-up at a time in one tree; the lock goes with this process, however it ends.
exec 9<setup.sh
if has flock; then
    flock 9 || true
fi

if [ ! -d "${HOME:-}" ] || [ ! -w "${HOME:-}" ]; then
    XDG_CACHE_HOME=$root/.venv/cache # what pip, uv, fontconfig and Playwright put aside
    export XDG_CACHE_HOME
fi
# An environment that is switched on elsewhere, or pip's --user, must not draw packages away.
unset VIRTUAL_ENV PYTHONHOME PYTHONPATH
export PIP_USER=0 PIP_NO_INPUT=1 PIP_DISABLE_PIP_VERSION_CHECK=1

manager=$(find_manager)
if ! python_part_is_done; then
    install_python_part
    fingerprint >$stamp
fi
failed=0
require_driver || failed=1 # each is tried, so that a person hears all at once
require_browser || failed=1
require_font || failed=1
if [ "${1:-}" = --test ]; then
    require_postgres || failed=1
fi
if [ $failed = 0 ]; then
    say "环境已就绪。" "Everything is in place."
fi
exit $failed
