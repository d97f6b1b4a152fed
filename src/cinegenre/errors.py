"""Errors that a person can act on: what is wrong, the value, and the cure, on one line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .faults import Fault


class UserError(Exception):
    """Something outside the program is wrong: input, files, options. Commands print it and exit
    with code 2.

    `what` says what is wrong and quotes the value, `cure` says what to do about it.
    """

    def __init__(self, what: str, cure: str = "") -> None:
        self.what = " ".join(what.split())
        self.cure = " ".join(cure.split())
        super().__init__(f"{self.what}: {self.cure}" if self.cure else self.what)

    def __reduce__(self) -> tuple[Any, ...]:
        # By default, unpickling calls the class with the whole line as its one argument, which
        # fails for kinds such as MissingExtra; worker processes send errors by pickle.
        return UserError.__new__, (type(self), *self.args), self.__dict__


class BadMovie(UserError):
    """One film cannot be used (wrong type, no input, unreadable row); the others can.

    If a prediction was asked for, `fault` has the code.
    """

    def __init__(self, what: str, cure: str = "", fault: Fault | None = None) -> None:
        super().__init__(what, cure)
        self.fault = fault


class BadImage(UserError):
    """One poster cannot be read; `extra` is the extra that would read it, if there is one."""

    def __init__(self, what: str, cure: str = "", extra: str = "") -> None:
        super().__init__(what, cure)
        self.extra = extra


class MissingExtra(UserError):
    """A command needs packages that the core does not install; the cure installs them."""

    def __init__(self, package: str, extra: str) -> None:
        from .install import torch_is_heavy, with_extra

        super().__init__(f"{package!r} is not installed{torch_is_heavy(extra)}", with_extra(extra))


def unknown(kind: str, name: object, known: Iterable[str]) -> UserError:
    """The error for a name that is not among `known`; `kind` says what it should be the name of.

    The cure lists the known names, after "did you mean 'x'?" if one is spelled similarly.
    """
    import difflib

    names = sorted(known)
    folded = {each.casefold(): each for each in names}
    near = difflib.get_close_matches(str(name).casefold(), folded, n=1)
    cure = f"did you mean {folded[near[0]]!r}? " if near else ""
    return UserError(f"unknown {kind} {name!r}", f"{cure}known: {', '.join(names) or 'none'}")


def shown(value: object, limit: int = 60) -> str:
    """A value as errors quote it: on one line, cut to `limit` characters."""
    text = value if isinstance(value, str) else repr(value)
    text = json.dumps(text, ensure_ascii=False) if isinstance(value, str) else text
    return text if len(text) <= limit else text[: limit - 1] + "…"
