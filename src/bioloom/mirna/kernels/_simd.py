"""Vectors of 32 whole numbers of 16 bits in compiled kernels.

A numba type that is LLVM's <32 x i16>, which it lowers to what the processor has: one
register with AVX-512, two with AVX2, four with NEON. Functions here can be called in
kernels only.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from llvmlite import binding, ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils, config
from numba.core.datamodel import models
from numba.extending import intrinsic, register_model

# ruff: noqa: ARG001 -- numba hands every lowering the same arguments

LANES = 32
Array = TypeVar("Array")
_I16 = ir.IntType(16)
_VECTOR = ir.VectorType(_I16, LANES)
_INDEX = ir.IntType(32)


class Lanes(types.Type):
    """32 x int16."""

    def __init__(self) -> None:
        super().__init__(name="Lanes")


LANES_TYPE = Lanes()


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, _VECTOR)  # type: ignore[no-untyped-call]


def _element(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """Address of element args[1] of args[0], a contiguous or bare int16 array."""
    return builder.gep(_data(context, builder, signature, args), [args[1]])


def _data(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    kind, array = signature.args[0], args[0]
    if isinstance(kind, types.CPointer):
        return array
    return context.make_array(kind)(context, builder, array).data


def _load(builder: Any, pointer: Any) -> Any:
    vector = builder.bitcast(pointer, _VECTOR.as_pointer())
    return builder.load(vector, align=2)


def primitive(function: Callable[..., Any]) -> Callable[..., Any]:
    """Turn a function that says how to compile a call into one for kernels."""
    return cast(Callable[..., Any], intrinsic(function))


@primitive
def _bare(typingctx: Any, array: Any) -> Any:
    """Elements of a contiguous array without the rest of it."""

    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _data(context, builder, signature, args)

    return types.CPointer(array.dtype)(array), lower  # type: ignore[no-untyped-call]


# what inner loops pass on is bare: references to an array are counted whenever it is
# handed on, which costs as much as a few steps on vectors
bare = cast(Callable[[Array], Array], _bare)


@primitive
def load(typingctx: Any, array: Any, index: Any) -> Any:
    """Elements index to index + 31 of an array."""

    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _load(builder, _element(context, builder, signature, args))

    return LANES_TYPE(array, types.intp), lower


@primitive
def store(typingctx: Any, array: Any, index: Any, value: Any) -> Any:
    """Write 32 elements of an array from `index` on."""

    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = _element(context, builder, signature, args)
        vector = builder.bitcast(pointer, _VECTOR.as_pointer())
        builder.store(args[2], vector, align=2)
        return context.get_dummy_value()

    return types.void(array, types.intp, LANES_TYPE), lower


def _splat(builder: Any, scalar: Any) -> Any:
    zero = ir.Constant(_INDEX, 0)
    first = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), scalar, zero)
    order = ir.Constant(ir.VectorType(_INDEX, LANES), [0] * LANES)
    return builder.shuffle_vector(first, first, order)


@primitive
def splat(typingctx: Any, value: Any) -> Any:
    """The same number in every lane."""

    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _splat(builder, builder.trunc(args[0], _I16))

    return LANES_TYPE(types.int64), lower


@primitive
def spread(typingctx: Any, array: Any, index: Any) -> Any:
    """One element of an array in every lane."""

    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = _element(context, builder, signature, args)
        return _splat(builder, builder.load(pointer))

    return LANES_TYPE(array, types.intp), lower


@primitive
def _number(typingctx: Any, array: Any, index: Any) -> Any:
    """One element of an array, its index not negative."""

    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value = builder.load(_element(context, builder, signature, args))
        return builder.sext(value, ir.IntType(64))

    return types.int64(array, types.intp), lower


number = cast(Callable[[Any, int], int], _number)


@primitive
def add(typingctx: Any, a: Any, b: Any) -> Any:
    """Sum, lane by lane."""

    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.add(*args)

    return LANES_TYPE(LANES_TYPE, LANES_TYPE), lower


@primitive
def least(typingctx: Any, a: Any, b: Any) -> Any:
    """Smaller number, lane by lane."""

    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.select(builder.icmp_signed("<", *args), *args)

    return LANES_TYPE(LANES_TYPE, LANES_TYPE), lower


@primitive
def greatest(typingctx: Any, a: Any, b: Any) -> Any:
    """Larger number, lane by lane."""

    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.select(builder.icmp_signed(">", *args), *args)

    return LANES_TYPE(LANES_TYPE, LANES_TYPE), lower


@primitive
def lookup32(typingctx: Any, table: Any, start: Any, keys: Any) -> Any:
    """Elements start + key of a table, key 0 to 31, for each lane's key."""

    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = _element(context, builder, signature, args)
        if not _permutes():
            return _gather(builder, pointer, args[2])
        return _permute(builder, pointer, args[2])

    return LANES_TYPE(table, types.intp, LANES_TYPE), lower


@primitive
def lookup128(typingctx: Any, table: Any, start: Any, keys: Any) -> Any:
    """Elements start + key of a table, key 0 to 127, for each lane's key."""

    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = _element(context, builder, signature, args)
        if not _permutes():
            return _gather(builder, pointer, args[2])
        low, high = (_permute2(builder, pointer, args[2], k) for k in (0, 2))
        limit = ir.Constant(_VECTOR, [2 * LANES] * LANES)
        return builder.select(builder.icmp_signed("<", args[2], limit), low, high)

    return LANES_TYPE(table, types.intp, LANES_TYPE), lower


def _permutes() -> bool:
    """Whether the code may use AVX-512's lookup within registers."""
    if getattr(config, "CPU_NAME", None) or getattr(config, "CPU_FEATURES", None):
        return False
    return bool(binding.get_host_cpu_features().get("avx512bw", False))


def _gather(builder: Any, pointer: Any, keys: Any) -> Any:
    vector = ir.Constant(_VECTOR, ir.Undefined)
    for k in range(LANES):
        lane = ir.Constant(_INDEX, k)
        key = builder.sext(builder.extract_element(keys, lane), ir.IntType(64))
        value = builder.load(builder.gep(pointer, [key]))
        vector = builder.insert_element(vector, value, lane)
    return vector


def _part(builder: Any, pointer: Any, k: int) -> Any:
    offset = ir.Constant(ir.IntType(64), k * LANES)
    return _load(builder, builder.gep(pointer, [offset]))


def _permute(builder: Any, pointer: Any, keys: Any) -> Any:
    kind = ir.FunctionType(_VECTOR, [_VECTOR, _VECTOR])
    name = "llvm.x86.avx512.permvar.hi.512"
    function = _declared(builder, kind, name)
    return builder.call(function, [_part(builder, pointer, 0), keys])


def _permute2(builder: Any, pointer: Any, keys: Any, k: int) -> Any:
    kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
    name = "llvm.x86.avx512.vpermi2var.hi.512"
    function = _declared(builder, kind, name)
    parts = [_part(builder, pointer, k), _part(builder, pointer, k + 1)]
    return builder.call(function, [parts[0], keys, parts[1]])


def _declared(builder: Any, kind: Any, name: str) -> Any:
    declare = cast(Callable[..., Any], cgutils.get_or_insert_function)
    return declare(builder.module, kind, name)
