"""JSON, version 1: the one wire format, for the command line and for REST.

Each document is a struct whose fields are the document's, in its order. Fields may be added, never renamed or removed.
"""

from app.reports.wire.catalogue import Examples, RuleEntry, Rules
from app.reports.wire.encoding import VERSION, digest, encode, plain
from app.reports.wire.findings import (
    DeferredLeaf,
    FindingCounts,
    FixEdit,
    ReportedFinding,
    WaivedFinding,
    counts,
    deferred,
    edit,
    finding,
    waived,
)
from app.reports.wire.leaves import (
    Difference,
    ExplainedLeaf,
    Explanation,
    LayerValue,
    LeafChange,
    Matrix,
    MatrixCell,
    MatrixRow,
    Side,
    Value,
    Values,
)
from app.reports.wire.origins import (
    CallOrigin,
    DefaultOrigin,
    DeploymentOrigin,
    DotenvOrigin,
    FileOrigin,
    Origin,
    ValidatorOrigin,
    VariableOrigin,
    origin,
)
from app.reports.wire.verdicts import AppliedFix, EnvironmentReport, ErrorReport, Failed, Report

__all__ = [
    "VERSION",
    "AppliedFix",
    "CallOrigin",
    "DefaultOrigin",
    "DeferredLeaf",
    "DeploymentOrigin",
    "Difference",
    "DotenvOrigin",
    "EnvironmentReport",
    "ErrorReport",
    "Examples",
    "ExplainedLeaf",
    "Explanation",
    "Failed",
    "FileOrigin",
    "FindingCounts",
    "FixEdit",
    "LayerValue",
    "LeafChange",
    "Matrix",
    "MatrixCell",
    "MatrixRow",
    "Origin",
    "Report",
    "ReportedFinding",
    "RuleEntry",
    "Rules",
    "Side",
    "ValidatorOrigin",
    "Value",
    "Values",
    "VariableOrigin",
    "WaivedFinding",
    "counts",
    "deferred",
    "digest",
    "edit",
    "encode",
    "finding",
    "origin",
    "plain",
    "waived",
]
