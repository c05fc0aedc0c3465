"""The till's verbs about people: signing in and out, their PINs, and whoever is locked out."""

from collections.abc import Awaitable, Callable, Mapping

from edge.staff.desk import Session, Wanted
from edge.staff.handlers import SignOut
from edge.units import UserId
from edge.web.house import Json
from edge.web.till.bodies import ApproveBody, PinBody, SignInBody, SignOutBody, UnlockBody
from edge.web.till.call import Call


async def sign_in(call: Call) -> Json:
    body = call.read(SignInBody)
    desk = call.house.desk
    token, session = await desk.sign_in(UserId(body.user), body.pin, call.till, call.key, body.new_pin)
    return {"session": token, "user": _user(session)}


async def sign_out(call: Call) -> Json:
    session = await call.session()
    await call.do(SignOut(session.user, call.house.desk.digest(call.token), call.read(SignOutBody).why))
    return {}


async def here(call: Call) -> Json:
    """Somebody is at the till, though no command says so."""
    await call.session()
    return {}


async def change_pin(call: Call) -> Json:
    body = call.read(PinBody)
    await call.house.desk.change_pin(await call.session(), body.pin, body.new_pin, call.key)
    return {}


async def unlock(call: Call) -> Json:
    """A manager comes to a till where nobody may be signed in."""
    body = call.read(UnlockBody)
    by = UserId(body.manager.user)
    await call.house.desk.unlock(by, body.manager.pin, UserId(body.user), call.till, call.key)
    return {}


async def approve(call: Call) -> Json:
    """Somebody who may says yes to the action that was refused with `approval-needed`."""
    body = call.read(ApproveBody)
    await call.session()
    wanted = Wanted(body.right, body.action)
    await call.house.desk.grant(UserId(body.manager.user), body.manager.pin, call.till, wanted, call.key)
    return {}


VERBS: Mapping[str, Callable[[Call], Awaitable[Json]]] = {
    "sign-in": sign_in,
    "sign-out": sign_out,
    "here": here,
    "change-pin": change_pin,
    "unlock": unlock,
    "approve": approve,
}


def _user(session: Session) -> Json:
    rights = sorted(session.rights)
    number = session.number
    return {"id": session.user, "name": session.name, "role": session.role, "rights": rights, "session": number}
