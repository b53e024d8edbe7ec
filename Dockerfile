# Warmfront as a container. Nothing is written outside /var/lib/warmfront, so it runs with a read-only root:
#   docker run --read-only -v warmfront:/var/lib/warmfront -p 8080:8080 warmfront
# The Node version is the one that package.json pins; test/house/container.test.ts compares them.
ARG NODE=24.21.0

FROM node:${NODE}-bookworm-slim AS packages
WORKDIR /opt/warmfront
COPY package.json package-lock.json .npmrc ./
# The optional packages bring Node itself, which this image has.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

# The console needs its tools only to be built.
FROM node:${NODE}-bookworm-slim AS console
WORKDIR /opt/warmfront
COPY package.json package-lock.json .npmrc tsconfig.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY scripts scripts
COPY src src
RUN node scripts/build-console.ts

FROM node:${NODE}-bookworm-slim
RUN groupadd --gid 10001 warmfront \
  && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/warmfront --shell /usr/sbin/nologin warmfront \
  && install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/warmfront
WORKDIR /opt/warmfront
COPY --from=packages /opt/warmfront/node_modules node_modules
COPY --from=console /opt/warmfront/dist dist
COPY package.json LICENSE ./
COPY bin bin
COPY migrations migrations
COPY openapi openapi
COPY src src
ENV NODE_ENV=production WARMFRONT_HOST=0.0.0.0 WARMFRONT_DATA_DIR=/var/lib/warmfront
USER 10001:10001
VOLUME /var/lib/warmfront
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --start-period=15s --interval=30s --timeout=5s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.WARMFRONT_PORT ?? 8080}/livez`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/warmfront.mjs"]
CMD ["serve"]
