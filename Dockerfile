# One image for every role: API, worker and migration differ by their command only.
FROM python:3.11-slim AS packages
COPY requirements.lock /tmp/requirements.lock
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes --requirement /tmp/requirements.lock

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin echeance
COPY --from=packages /venv /venv
COPY . /app
# A new volume takes over the owner of the folder that it is mounted on.
RUN install --directory --owner echeance --mode 0700 /backups /files
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER echeance
EXPOSE 8000
CMD ["python", "-m", "uvicorn", "serving:create_app", "--factory", "--host", "0.0.0.0", "--port", "8000", \
     "--proxy-headers", "--no-access-log", "--timeout-graceful-shutdown", "20"]
