"""A retrieval pipeline: one question it can answer and one it cannot (OpenInference)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opentelemetry.trace import Status, StatusCode

from .genai import dumps
from .messages import Message, ModelCall
from .openinference import OpenInference, documents, text_io

if TYPE_CHECKING:
    from .recording import Recorder

_TEMPLATE = (
    "You answer questions of employees about the travel policy of Norhaven Labs. Use only the "
    "excerpts. Cite the section. If they do not answer the question, say so.\n\n"
    "Excerpts:\n{context}\n\nQuestion: {question}"
)


@dataclass(frozen=True)
class _Question:
    text: str
    found: list[tuple[str, float, str, str]]
    answer: str
    score: float
    label: str
    explanation: str


_BUSINESS_CLASS = _Question(
    "Can I fly business class from Lisbon to Singapore for the customer kick-off?",
    [
        (
            "policy-4.2",
            0.9123,
            "travel-policy-2026.md#4.2",
            "4.2 Cabin class. Flights under six hours are booked in economy. Business class may be "
            "booked when the scheduled flight time of a single leg is eight hours or more, or when "
            "the traveller works on the day of arrival. Premium economy needs no approval.",
        ),
        (
            "policy-4.3",
            0.8417,
            "travel-policy-2026.md#4.3",
            "4.3 Approval. Business class is approved by the head of department before booking. "
            "Attach the quote of the premium economy fare to the request.",
        ),
        (
            "policy-7.1",
            0.6302,
            "travel-policy-2026.md#7.1",
            "7.1 Per diem. Singapore: 74 EUR a day, breakfast not included. The day of departure "
            "and the day of arrival count as half days.",
        ),
        (
            "faq-112",
            0.5876,
            "travel-faq.md#112",
            "Q: May I upgrade with my own miles? A: Yes, upgrades paid with private miles or "
            "private money need no approval, whatever the flight time.",
        ),
    ],
    "Yes, if a single leg is scheduled for eight hours or more; Lisbon-Singapore through Frankfurt "
    "or Dubai has such a leg (section 4.2). Your head of department must approve it before you "
    "book, and the request needs the premium economy quote attached (section 4.3).",
    0.96,
    "faithful",
    "Both claims are backed by sections 4.2 and 4.3. The flight routes are not in the excerpts.",
)
_DOG = _Question(
    "Does the company pay for a dog sitter while I am travelling?",
    [
        (
            "policy-7.4",
            0.4218,
            "travel-policy-2026.md#7.4",
            "7.4 Childcare. Additional childcare caused by travel is refunded up to 60 EUR a night "
            "against a receipt.",
        ),
        (
            "policy-2.1",
            0.3655,
            "travel-policy-2026.md#2.1",
            "2.1 Who pays. Costs that the traveller would have had at home are not refunded.",
        ),
        (
            "faq-031",
            0.3391,
            "travel-faq.md#31",
            "Q: Are pets allowed in the Porto office? A: Dogs are welcome on Fridays.",
        ),
    ],
    "The excerpts do not say. Section 7.4 refunds childcare up to 60 EUR a night, but pets are not "
    "mentioned; please ask travel@norhaven.example.",
    1.0,
    "faithful",
    "The answer says that the excerpts do not cover pets, which is true.",
)


def record(recorder: Recorder) -> None:
    """Record both questions as traces of one session."""
    kit = OpenInference(recorder, recorder.service("policy-assistant", "2.3.1"))
    recorder.session = "sess-ana-0915"
    for question in (_BUSINESS_CLASS, _DOG):
        _ask(kit, question)
        recorder.clock.advance(41_000)


def _ask(kit: OpenInference, question: _Question) -> None:
    recorder = kit.recorder
    context = "\n\n".join(f"[{d[0]}] {d[3]}" for d in question.found)
    with recorder.span(
        kit.tracer, "PolicyQA", kit.kind("CHAIN", input=question.text) | {"user.id": "ana.ribeiro"}
    ) as root:
        _retrieve(kit, question)
        prompt = _prompt(kit, question, context)
        reply = Message("assistant", question.answer)
        asked = (Message("user", prompt),)
        kit.chat(ModelCall("gpt-4o-mini", asked, reply, stream=True, with_cost=True))
        root.set_attributes(text_io("output", question.answer))
        root.set_status(Status(StatusCode.OK))
        _judge(kit, question, context)


def _retrieve(kit: OpenInference, question: _Question) -> None:
    recorder = kit.recorder
    attributes = kit.kind("RETRIEVER", input=question.text)
    with recorder.span(kit.tracer, "QdrantRetriever", attributes) as retriever:
        tokens = 4 + len(question.text) // 4
        embedding = kit.kind("EMBEDDING", input=question.text) | {
            "embedding.model_name": "text-embedding-3-small",
            "embedding.embeddings.0.embedding.text": question.text,
            "llm.token_count.prompt": tokens,
            "llm.token_count.total": tokens,
        }
        with recorder.span(kit.tracer, "OpenAIEmbeddings", embedding) as span:
            recorder.clock.advance(recorder.rng.uniform(90, 160))
            span.set_status(Status(StatusCode.OK))
        recorder.clock.advance(recorder.rng.uniform(14, 30))
        retriever.set_attributes(documents(question.found))
        retriever.set_status(Status(StatusCode.OK))


def _prompt(kit: OpenInference, question: _Question, context: str) -> str:
    recorder = kit.recorder
    variables = {"context": context, "question": question.text}
    prompt = _TEMPLATE.format(**variables)
    attributes = kit.kind("PROMPT", input=dumps(variables), output=prompt) | {
        "llm.prompt_template.template": _TEMPLATE,
        "llm.prompt_template.variables": dumps(variables),
        "llm.prompt_template.version": "policy-qa-7",
    }
    with recorder.span(kit.tracer, "ChatPromptTemplate", attributes) as span:
        recorder.clock.advance(0.7)
        span.set_status(Status(StatusCode.OK))
    return prompt


def _judge(kit: OpenInference, question: _Question, context: str) -> None:
    """Have another model judge the answer, and attach the result as an evaluation."""
    recorder = kit.recorder
    asked = (
        f"Is the answer backed by the excerpts?\n\nExcerpts:\n{context}\n\n"
        f"Question: {question.text}\n\nAnswer: {question.answer}\n\n"
        'Reply as JSON: {"score": 0..1, "label": "faithful" or "unfaithful", "explanation": "..."}'
    )
    verdict = dumps(
        {"score": question.score, "label": question.label, "explanation": question.explanation}
    )
    attributes = kit.kind("EVALUATOR", input=question.answer, output=verdict)
    with recorder.span(kit.tracer, "faithfulness", attributes) as span:
        reply = Message("assistant", verdict)
        kit.chat(ModelCall("gemini-2.5-flash", (Message("user", asked),), reply))
        span.add_event(
            "gen_ai.evaluation.result",
            {
                "gen_ai.evaluation.name": "faithfulness",
                "gen_ai.evaluation.score.value": question.score,
                "gen_ai.evaluation.score.label": question.label,
                "gen_ai.evaluation.explanation": question.explanation,
            },
            timestamp=recorder.clock.now,
        )
        span.set_status(Status(StatusCode.OK))
