# `./dev release`: packages for people who only want to run the server. ./dev reads this file in.

cargo_cyclonedx_version=0.5.9
release_architectures="x86_64 aarch64"
release_sbom=release-sbom

triple_of() { echo "$1-unknown-linux-gnu"; }
is_host() { [ "$(rustc -vV | sed -n 's/^host: //p')" = "$(triple_of "$1")" ]; }

# make_release [ARCH...]
make_release() {
    local arch
    # shellcheck disable=SC2086 # each word is one
    [ $# -gt 0 ] || set -- $release_architectures
    for arch in "$@"; do
        case " $release_architectures " in
        *" $arch "*) ;;
        *) fail "there is no release for '$arch'; choose from: $release_architectures" ;;
        esac
    done
    require_packing_tools
    build --locked
    site check
    for arch in "$@"; do is_host "$arch" || cross_compile "$arch"; done
    # Only now, because the C libraries would be compiled anew for another date.
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || date +%s)
    export SOURCE_DATE_EPOCH
    make_dist "$@"
    say "the packages are in $target/dist"
    ls -l "$target/dist"
}

# make_dist ARCH...: puts what is built into packages, with the lists of crates and the sums, as people download them.
make_dist() {
    local arch version dist=$target/dist
    version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
    rm -rf "$dist"
    mkdir -p "$dist"
    for arch in "$@"; do pack "$arch" "$version" "$dist"; done
    write_sbom frontend wasm32-unknown-unknown "$dist/heartogether-site-$version.cdx.json"
    (cd "$dist" && sha256sum -- * >SHA256SUMS)
}

# Whether the tests can make packages and install them: Debian's tools need not be there.
can_pack() {
    case " $release_architectures " in
    *" $(uname -m) "*) [ "$(uname)" = Linux ] && has dpkg ;;
    *) return 1 ;;
    esac
}

require_packing_tools() {
    [ "$(uname)" = Linux ] || fail "packages are made on Linux"
    has dpkg-deb || install_packages dpkg -- "dpkg-deb (Debian's dpkg)"
    has readelf || install_packages binutils -- "readelf (binutils)"
    install_crate cargo-cyclonedx "$cargo_cyclonedx_version" cargo-cyclonedx dev
}

pack() {
    local arch=$1 version=$2 dist=$3 binary
    binary=$(server_binary)
    is_host "$arch" || binary=$target/$(triple_of "$arch")/release/heartogether-server
    say "packing for $arch"
    .ci/package.sh "$arch" "$version" "$binary" "$target/release/hash.txt" "$target/site" "$dist"
    write_sbom server "$(triple_of "$arch")" "$dist/heartogether-server-$version-$arch.cdx.json"
}

# The crates within one of ours, built for this target, as CycloneDX. The tool writes a file beside every Cargo.toml.
write_sbom() {
    local crate=$1 triple=$2 out=$3
    cargo cyclonedx --quiet --manifest-path "$crate/Cargo.toml" --format json --spec-version 1.5 --no-build-deps \
        --target "$triple" --override-filename "$release_sbom" || fail "there is no SBOM for $crate"
    sed "s|file://$root|file://|g" "$crate/$release_sbom.json" >"$out"
    rm -f "$release_sbom.json" ./*/"$release_sbom.json"
}

# ── Another processor ────────────────────────────────────────────────────────────────────────────────────────────────

cross_compile() {
    local arch=$1 triple linker
    triple=$(triple_of "$arch")
    require_cross_compiler "$arch"
    require_cross_target "$arch"
    linker=CARGO_TARGET_$(echo "$triple" | tr 'a-z-' 'A-Z_')_LINKER
    say "building the server for $arch"
    env "$linker=$arch-linux-gnu-gcc" cargo build --release --locked -p heartogether-server --target "$triple"
}

# A C compiler, a linker and the C library, for SQLite and ring.
require_cross_compiler() {
    local prefix=${1//_/-}-linux-gnu
    has "$1-linux-gnu-gcc" ||
        install_packages "gcc-$prefix" "libc6-dev-$(deb_arch_of "$1")-cross" -- "a cross compiler ($1-linux-gnu-gcc)"
}

deb_arch_of() { if [ "$1" = x86_64 ]; then echo amd64; else echo arm64; fi; }

has_std() { ls "$(rustc --print target-libdir --target "$1")"/libcore-*.rlib >/dev/null 2>&1; }

require_cross_target() {
    local triple
    triple=$(triple_of "$1")
    if has_std "$triple"; then return; fi
    if has rustup && [ "${RUSTUP_TOOLCHAIN:-}" != debian-web ]; then
        say "adding the target $triple to Rust"
        if rustup target add "$triple"; then return; fi
        fail "please add Rust's target $triple, or use Debian's toolchain (HEARTOGETHER_WASM=debian)"
    fi
    # Debian's toolchain comes with the standard library's source, as for WebAssembly.
    build_std "$triple" std,panic_unwind
}
