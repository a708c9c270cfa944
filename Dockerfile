# Two small images: `coordinator` and `coturn`. docker-compose.yml says how they run; nothing here needs root at run time.

FROM python:3.11.13-slim-bookworm AS build
WORKDIR /src
COPY requirements.lock requirements-dev.lock ./
# The lock names every version and hash. The media libraries in it belong to the simulated endpoints: the coordinator
# never touches media (an import rule holds that), so they stay out of its image.
RUN awk '/^[a-z]/ { wanted = !/^(aiortc|av|google-crc32c|hdrhistogram|numpy|pbr|pyee|pylibsrtp|setuptools)==/ } wanted' \
      requirements.lock > coordinator.lock \
 && awk '/^[a-z]/ { wanted = /^(hatchling|packaging|pathspec|pluggy|tomlkit|trove-classifiers)==/ } wanted' \
      requirements-dev.lock > builder.lock \
 && python -m venv /opt/builder && python -m venv --without-pip /opt/narvaro
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN /opt/builder/bin/pip install --require-hashes -r builder.lock \
 && /opt/builder/bin/pip --python /opt/narvaro/bin/python install --no-deps --only-binary=:all: --require-hashes \
      -r coordinator.lock
COPY pyproject.toml README.md LICENSE ./
COPY signalling/ signalling/
COPY relay/ relay/
COPY client_sim/__init__.py client_sim/
RUN /opt/builder/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /opt/builder/bin/pip --python /opt/narvaro/bin/python install --no-deps --no-index /wheels/*.whl \
 && rm /opt/narvaro/bin/client-sim

FROM python:3.11.13-slim-bookworm AS coordinator
COPY --from=build /opt/narvaro/ /opt/narvaro/
ENV PATH=/opt/narvaro/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
EXPOSE 8443
CMD ["signalling", "serve"]

FROM debian:12.11-slim AS coturn
# The package that the tests run: the profile is proven against this version.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends coturn=4.6.1-1* \
 && rm -rf /var/lib/apt/lists/*
COPY deploy/coturn/ /opt/coturn/
ENV PATH=/usr/local/bin:/usr/bin:/bin
USER 10002:10002
EXPOSE 3478/tcp 3478/udp 5349/tcp
CMD ["/opt/coturn/start"]
