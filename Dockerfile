# Sluice in a container: built in one stage, run in another that holds only what runs. Not root, no shell needed,
# nothing written outside /tmp, so it works with a read-only root file system and all capabilities dropped.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --include=dev --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts ./scripts
COPY server ./server
COPY web ./web
RUN npm run build

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund

FROM node:24-slim
# Express shows stack traces to clients outside production.
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY assets ./assets
COPY package.json LICENSE ./
# For --data-dir: a volume here belongs to whom the gateway runs as.
RUN install -d -o 10001 -g 10001 -m 700 /data
USER 10001:10001
# 1936 (RTMPS) and 8443 (HTTPS) are open with a certificate only.
EXPOSE 1935 1936 8080 8443
STOPSIGNAL SIGTERM
# Asks /readyz at the port that the gateway was given, by flag, variable or file. 503 while draining counts as unhealthy,
# so that nobody is sent here any more.
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 \
  CMD ["node", "dist/server/main.js", "--check-ready"]
# Options follow the image's name: docker run IMAGE --demo
ENTRYPOINT ["node", "dist/server/main.js"]
