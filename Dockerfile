# The service, core and [serve] alone: docker build -t cinegenre . && docker run -p 8000:8000 cinegenre
FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE NOTICE ./
COPY src src
RUN python -m venv /opt/cinegenre \
 && /opt/cinegenre/bin/pip install --no-cache-dir -c constraints.txt '.[serve]'

FROM python:3.12-slim
RUN useradd --system --no-create-home --shell /usr/sbin/nologin cinegenre
COPY --from=build /opt/cinegenre /opt/cinegenre
ENV PATH=/opt/cinegenre/bin:$PATH PYTHONDONTWRITEBYTECODE=1 HF_HUB_OFFLINE=1
USER cinegenre
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", \
  "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# In the container every address is its own; publish the port on the host's loopback, or give a token.
CMD ["cinegenre", "serve", "--host", "0.0.0.0"]
