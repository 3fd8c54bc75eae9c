# syntax=docker/dockerfile:1

FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY simulators simulators
COPY dev dev
# The demo and the local server need development dependencies, which the image does not have.
RUN npm run build && rm -rf dist/dev

FROM node:20.20.2-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM node:20.20.2-bookworm-slim
# The worker's native core verifies TLS with the certificates of the system; the slim image has none.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV NODE_ENV=production \
  METRICS_ADDRESS=0.0.0.0:9464
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY bin bin
RUN ln -s /app/bin/refund.mjs /usr/local/bin/refund
# The release, where it is one of a deployment: `--build-arg TEMPORAL_WORKER_BUILD_ID=1.0.0` (docs/upgrading.md).
ARG TEMPORAL_WORKER_BUILD_ID=
ENV TEMPORAL_WORKER_BUILD_ID=$TEMPORAL_WORKER_BUILD_ID
# The user "node", as a number: only so can an orchestrator see that it is not root.
USER 1000:1000
EXPOSE 9464
# Healthy: the worker has pollers at the Temporal server, or it only surveys.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.METRICS_ADDRESS.split(':').at(-1) + '/metrics').then((answer) => answer.text()).then((text) => process.exit(/^temporal_num_pollers\\{[^}]*\\} [1-9]/m.test(text) || (!/^temporal_num_pollers/m.test(text) && /^refund_survey_last_success/m.test(text)) ? 0 : 1), () => process.exit(1))"]
# The same as `npm start`; the option is explained in docs/adr/015.
CMD ["node", "--max-semi-space-size=32", "dist/src/worker.js"]
