"""Spans of requests and of the executions of statements.

A request is recorded if its client's trace is, or else by chance. An execution for one call is a child of its request;
one that was merged for many belongs to none of them, so it's a trace of its own, with links there and back.
"""

import logging
import os
from collections.abc import Awaitable, Sequence
from contextvars import ContextVar
from random import random
from threading import Thread
from time import monotonic
from typing import Any, Final, Protocol, TypeVar

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

# Requests of a second that are recorded at most: any client may say that its trace is, and a span costs twice a read.
MOST_A_SECOND: Final = 100
# Seconds that the last spans get to be sent.
_PATIENCE: Final = 2.0

T = TypeVar("T")


class Parent(Protocol):
    """A client's span; ids are hexadecimal."""

    @property
    def trace_id(self) -> str: ...
    @property
    def span_id(self) -> str: ...
    @property
    def is_sampled(self) -> bool: ...


class Tracing:
    """Records the spans of a process."""

    def __init__(self, processor: SpanProcessor, ratio: float) -> None:
        """Take what gets the spans, and the share of requests that are recorded unless their client decides."""
        self._ratio = ratio
        named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": "nestwerk"}
        # What isn't to be recorded never gets as far as a span.
        self._provider = TracerProvider(ALWAYS_ON, Resource.create(named), shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("nestwerk")
        # Spans of the requests that a task works for.
        self._callers: ContextVar[Sequence[Span]] = ContextVar("callers", default=())
        self._second = 0
        self._begun = 0

    def begin_request(self, parent: Parent | None) -> Span | None:
        """Span of the request that this task answers; None if it isn't recorded."""
        wanted = random() < self._ratio if parent is None else parent.is_sampled  # noqa: S311
        if not (wanted and self._has_room()):
            self._callers.set(())
            return None
        context = Context() if parent is None else set_span_in_context(NonRecordingSpan(_remote(parent)), Context())
        span = self._tracer.start_span("request", context, SpanKind.SERVER)
        self._callers.set((span,))
        return span

    @staticmethod
    def end_request(span: Span, method: str, route: str, status: int, request_id: str) -> None:
        """End a request's span; nothing in it is the client's but the method."""
        span.update_name(f"{method} {route}".rstrip())
        span.set_attribute("http.request.method", method)
        span.set_attribute("http.response.status_code", status)
        span.set_attribute("nestwerk.request_id", request_id)
        if route:
            span.set_attribute("http.route", route)
        if status >= 500:
            span.set_status(StatusCode.ERROR)
        span.end()

    @staticmethod
    def ids(span: Span) -> tuple[str, str]:
        """A span's trace and its own id, in hexadecimal."""
        context = span.get_span_context()
        return f"{context.trace_id:032x}", f"{context.span_id:016x}"

    @property
    def callers(self) -> Sequence[Span]:
        """Spans of the requests that this task works for."""
        return self._callers.get()

    def work_for(self, callers: Sequence[Span]) -> None:
        """Have this task work for requests."""
        self._callers.set(callers)

    async def traced(self, execution: Awaitable[T], name: str, calls: int, callers: Sequence[Span]) -> T:
        """Wait for the execution of a statement for so many calls, some of which may be recorded."""
        if not callers:
            return await execution
        span = self._begin_execution(name, calls, callers)
        try:
            return await execution
        except BaseException as error:
            span.set_status(StatusCode.ERROR)
            span.set_attribute("error.type", type(error).__name__)
            if sqlstate := getattr(error, "sqlstate", None):
                span.set_attribute("db.response.status_code", sqlstate)
            raise
        finally:
            span.end()

    def stop(self) -> None:
        """Send the spans that are left, as far as somebody takes them."""
        sending = Thread(target=self._provider.shutdown, daemon=True)
        sending.start()
        sending.join(_PATIENCE)

    def _begin_execution(self, name: str, calls: int, callers: Sequence[Span]) -> Span:
        attributes: dict[str, Any] = {"db.system.name": "postgresql", "db.query.summary": name}
        if calls == 1:
            context = set_span_in_context(callers[0], Context())
            return self._tracer.start_span(name, context, SpanKind.CLIENT, attributes)
        attributes["db.operation.batch.size"] = calls
        links = [Link(caller.get_span_context()) for caller in callers]
        span = self._tracer.start_span(name, Context(), SpanKind.CLIENT, attributes, links)
        for caller in callers:
            if caller.is_recording():
                caller.add_link(span.get_span_context())
        return span

    def _has_room(self) -> bool:
        second = int(monotonic())
        if second != self._second:
            self._second, self._begun = second, 0
        self._begun += 1
        return self._begun <= MOST_A_SECOND


def export(ratio: float) -> Tracing:
    """Tracing whose spans are sent in batches, by a thread, where OpenTelemetry's environment variables say."""
    # While a collector is away each batch that is lost is a line, and not each attempt.
    logging.getLogger("opentelemetry").setLevel(logging.ERROR)
    return Tracing(BatchSpanProcessor(OTLPSpanExporter()), ratio)


def _remote(parent: Parent) -> SpanContext:
    return SpanContext(
        int(parent.trace_id, 16), int(parent.span_id, 16), is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED)
    )
