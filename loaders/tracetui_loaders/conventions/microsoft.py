"""Microsoft Agent Framework, Semantic Kernel and AutoGen, beyond OTel GenAI.

Source: microsoft/agent-framework `observability.py`, microsoft/semantic-kernel
`utils/telemetry`, microsoft/autogen `_tracing_config.py` (messaging spans with the old keys).
MAPPING row AF / SK / AG; kinds by span name are in `span_names`.
"""

from tracetui_loaders.conventions.base import Convention, Key

MICROSOFT = Convention(
    name="microsoft",
    keys=(
        Key("workflow.name", "workflow_name", 20),
        Key("workflow_builder.name", "workflow_name", 70),
        Key("executor.id", "graph_node", 40),
    ),
)
