"""The machine that kernels are compiled for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from nonlin._errors import CompileError
from nonlin.emit.llvm.hardware import Hardware


@dataclass(frozen=True, slots=True)
class Target:
    """This CPU, as LLVM names it."""

    triple: str
    cpu: str
    features: str
    hardware: Hardware

    def machine(self, effort: int = 2) -> Any:
        """A new LLVM target machine: an engine takes it over, and frees it with itself."""
        import llvmlite.binding as llvm

        return llvm.Target.from_triple(self.triple).create_target_machine(
            cpu=self.cpu, features=self.features, opt=effort, jit=True, codemodel="jitdefault"
        )


@cache
def host() -> Target:
    """The CPU that this process runs on."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    features = llvm.get_host_cpu_features()
    triple, cpu = llvm.get_process_triple(), llvm.get_host_cpu_name()
    return Target(triple, cpu, features.flatten(), _hardware(features))


def _hardware(features: dict[str, bool]) -> Hardware:
    if features.get("avx512f"):
        return Hardware(64, avx512=True)
    return Hardware(32 if features.get("avx2") else 16)


def to_object(source: str, effort: int = 2) -> bytes:
    """LLVM IR as machine code; effort 0 compiles twice as fast.

    The IR is straight-line and shares its work already: measured, LLVM's optimisation passes
    double the compile time and leave the speed as it is.
    """
    import llvmlite.binding as llvm

    try:
        module = llvm.parse_assembly(source)
        module.verify()
        return bytes(host().machine(effort).emit_object(module))
    except RuntimeError as error:
        raise CompileError("not_compiled", reason=str(error).strip()) from error


@dataclass(frozen=True, slots=True)
class Loaded:
    """Machine code in memory: the address is good as long as the engine lives."""

    address: int
    engine: Any


def load(machine_code: bytes, entry: str) -> Loaded:
    """Put an object file into memory and find its entry."""
    import llvmlite.binding as llvm

    empty = llvm.parse_assembly(f'target triple = "{host().triple}"')
    engine = llvm.create_mcjit_compiler(empty, host().machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(machine_code))
    engine.finalize_object()
    address = engine.get_function_address(entry)
    if not address:
        raise CompileError("not_compiled", reason=f"no entry {entry}")
    return Loaded(address, engine)
