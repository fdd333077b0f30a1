// Answers to what a client sends that is no message of the protocol, as JSON-RPC 2.0 has them; the server itself passes over it.
import type { Readable, Writable } from 'node:stream'
import { isJSONRPCNotification, isJSONRPCRequest, isJSONRPCResponse } from '@modelcontextprotocol/server'
import { asRecord } from '../../core/json.ts'
import type { Off } from '../../core/listeners.ts'

/** What is wrong with a line. `id`: that of the request which it was meant to be, as far as it can be told. */
export interface Malformed {
  readonly id: string | number | null
  readonly code: number
  readonly message: string
}

/** JSON-RPC 2.0, 5.1. */
const PARSE_ERROR = -32_700
const INVALID_REQUEST = -32_600
const INVALID_PARAMS = -32_602

/** Answers each such line on `stdout`, and one that is longer than `maxBytes` as soon as it is. Returns what ends it. */
export function answerMalformed(stdin: Readable, stdout: Writable, maxBytes: number): Off {
  let line: Buffer[] = []
  let bytes = 0
  let isLeftOut = false

  function answer({ id, code, message }: Malformed): void {
    stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } })}\n`)
  }

  function add(part: Buffer): void {
    bytes += part.length
    if (bytes <= maxBytes) return void line.push(part)
    line = []
    if (!isLeftOut) answer({ id: null, code: INVALID_REQUEST, message: `a message is longer than ${maxBytes} bytes` })
    isLeftOut = true
  }

  function end(): void {
    const malformed = isLeftOut ? null : malformedIn(Buffer.concat(line).toString())
    line = []
    bytes = 0
    isLeftOut = false
    if (malformed !== null) answer(malformed)
  }

  const hear = (chunk: Buffer): void => {
    let from = 0
    for (let at = chunk.indexOf(NEW_LINE); at !== -1; at = chunk.indexOf(NEW_LINE, from)) {
      add(chunk.subarray(from, at))
      end()
      from = at + 1
    }
    add(chunk.subarray(from))
  }
  stdin.on('data', hear)
  return () => stdin.off('data', hear)
}

const NEW_LINE = 0x0a

/** What is to be answered to a line; `null` for a message, and for an empty line, which asks for nothing. */
export function malformedIn(line: string): Malformed | null {
  if (line.trim() === '') return null
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return { id: null, code: PARSE_ERROR, message: 'this is not JSON: each message is a line of its own' }
  }
  if (isJSONRPCRequest(value) || isJSONRPCNotification(value) || isJSONRPCResponse(value)) return null
  if (Array.isArray(value))
    return { id: null, code: INVALID_REQUEST, message: 'there are no batches: each message is a line of its own' }
  const fields = asRecord(value)
  if (fields === null) return { id: null, code: INVALID_REQUEST, message: 'a message is an object' }
  const { id: given, method, params, jsonrpc, result, error } = fields
  // Nobody waits for the answer to a response.
  if (method === undefined && (result !== undefined || error !== undefined)) return null
  const id = typeof given === 'string' || (typeof given === 'number' && Number.isInteger(given)) ? given : null
  if (jsonrpc !== '2.0') return { id, code: INVALID_REQUEST, message: '`jsonrpc` is not "2.0"' }
  if (typeof method !== 'string') return { id, code: INVALID_REQUEST, message: '`method` is not a text' }
  if (id === null && given !== undefined)
    return { id, code: INVALID_REQUEST, message: '`id` is neither a text nor a whole number' }
  // Nobody waits for the answer to a notification either.
  if (given === undefined) return null
  if (params !== undefined && asRecord(params) === null)
    return { id, code: INVALID_PARAMS, message: '`params` is not an object' }
  return { id, code: INVALID_REQUEST, message: 'this is not a request of the protocol' }
}
