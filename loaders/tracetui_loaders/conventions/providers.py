"""Provider names: many spellings, one canonical id (that of genai-prices).

Source: MAPPING §2 and its alias table; OTel GenAI `gen_ai.provider.name` well-known values.
"""

from functools import lru_cache

_ALIASES: dict[str, str] = {
    **dict.fromkeys(
        (
            "azure.ai.openai",
            "az.ai.openai",
            "azure.ai.inference",
            "az.ai.inference",
            "azure_openai",
        ),
        "azure",
    ),
    **dict.fromkeys(
        ("aws.bedrock", "bedrock", "bedrock_converse", "amazon-bedrock", "amazon"), "aws"
    ),
    **dict.fromkeys(
        (
            "gcp.gemini",
            "gcp.vertex_ai",
            "gcp.gen_ai",
            "vertexai",
            "vertex_ai",
            "gemini",
            "google_genai",
            "google.generative-ai",
            "google-gla",
            "google-vertex",
        ),
        "google",
    ),
    **dict.fromkeys(("mistral_ai", "mistralai"), "mistral"),
    **dict.fromkeys(("x_ai", "xai"), "x-ai"),
    **dict.fromkeys(("moonshot_ai", "moonshot"), "moonshotai"),
    "together_ai": "together",
    "hugging_face": "huggingface",
    "ibm.watsonx.ai": "watsonx",
}

_FRAMEWORKS = frozenset(
    {
        "langchain",
        "langgraph",
        "crewai",
        "strands-agents",
        "microsoft.agent_framework",
        "gcp.vertex.agent",
        "autogen",
        "haystack",
        "litellm",
        "semantic_kernel",
        "llamaindex",
        "smolagents",
        "dspy",
    }
)
"""Names that emitters put into the provider's field and that are not providers."""

_SDK_SUFFIXES = (
    ".chat",
    ".responses",
    ".messages",
    ".completion",
    ".embedding",
    ".generative-ai",
    ".vertex",
)

_MODEL_PREFIXES: tuple[tuple[str, str], ...] = (
    ("gpt-", "openai"),
    ("o1", "openai"),
    ("o3", "openai"),
    ("o4", "openai"),
    ("chatgpt-", "openai"),
    ("text-embedding-3", "openai"),
    ("text-embedding-ada", "openai"),
    ("claude-", "anthropic"),
    ("gemini-", "google"),
    ("mistral-", "mistral"),
    ("codestral-", "mistral"),
    ("command-", "cohere"),
    ("grok-", "x-ai"),
    ("deepseek-", "deepseek"),
    ("kimi-", "moonshotai"),
)


@lru_cache(1_024)
def canonical_provider(raw: str | None) -> str | None:
    """Return the provider that `raw` names, or None if it names none or a framework."""
    if raw is None:
        return None
    name = raw.lower()
    if name in _FRAMEWORKS:
        return None
    if name in _ALIASES:
        return _ALIASES[name]
    for suffix in _SDK_SUFFIXES:
        if name.endswith(suffix):
            name = name[: -len(suffix)]
            break
    return _ALIASES.get(name, name)


@lru_cache(1_024)
def provider_of_model(model: str | None) -> str | None:
    """Return the maker that a well-known model name implies, or None."""
    if model is None:
        return None
    # LiteLLM and OpenRouter put the provider before: `openai/gpt-4o`.
    name = model.lower().rpartition("/")[2]
    return next((provider for prefix, provider in _MODEL_PREFIXES if name.startswith(prefix)), None)
