// Everything outside of dev-hook at once: the sandbox as platform, an ngrok edge, and a folder with what a bot has in it.

import { onTestFinished } from 'vitest'
import type { SandboxOptions } from '../../src/sandbox/options.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { type Cli, type CliOptions, ECHO_BOT, startCli } from './cli/cli.ts'
import { freePort } from './free-port.ts'
import { sandboxForTest } from './platform/sandboxes.ts'
import { type NgrokEdge, openNgrokEdge } from './tunnel/ngrok-edge/edge.ts'

export interface TestWorld {
  readonly edge: NgrokEdge
  readonly platform: Sandbox
  readonly port: number
  /** The environment that leads dev-hook into this world. */
  readonly env: Readonly<Record<string, string>>
  /** Starts `dev-hook --json` in it; with the echo bot, unless another command (or `null`) is given. */
  start(options?: Omit<CliOptions, 'command'> & { readonly command?: readonly string[] | null }): Promise<Cli>
}

/** Opens a world that is closed when the test ends. */
export async function worldForTest(options: SandboxOptions = {}): Promise<TestWorld> {
  const edge = await openNgrokEdge()
  onTestFinished(() => edge.close())
  const platform = await sandboxForTest({ ca: edge.ca, ...options })
  const port = await freePort()
  const env = {
    APIHOST: platform.api,
    TOKEN: platform.token,
    REFRESH_TOKEN: platform.refreshToken,
    EMAIL: platform.email,
    PORT: String(port),
    NGROK_AUTHTOKEN: edge.authtoken,
    DEV_HOOK_NGROK_SERVER_ADDR: edge.serverAddr,
    DEV_HOOK_NGROK_CA: edge.caFile,
    NODE_EXTRA_CA_CERTS: edge.caFile,
  }
  const start: TestWorld['start'] = ({ args = [], command = [process.execPath, ECHO_BOT], ...more } = {}) =>
    startCli({
      ...more,
      args: ['--json', '--take-over', ...args],
      env: { ...env, ...more.env },
      ...(command !== null && { command }),
    })
  return { edge, platform, port, env, start }
}
