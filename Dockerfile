# Three stages: the front end, the Python packages, and a small image that runs as nobody in particular.
FROM node:22-bookworm-slim AS front
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund
COPY peerhub/ui peerhub/ui
RUN node peerhub/ui/build.mjs

FROM python:3.11-slim-bookworm AS python
WORKDIR /build
RUN python -m venv /venv
COPY requirements-production.txt ./
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements-production.txt
# Catalogues and static files are made here by the full set of packages, and copied as files.
COPY requirements.txt ./
RUN python -m venv /tools && /tools/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
COPY --from=front /build/var/assets var/assets
RUN /tools/bin/python -m peerhub.embedded.messages \
 && PEERHUB_ENV=demo DATABASE_URL=postgres:///none REDIS_URL=redis://none \
    /venv/bin/python -m peerhub.cli django collectstatic --no-input --verbosity 0

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="PeerHub" org.opencontainers.image.licenses="AGPL-3.0-or-later"
RUN useradd --system --uid 10001 --home-dir /app peerhub && mkdir -p /app/var && chown peerhub /app/var
WORKDIR /app
COPY --from=python /venv /venv
COPY --from=front /build/node_modules/@etalab/decoupage-administratif/data territories
COPY --from=python /build/peerhub peerhub
COPY --from=python /build/forums forums
COPY --from=python /build/sessions sessions
COPY --from=python /build/mentoring mentoring
COPY --from=python /build/templates templates
COPY --from=python /build/locale locale
COPY --from=python /build/var/static var/static
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    TERRITORIES_DIR=/app/territories HOST=0.0.0.0 PORT=8000 LIVE_PORT=8001
USER peerhub
EXPOSE 8000 8001
ENTRYPOINT ["python", "-m", "peerhub.cli"]
CMD ["web"]
