# syntax=docker/dockerfile:1
# Built by the same script as everywhere; what runs is the binary with its site beside it, as `./dev serve` has them.

FROM rust:1-trixie AS build
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/root/.cache/heartogether \
    --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    ./dev build \
    && mkdir -p /out/bin \
    && cp target/release/heartogether-server target/release/hash.txt /out/bin/ \
    && cp -r target/site /out/site

FROM debian:trixie-slim
# Sign-in providers are checked by the system's certificates.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
RUN useradd --system --home-dir /data --shell /usr/sbin/nologin heartogether \
    && install -d -o heartogether -g heartogether /data
COPY --from=build /out /opt/heartogether
USER heartogether
ENV DATA_DIR=/data HOST=0.0.0.0 PORT=3000
VOLUME /data
EXPOSE 3000
# The image has no HTTP client; bash can open a socket by itself.
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/${HTTP_PORT:-$PORT} && printf 'GET /api/health HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && grep -q ' 200 ' <&3"]
ENTRYPOINT ["/opt/heartogether/bin/heartogether-server"]
