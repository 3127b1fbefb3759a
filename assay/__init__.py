"""How Assay is started. Its code is the package `app`, a name that half of all web projects have for theirs.

Installed, that package lies within this folder, where nobody comes across it; in a working copy it lies beside it.
Whoever imports this changes nothing: `assay.__main__` is what puts Assay's own first, in its own processes.
"""
