"""Programs in TypeScript that call every operation, wrongly and right, and say what came."""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from tests.auth.logins import new_address
from tests.clients.calls import Call

_FORM: Final = """
const told: Record<string, { status: number; data: unknown }> = {};

function file(content: string): Blob {
  return new Blob([Uint8Array.from(atob(content), (each) => each.charCodeAt(0))]);
}

function form(name: string, content: Blob): FormData {
  const made = new FormData();
  made.append(name, content, "picture.png");
  return made;
}

const spoiled = (request: Request) =>
  new Request(`${request.url}${request.url.includes("?") ? "&" : "?"}nonsense=1`, request);
"""
_OPENAPI_FETCH: Final = """
import createClient from "openapi-fetch";
import type { components, operations, paths } from "./schema.js";

type FieldError = components["schemas"]["FieldError"];

function client(token: string, address: string, isWrong: boolean = false) {
  const headers = { Authorization: `Bearer ${token}`, "X-Forwarded-For": address };
  const made = createClient<paths>({ baseUrl: BASE, headers });
  if (isWrong) made.use({ onRequest: ({ request }) => spoiled(request) });
  return made;
}
"""
_HEY_API: Final = """
import { createClient, createConfig } from "./hey/client/index";
import * as sdk from "./hey/sdk.gen";
import type * as types from "./hey/types.gen";

type FieldError = types.FieldError;

function client(token: string, address: string, isWrong: boolean = false) {
  const made = createClient(createConfig({ baseUrl: BASE, auth: token, headers: { "X-Forwarded-For": address } }));
  if (isWrong) made.interceptors.request.use(spoiled);
  return made;
}
"""
# Its functions take what `fetch` takes, and addresses that begin with a path.
_ORVAL: Final = """
import * as sdk from "./orval/api";

type FieldError = sdk.FieldError;
type Success = { status: 200 | 201 | 204 };

const ask = globalThis.fetch;
globalThis.fetch = (path, options) => {
  const request = new Request(`${BASE}${path}`, options);
  return ask(request.headers.has("X-Spoiled") ? spoiled(request) : request);
};

function client(token: string, address: string, isWrong: boolean = false): RequestInit {
  const headers = { Authorization: `Bearer ${token}`, "X-Forwarded-For": address };
  return { headers: isWrong ? { ...headers, "X-Spoiled": "1" } : headers };
}

async function parted<T extends { data: unknown; status: number }>(asked: Promise<T>) {
  const answer = await asked;
  const isSuccess = answer.status < 300;
  return {
    data: (isSuccess ? answer.data : undefined) as Extract<T, Success>["data"],
    error: (isSuccess ? undefined : answer.data) as Exclude<T, Success>["data"] | undefined,
    response: answer,
  };
}
"""
_CALL: Final = """
{{
  const call = (it: ReturnType<typeof client>) => {expression};
  const wrong = (await call(client({token}, {address}, true))).error;
  if (wrong?.code !== "invalid_query") throw new Error(`{id}: ${{JSON.stringify(wrong)}}`);
  const errors: FieldError[] = wrong.errors;
  if (errors[0]?.pointer !== "nonsense") throw new Error("{id}: the parameter isn't named");
{anonymous}
  const {{ data, error, response }} = await call(client({token}, {address}));
  if (error !== undefined) throw new Error(`{id}: ${{error.code}}: ${{error.message}}`);
  const result: {result} = data;
  told["{id}"] = {{ status: response!.status, data: result }};
}}
"""
_ANONYMOUS: Final = """
  const unknown = (await call(client("unknown", {address}))).error;
  if (unknown?.code !== "not_authenticated") throw new Error(`{id}: ${{JSON.stringify(unknown)}}`);
  const status: 401 = unknown.status;
"""


class Dialect(NamedTuple):
    """How a kind of client is used: how a program begins, a call, and the type of a success of a status with JSON."""

    beginning: str
    call: Callable[[Call], str]
    result: Callable[[Call, int], str]


def _by_path(call: Call) -> str:
    places = {name: given for name, given in (("path", call.parameters), ("query", call.query)) if given}
    parts = [f"params: {json.dumps(places)}"] if places else []
    if isinstance(call.body, bytes):
        parts.append(
            f'body: {{ profilePicture: "" }}, bodySerializer: () => form("profilePicture", {_file(call.body)})'
        )
    elif call.body is not None:
        parts.append(f"body: {json.dumps(call.body)}")
    return f"it.{call.method.upper()}({json.dumps(call.path)}, {{ {', '.join(parts)} }})"


def _by_name(call: Call) -> str:
    given = {"path": call.parameters, "query": call.query, "body": call.body}
    parts = [
        f"{name}: {{ profilePicture: {_file(it)} }}" if isinstance(it, bytes) else f"{name}: {json.dumps(it)}"
        for name, it in given.items()
        if it or it == []
    ]
    return f"sdk.{_camel(call.id)}({{ client: it, {', '.join(parts)} }})"


def _by_position(call: Call) -> str:
    places = {each["name"] for each in call.operation.get("parameters", []) if each.get("in") == "query"}
    given = [json.dumps(value) for value in call.parameters.values()]
    if isinstance(call.body, bytes):
        given.append(f"{{ profilePicture: {_file(call.body)} }}")
    elif call.body is not None:
        given.append(json.dumps(call.body))
    if places:
        given.append(json.dumps(call.query))
    return f"parted(sdk.{_camel(call.id)}({', '.join([*given, 'it'])}))"


def _file(content: bytes) -> str:
    return f"file({json.dumps(b64encode(content).decode())})"


def _camel(name: str) -> str:
    return re.sub("_([a-z])", lambda found: found[1].upper(), name)


DIALECTS: Final = {
    "openapi-fetch": Dialect(
        _OPENAPI_FETCH,
        _by_path,
        lambda call, status: f'operations["{call.id}"]["responses"][{status}]["content"]["application/json"]',
    ),
    "hey-api": Dialect(
        _HEY_API,
        _by_name,
        lambda call, status: f"types.{_camel(call.id)[0].upper()}{_camel(call.id)[1:]}Responses[{status}]",
    ),
    "orval": Dialect(_ORVAL, _by_position, lambda call, status: f'sdk.{_camel(call.id)}Response{status}["data"]'),
}


def program(dialect: Dialect, base: str, calls: Iterable[Call]) -> str:
    """A program that prints status and data of each operation's success as JSON, and ends at the first fault."""
    beginning = f"{dialect.beginning}const BASE = {json.dumps(base)};\n{_FORM}"
    return "\n".join([beginning, *(_block(dialect, call) for call in calls), "console.log(JSON.stringify(told));\n"])


def _block(dialect: Dialect, call: Call) -> str:
    places = {"id": call.id, "address": json.dumps(new_address())}
    results = [dialect.result(call, status) if has_json else "void" for status, has_json in call.results().items()]
    return _CALL.format(
        expression=dialect.call(call),
        token=json.dumps(call.token),
        anonymous=_ANONYMOUS.format(**places) if call.needs_session else "",
        result=" | ".join(results),
        **places,
    )
