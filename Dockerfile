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
# With files of people in a bucket: --build-arg REQUIREMENTS=requirements-s3.txt
ARG REQUIREMENTS=requirements-production.txt
COPY requirements-production.txt requirements-s3.txt ./
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r $REQUIREMENTS
# Babel compiles the catalogues here and stays here: what is copied is what it wrote.
COPY requirements.txt ./
RUN sed -n '/^babel==/,/# via/p' requirements.txt > babel.txt \
 && /venv/bin/pip install --no-cache-dir --require-hashes --no-deps --target /tools -r babel.txt
COPY peerhub peerhub
COPY forums forums
COPY sessions sessions
COPY mentoring mentoring
COPY templates templates
COPY locale locale
COPY --from=front /build/var/assets var/assets
RUN PYTHONPATH=/tools /venv/bin/python -c "from pathlib import Path; from peerhub.embedded.build import compile_translations; compile_translations(Path('locale'))"
# The settings are those of production; none of these values is kept.
RUN SECRET_KEY="$(head -c 60 /dev/urandom | base64 -w 0)" PUBLIC_URL=https://build.invalid EMAIL_URL=smtp://build.invalid \
    DATABASE_URL=postgres://build.invalid/none REDIS_URL=redis://build.invalid \
    /venv/bin/python -m peerhub.cli django collectstatic --no-input --verbosity 0

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="PeerHub" org.opencontainers.image.licenses="AGPL-3.0-or-later"
RUN useradd --system --uid 10001 --home-dir /app peerhub
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
# A volume mounted here takes this owner.
RUN install -d -o peerhub -m 700 var/files
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    TERRITORIES_DIR=/app/territories HOST=0.0.0.0 PORT=8000 LIVE_PORT=8001 \
    GRANIAN_LOG_CONFIG=/app/peerhub/granian-logs.json
USER peerhub
EXPOSE 8000 8001
ENTRYPOINT ["python", "-m", "peerhub.cli"]
CMD ["web"]
