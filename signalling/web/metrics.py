"""`/metrics`, on a listener of its own that stays on loopback: figures are for the operator."""

from aiohttp import web

from signalling.observe.figures import Figures
from signalling.web.failures import answer_status
from signalling.web.headers import on_prepare

_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics_application(figures: Figures) -> web.Application:
    """An application with that one address."""

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=figures.text(), headers={"Content-Type": _CONTENT_TYPE})

    async def elsewhere(_request: web.Request) -> web.Response:
        return answer_status(404)

    app = web.Application()
    app.router.add_get("/metrics", metrics)
    app.router.add_route("*", "/{anything:.*}", elsewhere)
    app.on_response_prepare.append(on_prepare)
    return app
