# The pit wall: docker build -t langstrecke . ; docker run -p 8080:8080 -v langstrecke:/data langstrecke
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml MANIFEST.in README.md LICENSE CHANGELOG.md constraints.txt ./
COPY src src
RUN pip wheel --no-cache-dir --wheel-dir /wheels -c constraints.txt ".[all]"

FROM python:3.13-slim
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels "langstrecke[all]" \
    && python -m compileall -q "$(python -c 'import langstrecke; print(langstrecke.__path__[0])')" \
    && useradd --create-home --uid 1000 crew && mkdir /data && chown crew /data
USER crew
# The store, followed races and the compiled simulation are kept in the volume.
ENV XDG_DATA_HOME=/data XDG_CACHE_HOME=/data/cache PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8080
# Healthy is who answers; without the token that is a refusal.
HEALTHCHECK --interval=30s --timeout=10s --start-period=90s CMD ["python", "-c", "\
import http.client; c = http.client.HTTPConnection('127.0.0.1', 8080, timeout=8); \
c.request('GET', '/api/v1/cards'); raise SystemExit(c.getresponse().status not in (200, 401))"]
ENTRYPOINT ["langstrecke"]
# Outside the container it is no loopback: without LANGSTRECKE_TOKEN a token is made and told in the log.
CMD ["serve", "--host", "0.0.0.0", "--port", "8080"]
