"""The URL map: every address of the coordinator and who may use it. `signalling routes` prints it.

`/metrics` is not here: it has a listener of its own (signalling.web.metrics).
"""

from collections.abc import Mapping
from functools import partial
from typing import Final

from aiohttp import web

from signalling.access.entry import TokenRequest
from signalling.protocol import api
from signalling.protocol import lists as bodies
from signalling.web import accounts, handlers, komps, lists, posts, receipts, rights
from signalling.web.front import Front
from signalling.web.headers import on_prepare
from signalling.web.middleware import guard, translate
from signalling.web.openapi import openapi_json
from signalling.web.pages import PageHashes
from signalling.web.policy import Policy, RouteName
from signalling.web.route import BOX, EXPORT, OPENAPI, PICTURE, POST, Route, endpoint

ROUTES: Final = (
    Route("POST", "/v1/nonce", Policy.OPEN, handlers.nonce, None, handlers.FreshNonce),
    Route("POST", "/v1/token", Policy.SIGNED, handlers.token, TokenRequest, handlers.FreshToken),
    Route("GET", "/v1/socket", Policy.HELLO, handlers.socket),
    # Coming in
    Route("POST", "/v1/register/code", Policy.OPEN, accounts.ask_code, api.CodeRequest, api.CodeSent),
    Route("POST", "/v1/register", Policy.NEWCOMER, accounts.register, api.Registration, api.CameIn),
    Route("POST", "/v1/enrol", Policy.NEWCOMER, accounts.enrol, api.Enrolment, api.CameIn),
    Route("POST", "/v1/keyword", Policy.NEWCOMER, accounts.use_keyword, api.KeywordUse, api.CameIn),
    # Oneself
    endpoint("GET", "/v1/me", accounts.me, gives=api.Me),
    endpoint("PATCH", "/v1/me", accounts.rename, takes=api.NameChange),
    endpoint("DELETE", "/v1/me", accounts.close),
    endpoint(
        "PUT", "/v1/me/picture", accounts.set_picture, takes=PICTURE, gives=api.PictureKept, at_most=api.PICTURE_BYTES
    ),
    endpoint("DELETE", "/v1/me/picture", accounts.drop_picture),
    endpoint("DELETE", "/v1/me/endpoints/{endpoint}", accounts.revoke),
    endpoint("POST", "/v1/me/requests", rights.ask, takes=api.RequestMade, gives=api.OwnRequest),
    endpoint("GET", "/v1/me/requests", rights.requests, gives=api.OwnRequests),
    endpoint("GET", "/v1/me/export", rights.export, gives=EXPORT),
    endpoint("GET", "/v1/me/reads", rights.reads, gives=api.OwnReads),
    # Others
    endpoint("GET", "/v1/circle", komps.circle, gives=api.Contacts),
    endpoint("GET", "/v1/pictures/{picture}", accounts.picture, gives=PICTURE),
    endpoint("POST", "/v1/invitations", komps.join, takes=api.InvitationUse, gives=api.Joined),
    endpoint("DELETE", "/v1/invitations/{invitation}", komps.withdraw),
    endpoint(
        "POST", "/v1/komps/{komp}/invitations", komps.invite, takes=api.InvitationRequest, gives=api.InvitationMade
    ),
    endpoint("GET", "/v1/komps/{komp}/invitations", komps.open_invitations, gives=api.OpenInvitations),
    endpoint("GET", "/v1/komps/{komp}/members", komps.members, gives=api.Members),
    endpoint("GET", "/v1/komps/{komp}/members/{party}", komps.member, gives=api.Member),
    endpoint("PATCH", "/v1/komps/{komp}/members/{party}", komps.change, takes=api.MemberChange, gives=api.Member),
    endpoint("DELETE", "/v1/komps/{komp}/members/{party}", komps.remove),
    endpoint("POST", "/v1/komps/{komp}/reset", komps.reset),
    # Posts
    endpoint("POST", "/v1/posts", posts.put, takes=POST, gives=api.PostKept, at_most=api.POST_BYTES),
    endpoint("GET", "/v1/posts", posts.waiting, gives=api.WaitingPosts),
    endpoint("GET", "/v1/posts/{post}", posts.box, gives=BOX),
    endpoint("DELETE", "/v1/posts/{post}", posts.taken),
    # For anyone
    Route("POST", "/v1/my-data", Policy.OPEN, rights.ask_by_form, api.MyDataRequest, api.RequestTaken),
    Route("GET", "/v1/receipts/head", Policy.OPEN, receipts.head, None, receipts.ReceiptHead),
    Route("GET", "/v1/receipts/leaves/{leaf}", Policy.OPEN, receipts.place, None, receipts.ReceiptPlace),
    Route("GET", "/v1/receipts/inclusion/{index}/{size}", Policy.OPEN, receipts.inclusion, None, receipts.ReceiptProof),
    Route("GET", "/v1/receipts/growth/{old}/{new}", Policy.OPEN, receipts.growth, None, receipts.ReceiptProof),
    # For people without an account
    Route("GET", "/v1/consents", Policy.OPEN, lists.consents, None, bodies.ConsentWordings),
    Route("POST", "/v1/lists/waiting", Policy.OPEN, lists.wait, bodies.WaitingEntry),
    Route("POST", "/v1/lists/newsletter", Policy.OPEN, lists.subscribe, bodies.NewsletterEntry),
    Route("POST", "/v1/lists/withdraw", Policy.HOLDER, lists.withdraw, bodies.Withdrawal),
    Route("POST", "/v1/support/threads", Policy.OPEN, lists.ask, bodies.Question, bodies.ThreadOpened),
    Route("POST", "/v1/support/threads/read", Policy.HOLDER, lists.read, bodies.ThreadReference, bodies.SupportThread),
    Route("POST", "/v1/support/threads/messages", Policy.HOLDER, lists.write, bodies.ThreadMessage),
    Route("POST", "/v1/support/threads/erase", Policy.HOLDER, lists.erase, bodies.ThreadReference),
    # About all of this
    Route("GET", "/v1/openapi.json", Policy.OPEN, handlers.openapi, None, OPENAPI),
    Route("GET", "/v1/pages", Policy.OPEN, handlers.page_hashes, None, PageHashes),
    Route("OPTIONS", "/v1/{any}", Policy.OPEN, handlers.preflight),
    Route("GET", "/livez", Policy.OPEN, handlers.live),
    Route("GET", "/readyz", Policy.OPEN, handlers.ready),
    Route("GET", "/{page}", Policy.OPEN, handlers.page),
)

_PATTERNS: Final = {"/{page}": "/{page:.*}", "/v1/{any}": "/v1/{any:.*}"}
"""What the router is told for a path; the last part may have slashes."""


def policies() -> Mapping[RouteName, Policy]:
    """Who may use what."""
    return {route.name: route.policy for route in ROUTES}


def application(front: Front) -> web.Application:
    """The URL map as an aiohttp application."""
    app = web.Application(middlewares=[translate(front), guard(policies())])
    for route in ROUTES:
        app.router.add_route(route.method, _PATTERNS.get(route.path, route.path), partial(route.handler, front))
        if route.method == "GET":
            app.router.add_route("HEAD", _PATTERNS.get(route.path, route.path), partial(route.handler, front))
    app.on_response_prepare.append(on_prepare)
    front.openapi = openapi_json(ROUTES).encode()
    return app


def table() -> str:
    """The URL map as lines of text."""
    rows = [(route.method, route.path, route.policy.value, route.about) for route in ROUTES]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]) for row in rows
    ]
    return "\n".join(lines)
