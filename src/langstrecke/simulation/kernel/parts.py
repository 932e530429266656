"""Compiling the kernel's functions as parts of one program.

Left to itself Numba makes every function ready to be called from Python: it links in all that the function calls,
optimises the lot, makes machine code of it and wraps it, and the caller does all that again with its own. With some
hundred functions on six floors that is two thirds of the time. Here a part is only typed and lowered to LLVM's
language; the entry links all parts at once, and optimisation and machine code are made once. A part has one
signature (integers are 64 bits wide, literals are not kept apart), so that no part is compiled twice.

This builds on Numba's documented `pipeline_class`, and on its code libraries, which are not documented and may change
with any version: `joins` tries it, and where it fails the kernel is compiled Numba's own way. Nothing here changes
what a function computes: the tests compare compiled races with the same source in plain Python.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numba
from numba.core import itanium_mangler, types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import AnalysisPass, register_pass
from numba.core.registry import CPUDispatcher
from numba.core.typed_passes import IRLegalization, NativeLowering


class _PartLibrary(JITCodeLibrary):
    """LLVM code that waits for an entry to link it."""

    def _optimize_functions(self, ll_module: Any) -> None:
        ll_module.data_layout = self._codegen._data_layout

    def finalize(self) -> None:
        self._finalized = True


class _EntryLibrary(JITCodeLibrary):
    """An entry with all its parts."""

    def finalize(self) -> None:
        # Callers first: the linker takes in only what is asked for by then.
        found: dict[Any, None] = {}
        waiting = list(reversed(self._linking_libraries))
        while waiting:
            library = waiting.pop()
            if library not in found:
                found[library] = None
                if isinstance(library, _PartLibrary):
                    waiting.extend(reversed(library._linking_libraries))
        self._linking_libraries = list(found)
        super().finalize()  # type: ignore[no-untyped-call]


def _short_name(name: str, arguments: Sequence[Any], *, abi_tags: Sequence[str] = (), uid: int | None = None) -> str:
    """A symbol for a function: Numba spells out the argument types, and a record's are thousands of characters."""
    tag = hashlib.sha256(f"{arguments} {abi_tags}".encode()).hexdigest()[:12]
    mangled: str = itanium_mangler.mangle(name, (), abi_tags=(tag,), uid=uid)
    return mangled


@register_pass(mutates_CFG=False, analysis_only=True)
class _OpenLibrary(AnalysisPass):
    """Before lowering: where the code goes, under which name, and what is left out."""

    _name = "langstrecke_open_library"

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def run_pass(self, state: Any) -> bool:
        part = isinstance(state.pipeline, PartCompiler)
        state.targetctx = state.targetctx.subtarget(mangler=_short_name)
        state.library = (_PartLibrary if part else _EntryLibrary)(
            state.targetctx.codegen(), state.func_id.func_qualname
        )
        state.library.enable_object_caching()
        state.flags.no_cfunc_wrapper = True
        if part:
            state.flags.no_cpython_wrapper = True
            state.flags.no_compile = True
        return False


@register_pass(mutates_CFG=False, analysis_only=True)
class _OfferPart(AnalysisPass):
    """After lowering: callers find the part by a name of its own, as it has no compiled function to go by."""

    _name = "langstrecke_offer_part"

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def run_pass(self, state: Any) -> bool:
        name = object()
        state["cr"] = state["cr"]._replace(cfunc=name)
        state.targetctx.insert_user_function(name, state["cr"].fndesc, [state.library])
        return False


class EntryCompiler(CompilerBase):
    """Numba's pipeline for what Python calls."""

    def define_pipelines(self) -> list[Any]:
        """The pipeline, with the entry's library opened before lowering."""
        passes: Any = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.add_pass_after(_OpenLibrary, IRLegalization)
        passes.finalize()
        return [passes]


class PartCompiler(CompilerBase):
    """Numba's pipeline for what only the kernel calls."""

    def define_pipelines(self) -> list[Any]:
        """The pipeline, up to LLVM's language."""
        passes: Any = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.add_pass_after(_OpenLibrary, IRLegalization)
        passes.add_pass_after(_OfferPart, NativeLowering)
        passes.finalize()
        return [passes]


class Part(CPUDispatcher):
    """A function that only the kernel calls, with one signature."""

    def __init__(self, function: Any, targetoptions: dict[str, Any]) -> None:
        super().__init__(function, targetoptions=targetoptions, pipeline_class=PartCompiler)

    def get_call_template(self, args: Sequence[Any], kws: Any) -> Any:
        """The part for these arguments, compiled if need be."""
        return super().get_call_template([_wide(a) for a in args], kws)

    def add_overload(self, compiled: Any) -> None:
        """Keep a compiled signature; Python cannot call it."""
        self.overloads[tuple(compiled.signature.args)] = compiled


def _wide(argument: Any) -> Any:
    plain = types.unliteral(argument)
    return types.int64 if isinstance(plain, types.Integer) and plain != types.uint64 else plain


def joins(options: dict[str, Any]) -> bool:
    """Whether parts become one program with the Numba that is here: tried on a part and an entry of a line each."""

    def half(x: int) -> int:
        return x // 2

    part: Any = Part(half, targetoptions={**options, "nopython": True})

    def whole(x: int) -> int:
        return int(part(x)) + 1

    njit: Any = numba.njit
    try:
        return bool(njit(**options, pipeline_class=EntryCompiler)(whole)(8) == 5)
    except Exception:
        return False
