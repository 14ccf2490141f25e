"""The packing core of the reference firmware, compiled for this computer: as a library, and as a checked program."""

import ctypes
import subprocess
from pathlib import Path

import pytest
from firmware_build import SOURCE, STRICT, compiled, compiler


@pytest.fixture(scope="session")
def core(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The core as a shared library, compiled with every warning an error."""
    library = tmp_path_factory.mktemp("core") / "headsup.so"
    sources = [str(path) for path in sorted(SOURCE.glob("*.c"))]
    compiled([compiler("gcc"), *STRICT, "-O2", "-fPIC", "-shared", "-o", str(library), *sources])
    return ctypes.CDLL(str(library))


@pytest.fixture(scope="session")
def checked_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`core_program.c` with the core, under the address and undefined-behaviour sanitizers."""
    program = tmp_path_factory.mktemp("core") / "core_program"
    sources = [str(Path(__file__).with_name("core_program.c")), *(str(path) for path in sorted(SOURCE.glob("*.c")))]
    flags = [*STRICT, "-O1", "-g", f"-I{SOURCE}", "-fno-sanitize-recover=all"]
    sanitize = "-fsanitize=address,undefined"
    gcc = compiler("gcc")
    probe = subprocess.run(
        [gcc, sanitize, "-x", "c", "-", "-o", str(program)], input="int main(void){return 0;}", text=True,
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    if probe.returncode != 0 or subprocess.run([str(program)], capture_output=True, check=False).returncode != 0:
        pytest.skip("this gcc has no address and undefined-behaviour sanitizers")
    compiled([gcc, *flags, sanitize, "-o", str(program), *sources])
    return program
