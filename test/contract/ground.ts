// Where the contract is checked: the sandbox, or the platform that TOKEN and APIHOST lead to.
import { onTestFinished } from 'vitest'
import { claimedOwner } from '../../src/sandbox/access/tokens.ts'
import { openSandbox } from '../../src/sandbox/sandbox.ts'
import { type Answer, type Ground, textAt } from './fact.ts'

/** A ground, and whether its platform is the real one. */
export interface OpenGround extends Ground {
  readonly isReal: boolean
  /** Whether facts that write may be checked. */
  readonly mayWrite: boolean
}

/** Below the 20 requests a second that the platform allows. */
const PACE_MS = 60

/** Opens the ground that the environment asks for. On the real platform nothing is written unless CONTRACT_WRITES is 1. */
export async function openGround(env: NodeJS.ProcessEnv): Promise<OpenGround> {
  const { TOKEN: token, APIHOST: host } = env
  if (token !== undefined && host !== undefined) {
    return groundOf(host, token, { isReal: true, mayWrite: env['CONTRACT_WRITES'] === '1', paceMs: PACE_MS })
  }
  const sandbox = await openSandbox({ rateLimit: 1_000 })
  onTestFinished(() => sandbox.close())
  for (const name of ['Jenny', 'Ann', 'Ben']) await sandbox.contact({ name })
  return groundOf(sandbox.api, sandbox.token, { isReal: false, mayWrite: true, paceMs: 0 })
}

function groundOf(
  host: string,
  token: string,
  { isReal, mayWrite, paceMs }: { readonly isReal: boolean; readonly mayWrite: boolean; readonly paceMs: number },
): OpenGround {
  const { user: bot = '', scopes = [] } = claimedOwner(token) ?? {}
  let made: Promise<string> | null = null

  async function call(method: string, path: string, body?: unknown, other?: string | null): Promise<Answer> {
    const bearer = other === undefined ? token : other
    if (paceMs > 0) await new Promise((resolve) => setTimeout(resolve, paceMs))
    const response = await fetch(new URL(path, host), {
      method,
      headers: { 'content-type': 'application/json', ...(bearer !== null && { authorization: `Bearer ${bearer}` }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true && text !== ''
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
  }

  async function makeConversation(): Promise<string> {
    const { status, body } = await call('POST', '/v2/conversations', { name: 'dev-hook contract', type: 'bot' })
    if (status !== 201) throw new Error(`POST /v2/conversations answered ${status}: ${JSON.stringify(body)}`)
    return textAt(body, 'id')
  }

  const conversation = (): Promise<string> => {
    made ??= makeConversation()
    return made
  }
  return { bot, scopes, call, conversation, isReal, mayWrite }
}
