"""Walks everything that can be reached from an object, cycles and all, and finds texts in it.

`gc.get_referents` names what an object holds; message structs that opted out of the collector are read by their
fields. Modules, classes and the globals of functions are the program and not its data: they are not entered.
"""

import gc
import sys
from collections.abc import Iterable, Iterator
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import msgspec

PROGRAM = (ModuleType, type, BuiltinFunctionType)


def everything_in(*roots: object, but: tuple[type, ...] = ()) -> Iterator[object]:
    """Each object that the roots hold, directly or through others, once. What is of a type in `but` is not entered."""
    programs = {id(vars(module)) for module in list(sys.modules.values()) if isinstance(module, ModuleType)}
    seen: set[int] = programs
    ahead: list[Any] = list(roots)
    kept_alive: list[Any] = []
    while ahead:
        thing = ahead.pop()
        if id(thing) in seen or isinstance(thing, (*PROGRAM, *but)):
            continue
        seen.add(id(thing))
        kept_alive.append(thing)
        yield thing
        ahead.extend(_held_by(thing))


def found_in(texts: Iterable[str], *roots: object, but: tuple[type, ...] = ()) -> set[str]:
    """Which of these texts stand anywhere in what the roots hold, as text or as bytes."""
    wanted = [(text, text.encode()) for text in texts]
    found: set[str] = set()
    for thing in everything_in(*roots, but=but):
        if isinstance(thing, str):
            found.update(text for text, _ in wanted if text in thing)
        elif isinstance(thing, bytes | bytearray | memoryview | msgspec.Raw):
            held = bytes(thing)
            found.update(text for text, raw in wanted if raw in held)
    return found


def _held_by(thing: Any) -> Iterable[Any]:
    if isinstance(thing, msgspec.Struct):
        return [getattr(thing, name) for name in thing.__struct_fields__]
    if isinstance(thing, dict):  # a dict whose keys are all texts doesn't name them to the collector
        return [*thing.keys(), *thing.values(), *gc.get_referents(thing)]
    if isinstance(thing, FunctionType):
        return [thing.__closure__, thing.__defaults__, thing.__kwdefaults__, thing.__dict__]
    return gc.get_referents(thing)
