// Serves the operations of the API: checks the caller and the request, runs the operation, checks the answer, and logs every change.

import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type Router } from 'express';
import type { ApiInput, Operation } from '../api/operation.ts';
import type { ApiGateway } from '../api/operations.ts';
import { statusOf, titleOf } from '../api/problem-statuses.ts';
import { type Checked, readBody, readParams, readQuery } from '../api/read-input.ts';
import { type ErrorCode, GatewayError } from '../errors.ts';
import type { EventLog } from '../event-log.ts';
import type { OnLimit } from '../limit-tally.ts';
import type { Logger } from '../log.ts';
import type { AdminCaller, AdminGate } from './admin-gate.ts';
import type { EventStreams } from './event-streams.ts';
import { sendOptions } from './get-route.ts';
import { type Problem, sendJson, sendProblem } from './http-replies.ts';
import { readJsonBody } from './json-body.ts';

export type OperationRouterOptions = {
  readonly operations: readonly Operation<ApiGateway>[];
  readonly gateway: ApiGateway;
  readonly gate: AdminGate;
  readonly log: Logger;
  /** Refused requests, which anybody can cause. */
  readonly refusals: EventLog;
  readonly onLimit?: OnLimit;
  /** Answers operations whose answer is a stream of events. */
  readonly events: Pick<EventStreams, 'open'>;
};

/** A refused request. */
class Refused extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;

  constructor(code: ErrorCode, detail?: string) {
    super(detail ?? code);
    this.code = code;
    this.detail = detail;
  }
}

type Call = {
  readonly operation: Operation<ApiGateway>;
  readonly request: IncomingMessage;
  readonly params: Readonly<Record<string, string>>;
  /** The address of the client. */
  readonly remote: string;
  /** The operator who makes the request; set when it is known. */
  caller: AdminCaller | undefined;
  /** Names and ids of the path, once they are checked. */
  subject: string | undefined;
};

/** Paths are below `/api/v1`. */
export function createOperationRouter(options: OperationRouterOptions): Router {
  const router = express.Router();
  for (const [path, operations] of byPath(options.operations)) {
    const methods = [...operations.keys()];
    const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
    const isForAnyOrigin = [...operations.values()].some(({ anyOrigin }) => anyOrigin === true);
    router.all(path, (request, response, next) => {
      const { method } = request;
      const operation = operations.get(method === 'HEAD' ? 'GET' : method);
      if (method === 'OPTIONS') return sendOptions(request, response, allow, isForAnyOrigin);
      if (operation === undefined) return sendProblem(response, NO_METHOD, ['allow', allow]);
      // A page in a sandboxed frame has the origin "null".
      if (operation.anyOrigin === true) response.setHeader('access-control-allow-origin', '*');
      const params = request.params as Readonly<Record<string, string>>;
      const remote = options.gate.addressOf(request);
      const call: Call = { operation, request, params, remote, caller: undefined, subject: undefined };
      answer(call, response, options).catch(next);
    });
  }
  return router;
}

const NO_METHOD: Problem = {
  status: 405,
  title: titleOf('bad_method'),
  detail: 'This path does not have this method; the header Allow lists its methods.',
  code: 'bad_method',
};

/** `/streams/{name}` → `/streams/:name`, with the operations by method. */
function byPath(
  operations: readonly Operation<ApiGateway>[],
): ReadonlyMap<string, ReadonlyMap<string, Operation<ApiGateway>>> {
  const paths = new Map<string, Map<string, Operation<ApiGateway>>>();
  for (const operation of operations) {
    const path = operation.path.replaceAll(/\{(\w+)\}/g, ':$1');
    const methods = paths.get(path) ?? new Map<string, Operation<ApiGateway>>();
    methods.set(operation.method.toUpperCase(), operation);
    paths.set(path, methods);
  }
  return paths;
}

async function answer(call: Call, response: ServerResponse, options: OperationRouterOptions): Promise<void> {
  const { operation } = call;
  try {
    const result = await perform(call, options);
    tellWrite(call, 'done', options);
    if (operation.isEventStream === true) return openEvents(call, response, options);
    if (operation.status === 204) response.writeHead(204, { 'cache-control': 'no-store' }).end();
    else sendJson(response, operation.status, result);
  } catch (error) {
    const problem = problemOf(error);
    // The client has left, so nobody reads the answer.
    if (problem === undefined && call.request.destroyed && !call.request.complete) return;
    if (problem === undefined) {
      tellWrite(call, 'internal_error', options);
      throw error;
    }
    if (problem.code === 'body_too_large') options.onLimit?.('api.body');
    if (call.caller === undefined && operation.access !== 'public') tellRefusal(call, problem, options);
    else tellWrite(call, problem.code ?? 'internal_error', options);
    sendProblem(response, problem, headersOf(problem, call.request));
  }
}

/** Runs the operation. Throws Refused and GatewayError. */
async function perform(
  call: Call,
  { gateway, gate, log, refusals }: OperationRouterOptions,
): Promise<unknown> {
  const { operation, request } = call;
  if (operation.access !== 'public') {
    const caller = await gate.admit(request, operation.access);
    if ('code' in caller) throw new Refused(caller.code, caller.detail);
    // Another site could not read events, but it could hold the places of WebSockets.
    const isForOwnPages = operation.access === 'write' || operation.isEventStream === true;
    const foreign = isForOwnPages ? gate.foreignOrigin(request) : undefined;
    if (foreign !== undefined) throw new Refused(foreign.code);
    call.caller = caller;
  }
  const params = checkedValue(readParams(operation, call.params));
  call.subject = Object.values(call.params).join(' ') || undefined;
  const [, query = ''] = /\?(.*)$/s.exec(request.url ?? '') ?? [];
  const input: ApiInput = {
    params,
    query: checkedValue(readQuery(operation, query)),
    body: operation.body === undefined ? {} : await bodyOf(operation, request, log),
    hostHeader: request.headers.host ?? [request.headers[':authority']].flat()[0],
    isNearby: gate.isNearby(request),
  };
  const result = await operation.run(gateway, input);
  call.subject = operation.subject?.(input, result) ?? call.subject;
  const checked = operation.answer?.safeParse(result);
  if (checked?.success === false) {
    const fields = { operation: operation.id, fault: checked.error.issues };
    refusals.writeAs(
      `answer of ${operation.id}`,
      'warn',
      fields,
      'an answer of the API does not have its form',
    );
  }
  return result;
}

function openEvents(
  { request, params, caller }: Call,
  response: ServerResponse,
  { events }: OperationRouterOptions,
): void {
  const { name } = params;
  if (caller !== undefined && name !== undefined) events.open(request, response, name, caller);
}

async function bodyOf(
  operation: Operation<ApiGateway>,
  request: IncomingMessage,
  log: Logger,
): Promise<unknown> {
  const body = await readJsonBody(request, log);
  if (!('value' in body)) throw new Refused(body.code, body.detail);
  return checkedValue(readBody(operation, body.value));
}

function checkedValue(checked: Checked<unknown>): unknown {
  if ('value' in checked) return checked.value;
  throw new Refused(checked.code, checked.detail);
}

/** Undefined for a fault of the gateway. */
function problemOf(error: unknown): Problem | undefined {
  if (!(error instanceof Refused) && !(error instanceof GatewayError)) return undefined;
  const { code } = error;
  const detail = error instanceof Refused ? error.detail : error.message;
  const text = detail ?? new GatewayError('invalid-state', code).message;
  return { status: statusOf(code), title: titleOf(code), detail: sentence(text), code };
}

/** Sentences of errors are parts of one; those about a query begin with the name of a parameter. */
function sentence(text: string): string {
  if (/[.?]$/.test(text)) return text;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function headersOf({ status, code }: Problem, request: IncomingMessage): readonly string[] {
  // RFC 6750 clause 3.
  if (status === 401)
    return ['www-authenticate', code === 'unknown_admin_token' ? 'Bearer error="invalid_token"' : 'Bearer'];
  // The rest of the body is not read.
  if (status === 413 && request.httpVersionMajor === 1) return ['connection', 'close'];
  return status === 429 || status === 503 ? ['retry-after', '12'] : [];
}

/** One line for each change, and each attempt of somebody who may change something. */
function tellWrite(call: Call, result: string, { log }: OperationRouterOptions): void {
  const { operation, remote, caller, subject } = call;
  if (operation.access !== 'write' || caller === undefined) return;
  const { who } = caller;
  const about = subject === undefined ? {} : { subject };
  log.info({ code: 'api_write', operation: operation.id, ...about, who, remote, result }, 'api write');
}

function tellRefusal(
  { operation, remote }: Call,
  problem: Problem,
  { refusals }: OperationRouterOptions,
): void {
  const code = problem.code ?? 'internal_error';
  refusals.writeAs(code, 'warn', { code, operation: operation.id, remote }, 'api request refused');
}
