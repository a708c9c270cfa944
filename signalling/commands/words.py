"""How commands speak to operators."""


def plainly(problem: Exception) -> str:
    """What an operator needs of an error of theirs."""
    if isinstance(problem, UnicodeDecodeError):
        return "a file isn't text"
    if isinstance(problem, OSError):
        return problem.strerror or type(problem).__name__
    return str(problem)
