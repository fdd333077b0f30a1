// The server of the Model Context Protocol on standard input and output, for clients of either generation of it.
import type { Readable, Writable } from 'node:stream'
import { McpServer } from '@modelcontextprotocol/server'
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio'
import { resolveOnAbort } from '../../core/async.ts'
import { version } from '../../core/instance.ts'
import { asRecord, type Json } from '../../core/json.ts'
import { answerMalformed } from './answer-malformed.ts'
import { callTool, type Toolbox } from './call-tool.ts'
import { TOOLS } from './tools.ts'

/** The longest message that is read. */
const MAX_MESSAGE_BYTES = 10 * 1024 * 1024

/** What a client tells its model at the beginning. */
const INSTRUCTIONS = [
  'Tools to try a Web1on1 chat bot on this machine, through the dev-hook that is running in this folder.',
  'If there is none, start the sandbox in the background: `npx dev-hook sandbox -- <command that starts the bot>`; a save restarts the bot.',
  'Then: `say` something as a contact, read the answer; `conversation` shows who sees which message and why not; `deliveries` and `delivery` what the bot received and answered; edit the bot, and `say` again.',
].join('\n')

/** A schema that only says what it is: the table of operations reads what goes in, and says what is wrong and what to do. */
const described = (schema: Json) => ({
  '~standard': {
    version: 1 as const,
    vendor: 'dev-hook',
    validate: (value: unknown) => ({ value }),
    jsonSchema: { input: () => schema, output: () => schema },
  },
})

/** Serves until the connection is closed, or the signal is aborted. `problem` hears what the protocol complains of. */
export async function serve(
  box: Toolbox,
  { stdin, stdout }: { readonly stdin: Readable; readonly stdout: Writable },
  problem: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const transport = new StdioServerTransport(stdin, stdout, { maxBufferSize: MAX_MESSAGE_BYTES })
  const closed = closedBy(transport)
  const off = answerMalformed(stdin, stdout, MAX_MESSAGE_BYTES)
  const handle = serveStdio(() => createServer(box), { transport, onerror: (error) => problem(wordsOf(error)) })
  try {
    await resolveOnAbort(closed, signal)
  } finally {
    off()
    await handle.close()
  }
}

/** What the server says of a message that it does not take is a list of every rule that it breaks. */
const wordsOf = ({ name, message }: Error): string =>
  name === 'ZodError' ? 'a message was left out that is none of the protocol' : message

/** Resolves once a transport has closed: its client has ended, does not read any more, or sends what is not a message. */
function closedBy(transport: StdioServerTransport): Promise<void> {
  const close = transport.close.bind(transport)
  // Its own listener for that is taken by the server.
  return new Promise((resolve) => {
    transport.close = async () => {
      await close()
      resolve()
    }
  })
}

function createServer(box: Toolbox): McpServer {
  const server = new McpServer({ name: 'dev-hook', version }, { instructions: INSTRUCTIONS })
  for (const tool of TOOLS) {
    const { name, description, inputSchema, annotations, changes } = tool
    const refused = changes && !box.mayWrite ? ' Refused unless dev-hook mcp is started with --allow-write.' : ''
    server.registerTool(
      name,
      {
        description: `${description}${refused}`,
        inputSchema: described(inputSchema),
        annotations,
      },
      async (given, { mcpReq }) => {
        const { text, isError } = await callTool(tool, asRecord(given) ?? {}, box, mcpReq.signal)
        return { content: [{ type: 'text', text }], isError }
      },
    )
  }
  return server
}
