// A bot's registration at the sandbox, whose answers a test may replace: client, state folder and the notices that were announced.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHookAddress, type HookAddress, hookUrl } from '../../../src/core/hook-url.ts'
import type { NoticeBody } from '../../../src/core/notices.ts'
import type { Registration } from '../../../src/core/ports.ts'
import { type Client, type ClientOptions, createClient } from '../../../src/platform/api/client.ts'
import type { OwnerProbe } from '../../../src/platform/webhook/owner.ts'
import { openRegistration, type RegistrationOptions } from '../../../src/platform/webhook/registration.ts'
import { BOT_ID, type DocumentsOptions, openSandboxDocuments, type SandboxDocuments } from './sandbox-documents.ts'
import { type ScriptedApi, startScriptedApi } from './scripted-api.ts'
import { makeToken } from './tokens.ts'

export interface PlatformBench extends Pick<SandboxDocuments, 'documents' | 'putService' | 'removeService'> {
  readonly server: ScriptedApi
  readonly client: Client
  readonly folder: string
  readonly notices: NoticeBody[]
  readonly signal: AbortSignal
  /** Finds that no dev-hook answers. */
  readonly probe: OwnerProbe
  /** A client of its own, closed with the bench. */
  connect(options?: Partial<ClientOptions>): Client
  /** A new run: another address, the same state folder. */
  run(options?: Partial<RegistrationOptions>): Promise<Run>
  /** The codes of the warnings and errors so far. */
  codes(): string[]
  close(): Promise<void>
}

interface Run {
  readonly registration: Registration
  readonly address: HookAddress
  /** The URL of this run at a tunnel. */
  readonly url: (base?: string) => string
}

export const TUNNEL = 'https://first.ngrok.example'

/** Starts the platform with these documents. */
export async function startPlatformBench(options: DocumentsOptions = {}): Promise<PlatformBench> {
  const sandbox = await openSandboxDocuments(options)
  const server = await startScriptedApi(sandbox.answer)
  const { documents, putService, removeService } = sandbox
  const folder = await mkdtemp(join(tmpdir(), 'dev-hook-platform-'))
  const notices: NoticeBody[] = []
  const { signal } = new AbortController()
  const clients: Client[] = []

  function connect(changed: Partial<ClientOptions> = {}): Client {
    // Without a limit on calls: the throttle has its own tests.
    const throttle = { acquire: async () => {}, pause: () => {} }
    const tokens = { token: makeToken({ _id: BOT_ID, scope: 'guest agent bot admin' }) }
    const client = createClient({ apiHost: server.url, tokens, userAgent: 'test', throttle, ...changed })
    clients.push(client)
    return client
  }
  const client = connect()
  const probe: OwnerProbe = async () => ({ answers: false, who: null })

  return {
    server,
    documents,
    putService,
    removeService,
    client,
    folder,
    notices,
    signal,
    probe,
    connect,
    run: async (changed = {}) => {
      const address = createHookAddress()
      const registration = await openRegistration(
        {
          client,
          kind: 'bot',
          botId: BOT_ID,
          folder,
          address,
          serviceName: 'dev-hook test',
          webhookPath: null,
          secret: null,
          probe,
          emit: (notice) => void notices.push(notice),
          verifyWithinMs: 100,
          ...changed,
        },
        signal,
      )
      return { registration, address, url: (base = TUNNEL) => hookUrl(base, address) }
    },
    codes: () => notices.flatMap((notice) => ('code' in notice ? [String(notice.code)] : [])),
    close: async () => {
      for (const open of clients) await open.close()
      await server.close()
      await sandbox.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
