#!/usr/bin/env bash
# Puts a server that is built, and its site, into packages.
#
#   .ci/package.sh ARCH VERSION BINARY HASHES SITE OUT
#
# writes OUT/heartogether-VERSION-ARCH.tar.gz and OUT/heartogether_VERSION_DEBARCH.deb. ARCH is x86_64 or aarch64. The same
# inputs give the same bytes: all times are SOURCE_DATE_EPOCH, or 1970. GZIP_LEVEL says how hard to compress (default: 9).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
files=$here/deploy/package
name=heartogether-server
arch=$1 version=$2 binary=$3 hashes=$4 site=$5 out=$6
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-0}
case $arch in
x86_64) deb_arch=amd64 ;;
aarch64) deb_arch=arm64 ;;
*) echo "there is no package for $arch" >&2 && exit 2 ;;
esac
# A version before 1.0.0, such as 1.0.0-rc.1, is 1.0.0~rc.1 in Debian's order.
deb_version=${version/-/\~}

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

put() { install -D -m "$1" "$2" "$3"; }
# The server finds its site and the hashes beside it.
put_server() {
    put 755 "$binary" "$1/$name"
    put 644 "$hashes" "$1/hash.txt"
    cp -r "$site" "$1/site"
    chmod -R u=rwX,go=rX "$1/site"
}
even_times() { find "$1" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +; }

make_tarball() {
    local root=heartogether-$version-$arch tree
    tree=$stage/$root
    put_server "$tree"
    put 644 "$files/heartogether.service" "$tree/heartogether.service"
    put 644 "$files/heartogether.env" "$tree/heartogether.env"
    put 644 "$files/$name.1" "$tree/man/$name.1"
    cp -r "$files/completions" "$tree/completions"
    chmod -R u=rwX,go=rX "$tree/completions"
    local file
    for file in CHANGELOG.md LICENSE-APACHE LICENSE-MIT docs/operating.md docs/settings.md; do
        put 644 "$here/$file" "$tree/$(basename "$file")"
    done
    tar --create --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=gnu \
        --directory "$stage" "$root" | gzip "-${GZIP_LEVEL:-9}" --no-name >"$out/$root.tar.gz"
    rm -rf "$tree"
}

# What the binary needs of Debian: the newest version of the C library that a symbol asks for, and the compiler's library.
depends() {
    local library glibc
    glibc=$(readelf --version-info --wide "$binary" | grep -o 'GLIBC_[0-9.]*' | cut -d _ -f 2 | sort -uV | tail -n 1)
    for library in $(readelf --dynamic --wide "$binary" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
        case $library in
        libc.so.* | libm.so.* | libpthread.so.* | libdl.so.* | ld-linux-*) echo "libc6 (>= $glibc)" ;;
        libgcc_s.so.1) echo libgcc-s1 ;;
        *) echo "no package is known for $library" >&2 && return 1 ;;
        esac
    done | sort -u | paste -sd , | sed 's/,/, /g'
}

write_control() {
    local root=$1 needed
    needed=$(depends)
    cat >"$root/DEBIAN/control" <<END
Package: heartogether
Version: $deb_version
Architecture: $deb_arch
Maintainer: The HearTogether contributors
Installed-Size: $(du -sk --apparent-size --exclude DEBIAN "$root" | cut -f 1)
Depends: $needed
Recommends: ca-certificates
Section: net
Priority: optional
Description: let others hear what you hear
 Open a room and share a browser tab, the system's sound or a microphone.
 Everybody who has the room's code listens live in the browser. The sound goes
 directly from browser to browser; this package is the server.
END
}

make_deb() {
    local root=$stage/deb share=$stage/deb/usr/share script
    put_server "$root/usr/lib/heartogether"
    mkdir -p "$root/usr/bin"
    ln -s "../lib/heartogether/$name" "$root/usr/bin/$name"
    put 644 "$files/heartogether.service" "$root/usr/lib/systemd/system/heartogether.service"
    # Secrets may stand in it.
    put 640 "$files/heartogether.env" "$root/etc/heartogether/heartogether.env"
    mkdir -p "$share/man/man1"
    gzip -9nc "$files/$name.1" >"$share/man/man1/$name.1.gz"
    put 644 "$files/completions/$name.bash" "$share/bash-completion/completions/$name"
    put 644 "$files/completions/_$name" "$share/zsh/vendor-completions/_$name"
    put 644 "$files/completions/$name.fish" "$share/fish/vendor_completions.d/$name.fish"
    put 644 "$files/debian/copyright" "$share/doc/heartogether/copyright"
    put 644 "$here/LICENSE-MIT" "$share/doc/heartogether/LICENSE-MIT"
    put 644 "$here/docs/operating.md" "$share/doc/heartogether/operating.md"
    put 644 "$here/docs/settings.md" "$share/doc/heartogether/settings.md"
    put 644 "$here/CHANGELOG.md" "$share/doc/heartogether/CHANGELOG.md"
    mkdir "$root/DEBIAN"
    for script in postinst prerm postrm; do put 755 "$files/debian/$script" "$root/DEBIAN/$script"; done
    echo /etc/heartogether/heartogether.env >"$root/DEBIAN/conffiles"
    (cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
    write_control "$root"
    chmod -R go-w "$root"
    even_times "$root"
    dpkg-deb --root-owner-group --build "$root" "$out/heartogether_${deb_version}_$deb_arch.deb" >/dev/null
}

umask 022
mkdir -p "$out"
make_tarball
make_deb
