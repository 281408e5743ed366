// One operation of the API: its path, its schemas, who may call it, and what it does. Documents and checks come from it.

import type { z } from 'zod';
import type { ErrorCode } from '../errors.ts';

export type Method = 'get' | 'post' | 'put' | 'delete';

/** Who may call an operation: everybody, or operators whose token has the scope. */
export type Access = 'public' | 'read' | 'write';

/** The kinds of answers to a success: 200 and 201 have a body. */
export type SuccessStatus = 200 | 201 | 204;

/** A checked request. */
export type ApiInput<Params = unknown, Query = unknown, Body = unknown> = {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** The Host header: the name under which the client reaches the gateway. */
  readonly hostHeader: string | undefined;
  /** The client is in a private network. */
  readonly isNearby: boolean;
};

/** An operation on the part of a gateway that it needs. */
export type Operation<Gateway> = {
  /** Its name in the document and in the log. */
  readonly id: string;
  readonly method: Method;
  /** Below `/api/v1`, such as `/streams/{name}`. */
  readonly path: string;
  /** The heading under which documents show it. */
  readonly tag: string;
  /** One short line. */
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  readonly status: SuccessStatus;
  /** Absent for 204. */
  readonly answer?: z.ZodType;
  /** The answer has no end: server-sent events. `run` only checks the request. */
  readonly isEventStream?: true;
  /** Codes of its own; those of all operations are not listed. */
  readonly errors: readonly ErrorCode[];
  /** Pages of other origins may read the answer. */
  readonly anyOrigin?: boolean;
  /** Throws GatewayError with one of `errors`. */
  readonly run: (gateway: Gateway, input: ApiInput) => unknown;
  /** What was changed, for the log, without secrets; the names and ids of the path if absent. */
  readonly subject?: (input: ApiInput, answer: unknown) => string;
};

/** A value that nobody changes: what a schema describes may be passed on without a copy. */
export type Immutable<Value> = Value extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Immutable<Value[Key]> }
    : Value;

type NoFields = Record<never, never>;
type OutputOf<Schema> = Schema extends z.ZodType ? z.output<Schema> : NoFields;

type Typed<Gateway, Params, Query, Body, Answer> = Omit<
  Operation<Gateway>,
  'params' | 'query' | 'body' | 'answer' | 'run' | 'subject'
> & {
  readonly params?: Params & z.ZodObject;
  readonly query?: Query & z.ZodObject;
  readonly body?: Body & z.ZodObject;
  readonly answer?: Answer & z.ZodType;
  readonly run: (
    gateway: Gateway,
    input: ApiInput<OutputOf<Params>, OutputOf<Query>, OutputOf<Body>>,
  ) => Outcome<Answer>;
  readonly subject?: (
    input: ApiInput<OutputOf<Params>, OutputOf<Query>, OutputOf<Body>>,
    answer: OutputOf<Answer>,
  ) => string;
};

type Outcome<Answer> = Answer extends z.ZodType
  ? Immutable<z.output<Answer>> | Promise<Immutable<z.output<Answer>>>
  : void | Promise<void>;

/** Makes operations whose `run` has the types of their schemas. */
export function operationsOn<Gateway>() {
  return <Params = undefined, Query = undefined, Body = undefined, Answer = undefined>(
    typed: Typed<Gateway, Params, Query, Body, Answer>,
  ): Operation<Gateway> => typed as unknown as Operation<Gateway>;
}
