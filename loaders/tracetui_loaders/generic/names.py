"""The usual names of what a record may say, and how values are recognised.

A name is compared in lower case and without `_`, `-`, `.`, `@` and blanks, so that `traceId`,
`trace_id` and `trace.id` are one. Where several are there, the first of a list is taken.

Source: the files that FORMATS §6-§9 describe; pino, winston, structlog, Bunyan, ECS and Google
Cloud's structured logs for the names of plain logs.
"""

import re
from functools import lru_cache
from typing import Any

FIELDS: dict[str, tuple[str, ...]] = {
    "trace_id": (
        "traceid",
        "trace",
        "rootspanid",
        "rootrunid",
        "rootid",
        "logginggoogleapiscomtrace",
    ),
    "span_id": (
        "spanid",
        "observationid",
        "stepid",
        "nodeid",
        "uuid",
        "id",
        "eventid",
        "messageid",
    ),
    "parent_span_id": (
        *("parentspanid", "parentid", "parentrunid", "parentobservationid", "parentuuid"),
        *("parentstepid", "parent"),
    ),
    "session_id": (
        *("sessionid", "conversationid", "threadid", "chatid", "groupid", "session"),
        *("conversation", "thread", "runid", "run", "taskid", "jobid", "requestid"),
        *("correlationid", "reqid"),
    ),
    "name": (
        *("spanname", "name", "operationname", "operation", "eventname", "event", "eventtype"),
        *("action", "step", "node", "type", "title", "generatedtitle"),
    ),
    "message": ("msg", "message", "text", "body", "log", "content", "finaltext", "summary"),
    "start": (
        *("starttimeunixnano", "starttime", "starttimestamp", "startedat", "startts", "start"),
        *("startns", "startus", "startms", "begintime", "beginat", "begin", "sessionstart"),
    ),
    "time": (
        *("timestamp", "ts", "time", "datetime", "createdat", "created", "eventtime"),
        *("timeunixnano", "timestampms", "timestampns", "timems", "tsms", "at", "date"),
        *("observedtimestamp", "loggedat"),
    ),
    "end": (
        *(
            "endtimeunixnano",
            "endtime",
            "endtimestamp",
            "endedat",
            "endts",
            "end",
            "endns",
            "endus",
        ),
        *("endms", "finishtime", "finishedat", "finish", "completedat", "stoptime", "stop"),
        *("updatedat", "lastupdated", "lastactiveat"),
    ),
    "duration": (
        *("durationnano", "durationns", "durationus", "durationms", "durationseconds"),
        *("durations", "durationsec", "duration", "latencyms", "latencyseconds", "latencys"),
        *("latency", "elapsedms", "elapsedseconds", "elapsed", "tookms", "took"),
        *("responsetimems", "responsetime", "executiontimems", "executiontime", "runtimems"),
    ),
    "level": ("level", "severity", "loglevel", "levelname", "severitytext", "lvl"),
    "status": ("statuscode", "status", "outcome", "state"),
    "success": ("success", "succeeded", "ok", "issuccess"),
    "error": ("error", "err", "iserror", "errormessage", "exception", "failed", "errmsg"),
    "error_type": ("errortype", "exceptiontype", "errorname", "errorcode"),
    "kind": (
        *("spankind", "spantype", "runtype", "observationtype", "steptype", "kind", "type"),
        *("category", "eventtype"),
    ),
    "role": ("role", "speaker", "author"),
    "phase": ("phase", "event", "eventtype", "eventname", "type", "status"),
    "model": (
        *("requestmodel", "responsemodel", "model", "modelname", "modelid", "llmmodel"),
        *("currentmodelid", "engine", "deployment"),
    ),
    "provider": ("provider", "modelprovider", "llmprovider", "providername"),
    "input_tokens": (
        *("inputtokens", "prompttokens", "inputtokencount", "prompttokencount", "tokensin"),
        *(
            "tokensinput",
            "usageinput",
            "usageprompt",
            "tokensprompt",
            "numprompttokens",
            "intokens",
        ),
        "tokensent",
    ),
    "output_tokens": (
        *("outputtokens", "completiontokens", "outputtokencount", "completiontokencount"),
        *("candidatestokencount", "tokensout", "tokensoutput", "usageoutput", "usagecompletion"),
        *("tokenscompletion", "numcompletiontokens", "outtokens", "tokensreceived"),
    ),
    "total_tokens": ("totaltokens", "totaltokencount", "tokenstotal", "usagetotal", "tokens"),
    "cache_read_tokens": (
        *("cachereadtokens", "cachereadinputtokens", "cachedtokens", "cachedinputtokens"),
        *("cacheread", "tokenscacheread", "cachedcontenttokencount"),
    ),
    "cache_write_tokens": (
        *("cachewritetokens", "cachecreationinputtokens", "cachecreationtokens", "cachewrite"),
        "tokenscachewrite",
    ),
    "reasoning_tokens": (
        *("reasoningtokens", "reasoningoutputtokens", "thoughtstokencount", "tokensreasoning"),
    ),
    "cost_usd": ("costusd", "totalcostusd", "cost", "totalcost", "priceusd", "price"),
    "tool_name": ("toolname", "tool", "functionname", "function", "toolcallname"),
    "tool_call_id": ("toolcallid", "tooluseid", "callid", "functioncallid"),
    "input": (
        *("input", "inputs", "prompt", "request", "arguments", "args", "parameters", "params"),
        *("toolinput", "toolargs", "query", "question", "inputmessages"),
    ),
    "output": (
        *("output", "outputs", "response", "completion", "result", "answer", "reply"),
        *("tooloutput", "toolresult", "observation", "value", "outputmessages"),
    ),
    "agent_name": ("agentname", "agent", "agentid"),
    "service_name": ("servicename", "service", "app", "application", "logger", "component"),
    "user_id": ("userid", "enduserid"),
}
"""Field to its usual names, the surest first. Every field may be given in a mapping file."""

FIELDS_OF: dict[str, list[tuple[str, int]]] = {}
"""A usual name to the fields that it may be, each with its place in their lists."""
for _field, _usual in FIELDS.items():
    for _rank, _name in enumerate(_usual):
        FIELDS_OF.setdefault(_name, []).append((_field, _rank))

HOLDERS = frozenset(
    {
        *("usage", "tokens", "tokenusage", "usagemetadata", "metadata", "meta", "attributes"),
        *("attrs", "context", "ctx", "span", "data", "payload", "message", "telemetry", "metrics"),
        *("fields", "extra", "info", "stats", "timing", "timings", "trace", "labels", "record"),
    }
)
"""Objects in a record whose fields count as the record's, where it has none of that name."""

COUNTED = frozenset({"usage", "tokens", "tokenusage", "usagemetadata"})
"""Holders in which `input` and `output` are counts."""

WRAPPERS = (
    *("spans", "events", "messages", "records", "logs", "steps", "observations", "runs", "items"),
    *("entries", "trajectory", "history", "turns", "data", "results", "traces"),
)
"""Fields of a document that hold its records, where the document is none itself."""

_PLAIN = re.compile(r"[^a-z0-9]")


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """Return a name as names are compared."""
    return _PLAIN.sub("", name.lower())


_LLM = ("llm", "chat", "completion", "generation", "model", "llmcall", "modelcall", "chatmodel")
KINDS: dict[str, str] = {
    **dict.fromkeys((*_LLM, "generate", "assistant", "ai", "inference", "plannerresponse"), "llm"),
    **dict.fromkeys(("tool", "toolcall", "tooluse", "toolresult", "function"), "tool"),
    **dict.fromkeys(("functioncall", "functionresponse", "tooloutput"), "tool"),
    **dict.fromkeys(("agent", "invokeagent", "subagent", "agentrun"), "agent"),
    **dict.fromkeys(("chain", "workflow", "pipeline", "graph", "task", "turn"), "workflow"),
    **dict.fromkeys(("embedding", "embeddings", "embed"), "embedding"),
    **dict.fromkeys(("retriever", "retrieval", "retrieve"), "retriever"),
    **dict.fromkeys(("reranker", "rerank"), "reranker"),
    **dict.fromkeys(("guardrail", "guard", "moderation"), "guardrail"),
    **dict.fromkeys(("evaluator", "evaluation", "eval"), "evaluator"),
    **dict.fromkeys(("user", "human", "system", "developer", "prompt", "userinput"), "prompt"),
    "memory": "memory",
    "handoff": "handoff",
    "http": "http",
    "db": "db",
}
"""What records call themselves, plain, to the kind of their span."""

ROLES: dict[str, str] = {
    **dict.fromkeys(("assistant", "ai", "model", "bot"), "assistant"),
    **dict.fromkeys(("user", "human"), "user"),
    **dict.fromkeys(("system", "developer"), "system"),
    **dict.fromkeys(("tool", "toolresult", "function"), "tool"),
}
"""Who speaks in a record of a conversation."""

_FAILED = frozenset(
    {"error", "err", "failed", "failure", "fail", "fatal", "critical", "exception", "errored"}
    | {"alert", "emergency", "panic", "statuscodeerror", "timeout"}
)
_WENT_WELL = frozenset(
    {"ok", "success", "succeeded", "completed", "complete", "done", "statuscodeok", "passed"}
)
_PHASE = re.compile(
    r"(?:^|[^a-z])(?:(?P<start>start|started|begin|began)"
    r"|end|ended|finish|finished|complete|completed|stop|stopped)$"
)
_NUMERIC_ERROR = 50
"""Pino's and Bunyan's levels: 50 is error, 60 fatal."""


def is_failure(value: Any) -> bool:
    """Whether a status, level or outcome says that something went wrong."""
    if isinstance(value, str):
        return plain(value) in _FAILED
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    return value in (_NUMERIC_ERROR, 60) or 500 <= value <= 599


def is_success(value: Any) -> bool:
    """Whether a status says that all went well."""
    return isinstance(value, str) and plain(value) in _WENT_WELL


def phase_of(value: Any) -> str | None:
    """Return start or end, if a record says that it is only that of something longer."""
    match = _PHASE.search(value.lower()) if isinstance(value, str) else None
    if match is None:
        return None
    return "start" if match["start"] else "end"
