# Assets and packages are built in the first stage; the second carries neither Node nor a compiler.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
RUN python -m venv .venv
COPY requirements requirements
RUN .venv/bin/pip install --no-cache-dir --require-hashes -r requirements/run.txt
RUN python -m venv /build && /build/bin/pip install --no-cache-dir --require-hashes -r requirements/build.txt
COPY package.json package-lock.json .npmrc ./
RUN /build/bin/npm ci --ignore-scripts
COPY . .
RUN /build/bin/python scripts/assets.py && /build/bin/python scripts/messages.py \
    && DJANGO_SETTINGS_MODULE=ecomlogistics.settings.local .venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf node_modules var/secret_key var/field_key var/broker

FROM python:3.11-slim-bookworm
RUN useradd --create-home --uid 10001 ecom
WORKDIR /app
COPY --from=build --chown=ecom:ecom /app /app
USER ecom
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=ecomlogistics.settings.production \
    PROMETHEUS_MULTIPROC_DIR=/tmp/metrics
RUN mkdir -p /app/var/media /tmp/metrics
VOLUME /app/var/media
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["gunicorn", "ecomlogistics.wsgi:application", "--config", "deploy/gunicorn.py"]
