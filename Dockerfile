# The image that BioSimulators' interface asks for: docker run -v "$PWD:/work" -w /work IMAGE -i archive.omex -o results
FROM node:22-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
COPY scripts/prepare.js scripts/
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm pack --ignore-scripts --pack-destination /tmp && mv /tmp/interneuron-*.tgz /tmp/interneuron.tgz

FROM node:22-bookworm-slim
LABEL org.opencontainers.image.title="interneuron" \
      org.opencontainers.image.description="Spiking network models: one model, any notation in, the same spikes on every engine" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev libgomp1 && rm -rf /var/lib/apt/lists/*
COPY --from=build /tmp/interneuron.tgz /tmp/
RUN npm install --global --no-audit --no-fund /tmp/interneuron.tgz && rm /tmp/interneuron.tgz
USER node
ENTRYPOINT ["interneuron-biosimulators"]
