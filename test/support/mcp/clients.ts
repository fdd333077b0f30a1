// `dev-hook mcp` as a client of either generation of the protocol starts it.
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { onTestFinished } from 'vitest'
import { MAIN } from '../built.ts'
import { folderForTest } from '../folder.ts'

/** What a tool has answered. */
export interface Answered {
  readonly isError: boolean
  /** What it said, as text. */
  readonly text: string
}

interface ListedTool {
  readonly name: string
  readonly description?: string | undefined
  readonly inputSchema: object
  readonly annotations?: object | undefined
}

/** A client that is connected. */
export interface McpClient {
  /** The version of the protocol that both agreed on. */
  readonly protocol: string | undefined
  readonly instructions: string | undefined
  tools(): Promise<readonly ListedTool[]>
  call(name: string, given?: Readonly<Record<string, unknown>>): Promise<Answered>
  /** Closes the connection, as a client does that ends: its process has ended then. */
  close(): Promise<void>
  readonly pid: number | null
  /** What it has written on stderr. */
  stderr(): string
}

/** How a client is started. */
interface McpOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** What starts it, with its first arguments; default what was built. */
  readonly command?: readonly [program: string, ...args: string[]]
  readonly cwd?: string
}

const INFO = { name: 'test', version: '1.0.0' }

async function startOf(options: McpOptions) {
  const home = await folderForTest()
  const { args = [], command = [process.execPath, MAIN, 'mcp'], cwd = home } = options
  const [program, ...first] = command
  // Its own folder for what is temporary, too: by that sandboxes are found.
  const own = { HOME: home, XDG_STATE_HOME: join(home, 'state'), TMPDIR: home, TEMP: home }
  const env = { PATH: process.env['PATH'] ?? '', ...own, ...options.env }
  return { command: program, args: [...first, ...args], env, cwd, stderr: 'pipe' as const }
}

/** The text of a result, which holds nothing else. */
function answered(result: object): Answered {
  const { content, isError } = Object(result)
  const parts: readonly unknown[] = Array.isArray(content) ? content : []
  const texts = parts.map((part) => {
    const { type, text } = Object(part)
    if (type !== 'text') throw new Error(`an answer holds ${type}`)
    return String(text)
  })
  return { isError: isError === true, text: texts.join('\n') }
}

/** Both generations of the client by their names. */
export const CLIENTS: Readonly<Record<string, (options?: McpOptions) => Promise<McpClient>>> = {
  'version 1': async (options = {}) => {
    const transport = new FirstTransport(await startOf(options))
    let stderr = ''
    transport.stderr?.on('data', (chunk) => {
      stderr += String(chunk)
    })
    const client = new FirstClient(INFO)
    await client.connect(transport)
    const close = (): Promise<void> => client.close()
    onTestFinished(close)
    return {
      protocol: undefined,
      instructions: client.getInstructions(),
      tools: async () => (await client.listTools()).tools,
      call: async (name, given = {}) => answered(await client.callTool({ name, arguments: given })),
      close,
      pid: transport.pid,
      stderr: () => stderr,
    }
  },
  'version 2': (options) => second(options, 'auto'),
  'version 2 with the older protocol': (options) => second(options, 'legacy'),
}

async function second(options: McpOptions = {}, mode: 'auto' | 'legacy'): Promise<McpClient> {
  const transport = new StdioClientTransport(await startOf(options))
  let stderr = ''
  transport.stderr?.on('data', (chunk) => {
    stderr += String(chunk)
  })
  const client = new Client(INFO, { versionNegotiation: { mode } })
  await client.connect(transport)
  const close = (): Promise<void> => client.close()
  onTestFinished(close)
  return {
    protocol: client.getNegotiatedProtocolVersion(),
    instructions: client.getInstructions(),
    tools: async () => (await client.listTools()).tools,
    call: async (name, given = {}) => answered(await client.callTool({ name, arguments: given })),
    close,
    pid: transport.pid,
    stderr: () => stderr,
  }
}
