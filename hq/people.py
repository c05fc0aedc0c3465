"""A spreadsheet's rows about people and roles, as a shop is told them; PINs leave headquarters only as argon2id."""

import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace

import msgspec

from edge.feedwords import RoleValue, StaffValue, Value, plain, read_value
from edge.pins import fits, hash_pin
from edge.rights import BUILT_IN, CEILINGS, RIGHTS
from edge.sync.wire import is_name
from hq import feed
from hq.cells import named
from hq.feed import Author
from hq.rows import number, yes

Row = Mapping[str, str]


def staff_row(db: sqlite3.Connection, row: Row, author: Author, fresh: Callable[[str], Value | None]) -> int:
    """Tell a shop who works there, or who leaves; how much changed. `fresh` finds roles not yet held."""
    store, user = named(row, "store"), named(row, "user")
    if not is_name(store):
        raise ValueError(f"{store!r} is no store's id")
    key = f"staff/{user}"
    if yes(row.get("leaves", "")):
        return feed.remove(db, store, [key], author)
    held = feed.value(db, key, store)
    person = person_in(row, held if isinstance(held, StaffValue) else None)
    role = f"role/{person.role}"
    if person.role not in BUILT_IN and fresh(role) is None and feed.value(db, role) is None:
        raise ValueError(f"there is no role {person.role!r}; import the roles first")
    read_value("staff", msgspec.json.encode(plain(person)))
    return feed.put(db, store, [person], author)


def role_in(row: Row) -> RoleValue:
    """`rights` are words with blanks between them, `ceilings` look like `discount_line=1000`."""
    rights = tuple(sorted({right for right in re.split(r"[|;,\s]+", row["rights"]) if right}))
    for right in rights:
        if right not in RIGHTS:
            raise ValueError(f"{right!r} is no right; there are {', '.join(RIGHTS)}")
    ceilings: dict[str, int] = {}
    for part in (part for part in re.split(r"[|;,\s]+", row.get("ceilings", "")) if part):
        name, equals, most = part.partition("=")
        if name not in CEILINGS or not equals:
            raise ValueError(f"{part!r} is no ceiling; write {' or '.join(f'{each}=1000' for each in CEILINGS)}")
        ceilings[name] = number(most, name)
    if not row["role"]:
        raise ValueError("role is empty")
    return RoleValue(row["role"], rights, ceilings)


def person_in(row: Row, held: StaffValue | None) -> StaffValue:
    """Somebody with a `pin`, or a `one_time_pin` they must change at once; without either they keep the one they have.

    The same PIN again keeps its hash, so that the same spreadsheet changes nothing.
    """
    pin, one_time = row.get("pin") or row.get("one_time_pin", ""), bool(row.get("one_time_pin"))
    if held is None and not pin:
        raise ValueError(f"{row['user']} needs a pin or a one_time_pin")
    if row.get("pin") and one_time:
        raise ValueError("give a pin or a one_time_pin, not both")
    if not row["role"]:
        raise ValueError("role is empty")
    before = held or StaffValue(row["user"], row["user"], row["role"], "")
    same = not pin or (before.one_time == one_time and before.pin_hash != "" and fits(before.pin_hash, pin))
    given = before if same else replace(before, pin_hash=hash_pin(pin), one_time=one_time)
    return replace(given, name=row.get("name") or given.name, role=row["role"], active=True)
