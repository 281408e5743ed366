# Sluice in a container, built in one stage and run in another. It runs as an unprivileged user, needs no shell, and writes only
# to /tmp, so it works with a read-only root file system and without capabilities.

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
# For --data-dir: a new volume here gets this owner.
RUN install -d -o 10001 -g 10001 -m 700 /data
USER 10001:10001
# 1936 (RTMPS) and 8443 (HTTPS) need a certificate.
EXPOSE 1935 1936 8080 8443
STOPSIGNAL SIGTERM
# Requests /readyz at the configured port (flag, variable or file). A gateway that is stopping answers 503 and is unhealthy, so
# that it gets no more clients.
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 \
  CMD ["node", "dist/server/main.js", "--check-ready"]
# Options follow the image name: docker run IMAGE --demo
ENTRYPOINT ["node", "dist/server/main.js"]
