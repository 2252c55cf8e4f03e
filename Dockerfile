# syntax=docker/dockerfile:1
# Built by the same script as everywhere; what runs is the binary with its site beside it, as `./dev build` makes them.

# The base images are named by tag: their digests are to be taken from a registry by whoever can verify them there
# (`docker buildx imagetools inspect rust:1-trixie`), and none is written here that nobody has verified.
FROM rust:1-trixie AS tools
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm && rm -rf /var/lib/apt/lists/*
WORKDIR /build

FROM tools AS build
COPY . .
RUN --mount=type=cache,target=/root/.cache/heartogether \
    --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    ./dev build -- --locked \
    && mkdir -p /out/bin \
    && cp target/release/heartogether-server target/release/hash.txt /out/bin/ \
    && cp -r target/site /out/site

FROM debian:trixie-slim
# Sign-in providers are checked by the system's certificates.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
# By number, so that a volume keeps its owner and an orchestrator sees that it is not root.
RUN groupadd --system --gid 10001 heartogether \
    && useradd --system --uid 10001 --gid 10001 --home-dir /data --shell /usr/sbin/nologin heartogether \
    && install -d -o 10001 -g 10001 /data /pictures
COPY --from=build /out /opt/heartogether
USER 10001:10001
ENV DATA_DIR=/data PORT=3000
# All that is written to: the root can be read-only (`docker run --read-only`). Several nodes share a volume at /pictures
# (PICTURES_DIR), which has its owner from here.
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s CMD ["/opt/heartogether/bin/heartogether-server", "health"]
ENTRYPOINT ["/opt/heartogether/bin/heartogether-server"]
