// The tools that a coding agent is offered, made from the table of operations.
import type { Json } from '../../core/json.ts'
import { inputSchema } from '../../inspector/operations/open-api.ts'
import { OPERATION_NAMES, OPERATIONS, type OperationName } from '../../inspector/operations/table.ts'

/** A tool as a client is told of it. */
export interface Tool {
  readonly name: OperationName | 'doctor'
  readonly description: string
  /** What it takes, as JSON Schema. */
  readonly inputSchema: Json
  /** Whether it changes anything: it is refused then, unless writing was allowed. */
  readonly changes: boolean
  /** What clients ask their user by, before they call it. */
  readonly annotations: {
    readonly readOnlyHint: boolean
    readonly destructiveHint: boolean
    /** Whether it may reach beyond this machine. */
    readonly openWorldHint: boolean
  }
}

/** How long an agent waits for the answer of a bot that it talks to, in ms, if it says nothing else. */
export const ANSWER_MS = 20_000

/** The operations that wait for an answer as long as they are told to. */
export const waitsForAnswer = (name: OperationName): boolean => Object.hasOwn(OPERATIONS[name].input, 'timeout')

const DOCTOR: Tool = {
  name: 'doctor',
  description:
    'Checks everything that a run against the real platform needs: one finding each, with what to do where something is wrong.',
  inputSchema: {
    type: 'object',
    properties: { tunnel: { type: 'boolean', description: 'whether the tunnel is opened too; default: no' } },
    required: [],
    additionalProperties: false,
  },
  changes: false,
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: true },
}

/** Every tool there is, in the order of the table. */
export const TOOLS: readonly Tool[] = [...OPERATION_NAMES.map(toolOf), DOCTOR]

function toolOf(name: OperationName): Tool {
  const { says, changes, where } = OPERATIONS[name]
  const isSandbox = where === 'sandbox'
  return {
    name,
    description: `${says}.${isSandbox ? ' Only in a sandbox.' : ''}`,
    inputSchema: waitsForAnswer(name) ? waiting(inputSchema(name)) : inputSchema(name),
    changes,
    // What happens in a sandbox is gone with it.
    annotations: {
      readOnlyHint: !changes,
      destructiveHint: changes && !isSandbox,
      openWorldHint: changes && !isSandbox,
    },
  }
}

/** An agent that says something wants the answer: waiting is what it gets without asking for it. */
function waiting(schema: Json): Json {
  const properties: Json = Object(schema['properties'])
  const timeout: Json = Object(properties['timeout'])
  const description = 'how long to wait for the answer of the bot, in ms'
  return { ...schema, properties: { ...properties, timeout: { ...timeout, default: ANSWER_MS, description } } }
}
