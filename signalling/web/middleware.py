"""Around every handler: no route without a policy, and one translation of failures."""

from collections.abc import Mapping

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from signalling.observe.events import Event
from signalling.observe.log import Place
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.store.faults import StoreError
from signalling.web.failures import answer, answer_status
from signalling.web.front import Front
from signalling.web.policy import Policy, RouteName


def translate(front: Front) -> Middleware:
    """Every failure below becomes an answer of the one shape; a fault of ours is logged by its place alone."""

    @web.middleware
    async def translating(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except ProtocolError as refusal:
            front.figures.turned_away(refusal.code)
            response = answer(refusal)
        except StoreError as problem:
            front.figures.turned_away(ErrorCode.UNAVAILABLE)
            front.log.write(Event.REQUEST_FAILED, place=Place(problem))
            response = answer(ProtocolError(ErrorCode.UNAVAILABLE, retry_after_ms=1000))
        except web.HTTPException as found:
            front.figures.turned_away(ErrorCode.NOT_FOUND if found.status == 404 else ErrorCode.BAD_MESSAGE)
            response = answer_status(found.status)
            if hdrs.ALLOW in found.headers:
                response.headers[hdrs.ALLOW] = found.headers[hdrs.ALLOW]
        except Exception as problem:  # noqa: BLE001 - the root of a request
            front.figures.turned_away(ErrorCode.INTERNAL)
            front.log.write(Event.REQUEST_FAILED, place=Place(problem))
            hang_up_if_answered(request)
            response = answer_status(500)
        allow_friends(front, request, response)
        return response

    return translating


def guard(policies: Mapping[RouteName, Policy]) -> Middleware:
    """Deny by default: a route that the URL map doesn't name is not there, whoever put it in the router."""

    @web.middleware
    async def guarding(request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        if resource is not None:
            method = hdrs.METH_GET if request.method == hdrs.METH_HEAD else request.method
            if RouteName(method, resource.canonical) not in policies:
                raise ProtocolError(ErrorCode.NOT_FOUND)
        return await handler(request)

    return guarding


def hang_up_if_answered(request: web.Request) -> None:
    """Where an answer is under way, or a socket was opened, no other can follow. Raises ConnectionResetError."""
    if request.writer.output_size > 0:
        if request.transport is not None:
            request.transport.abort()
        raise ConnectionResetError


def allow_friends(front: Front, request: web.Request, response: web.StreamResponse) -> None:
    """Let pages of other allowed origins read answers of the API (Fetch §3.2, CORS). There are no cookies to send."""
    if not request.path.startswith("/v1/") or response.prepared:
        return
    response.headers[hdrs.VARY] = hdrs.ORIGIN
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is not None and front.origins.is_foreign_friend(origin):
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
