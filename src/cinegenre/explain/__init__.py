"""Why a film got its genres: which words, which parts of the poster, and which inputs moved them.

It leaves parts out and predicts again. It needs no gradients, so it works with any bundle.
"""

from .explain import explain
from .result import Effect, Explanation, Reasons, Word

__all__ = ["Effect", "Explanation", "Reasons", "Word", "explain"]
