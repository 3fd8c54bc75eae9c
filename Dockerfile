# Which Node.js and why: docs/dependencies.md. The digest names the index of all platforms; `npm run digests` compares it
# with the registry's. Another registry: `--build-arg NODE_IMAGE=…`.
ARG NODE_IMAGE=docker.io/library/node:24.21.0-bookworm-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20

# Where packages come from a registry of your own, its .npmrc and the certificate of its authority are secrets of the
# build, which no layer keeps: `--secret id=npmrc,src=… --secret id=ca,src=…`. Both may be left out.
FROM ${NODE_IMAGE} AS packages
WORKDIR /app
ENV NPM_CONFIG_USERCONFIG=/run/secrets/npmrc \
  NPM_CONFIG_UPDATE_NOTIFIER=false
COPY package.json package-lock.json .npmrc ./

FROM packages AS build
RUN --mount=type=secret,id=npmrc --mount=type=secret,id=ca \
  if [ -f /run/secrets/ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/ca; fi; npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY simulators simulators
COPY dev dev
# The demo and the local server need development dependencies, which the image does not have.
RUN npm run build && rm -rf dist/dev

FROM packages AS dependencies
RUN --mount=type=secret,id=npmrc --mount=type=secret,id=ca \
  if [ -f /run/secrets/ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/ca; fi; npm ci --omit=dev
# npm takes what `--omit=dev` left out for missing as long as package.json names it.
RUN npm pkg delete devDependencies && npm sbom --omit=dev --sbom-format=cyclonedx > sbom.cdx.json
COPY dev/image dev/image
RUN node dev/image/prune.mjs
# The worker's native core verifies TLS with the certificates of the system, of which the slim image has none: these are
# Mozilla's, as this Node.js brings them.
RUN node -p "require('node:tls').rootCertificates.join('\n')" > ca-certificates.crt

FROM ${NODE_IMAGE}
WORKDIR /app
ENV NODE_ENV=production \
  METRICS_ADDRESS=0.0.0.0:9464
COPY --from=dependencies /app/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=dependencies /app/node_modules node_modules
COPY --from=dependencies /app/sbom.cdx.json sbom.cdx.json
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
