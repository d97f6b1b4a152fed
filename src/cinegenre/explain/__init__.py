"""Why a film got its genres: which words, which parts of the poster, and which inputs moved them.

By leaving things out and asking again; no gradients, so any bundle will do.
"""

from .explain import explain
from .result import Effect, Explanation, Reasons, Word

__all__ = ["Effect", "Explanation", "Reasons", "Word", "explain"]
