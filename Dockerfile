# Two stages: the first takes every wheel by its hash, the second holds the interpreter, what runs, and nothing else.
# Validated statically only (tests/test_delivery.py): the project's own checks have no container engine.
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements.lock ./
RUN pip wheel --require-hashes --wheel-dir /wheels -r requirements.lock \
 && pip install --no-index --find-links /wheels hatchling editables
COPY pyproject.toml README.md LICENSE ./
COPY schemas schemas
COPY detectors detectors
COPY service service
COPY fixtures fixtures
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && python -m venv /opt/thalweg \
 && /opt/thalweg/bin/pip install --no-index --find-links /wheels thalweg

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin thalweg \
 && install -d -o thalweg -g thalweg -m 0700 /data
COPY --from=build /opt/thalweg /opt/thalweg
ENV PATH=/opt/thalweg/bin:$PATH PYTHONDONTWRITEBYTECODE=1 THALWEG_HOME=/data THALWEG_HOST=0.0.0.0 THALWEG_PORT=8000
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=40s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["thalweg"]
CMD ["serve"]
