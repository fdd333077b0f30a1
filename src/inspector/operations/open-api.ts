// The OpenAPI description of the inspector's API, made from the table of operations.
import type { Json } from '../../core/json.ts'
import { pathOf, STREAM_PATH } from './locations.ts'
import type { Field } from './operation.ts'
import { methodOf } from './paths.ts'
import { OPERATION_NAMES, OPERATIONS, type OperationName } from './table.ts'

const ERROR = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: { code: { type: 'string' }, message: { type: 'string' }, remedy: { type: 'string' } },
      required: ['message'],
    },
  },
  required: ['error'],
}

const json = (schema: Json, description: string): Json => ({
  description,
  content: { 'application/json': { schema } },
})

const REFUSALS = {
  '400': json(ERROR, 'The input is not what the operation takes; the message names the field'),
  '401': json(ERROR, 'The token is wrong or missing'),
  '403': json(ERROR, 'The request comes from another site'),
  '409': json(ERROR, 'It cannot be done, or not yet'),
}

/** Describes the API of a run of this version. */
export const describeApi = (version: string): Json => ({
  openapi: '3.1.0',
  info: {
    title: 'dev-hook',
    version,
    description: 'What may be asked of a run of dev-hook on this machine. Fields may be added, never renamed.',
  },
  components: {
    securitySchemes: {
      token: { type: 'http', scheme: 'bearer', description: 'The token in the file that the `ready` notice names' },
    },
  },
  security: [{ token: [] }],
  paths: {
    ...Object.fromEntries(
      OPERATION_NAMES.map((name) => [pathOf(name), { [methodOf(name).toLowerCase()]: describe(name) }]),
    ),
    [STREAM_PATH]: { get: STREAM },
  },
})

function describe(name: OperationName): Json {
  const { says, where, input, output } = OPERATIONS[name]
  const fields: readonly (readonly [string, Field])[] = Object.entries(input)
  const only = where === 'sandbox' ? ' (only in a sandbox)' : ''
  return {
    operationId: name,
    summary: `${says}${only}`,
    ...(methodOf(name) === 'POST'
      ? { requestBody: { required: true, content: { 'application/json': { schema: inputSchema(name) } } } }
      : { parameters: fields.map(parameterOf) }),
    responses: { '200': json(output.schema, 'Done'), ...REFUSALS },
  }
}

const parameterOf = ([name, { shape, says, required }]: readonly [string, Field]): Json => ({
  name,
  in: 'query',
  required,
  description: says,
  schema: shape.schema,
})

/** What an operation takes, as JSON Schema. */
export function inputSchema(name: OperationName): Json {
  const fields: readonly (readonly [string, Field])[] = Object.entries(OPERATIONS[name].input)
  return {
    type: 'object',
    properties: Object.fromEntries(
      fields.map(([field, { shape, says }]) => [field, { ...shape.schema, description: says }]),
    ),
    required: fields.filter(([, { required }]) => required).map(([field]) => field),
    additionalProperties: false,
  }
}

const STREAM: Json = {
  operationId: 'stream',
  summary:
    'What happens from now on, as server-sent events: each is a JSON object with `type` and `time`; one named `beat` comes every 15 s',
  parameters: [
    {
      name: 'Last-Event-ID',
      in: 'header',
      required: false,
      description: 'the `id` of the last one that was received: those after it come first, or `reset` if they are gone',
      schema: { type: 'string' },
    },
  ],
  responses: {
    '200': { description: 'The stream', content: { 'text/event-stream': { schema: { type: 'string' } } } },
    '401': REFUSALS['401'],
    '403': REFUSALS['403'],
  },
}
