"""Who may do what on an Infinispan server: its default roles, as far as the REST resources here need them."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import Authorization

ANONYMOUS = "ANONYMOUS"
MONITOR = "MONITOR"
READ = "READ"
WRITE = "WRITE"
ADMIN = "ADMIN"

PERMISSIONS_OF_ROLE: Mapping[str, frozenset[str]] = {
    "admin": frozenset({ANONYMOUS, MONITOR, READ, WRITE, ADMIN}),
    "observer": frozenset({ANONYMOUS, MONITOR, READ}),
}


@dataclass(frozen=True)
class User:
    """A user of an Infinispan server. `role` is "admin" or "observer"."""

    name: str
    password: str = field(repr=False)
    role: str

    def __post_init__(self) -> None:
        if self.role not in PERMISSIONS_OF_ROLE:
            raise ValueError(f"{self.role!r} is not one of the roles {sorted(PERMISSIONS_OF_ROLE)}.")

    def may(self, permission: str) -> bool:
        return permission in PERMISSIONS_OF_ROLE[self.role]

    def explain_refusal(self, permission: str) -> str:
        """The sentence of Infinispan's 403."""
        subject = f"Subject with principal(s): [{self.name}, {self.role}]"
        return f"ISPN000287: Unauthorized access: subject '{subject}' lacks '{permission}' permission"


def authenticate(users: Mapping[str, User], authorization: Authorization | None) -> User | None:
    """The user whose name and password (HTTP basic authentication) were given, or None."""
    if authorization is None or authorization.type != "basic":
        return None
    user = users.get(authorization.username or "")
    given = (authorization.password or "").encode()
    if user is None or not hmac.compare_digest(given, user.password.encode()):
        return None
    return user
