import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { TOOLS } from '../../../src/cli/mcp/tools.ts'
import { builtFile, MAIN } from '../../support/built.ts'
import { startCli } from '../../support/cli/cli.ts'
import { folderForTest } from '../../support/folder.ts'
import { CLIENTS } from '../../support/mcp/clients.ts'
import { eventually } from '../../support/wait.ts'

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe.each(Object.entries(CLIENTS))('dev-hook mcp, with a client of %s', (_, start) => {
  it('lists its tools, with what they take and whether they only read', async () => {
    const client = await start()
    const tools = await client.tools()
    expect(tools.map(({ name }) => name)).toEqual(TOOLS.map(({ name }) => name))
    for (const { name, inputSchema, annotations } of TOOLS)
      expect(tools.find((tool) => tool.name === name)).toMatchObject({ inputSchema, annotations })
    expect(client.instructions).toContain('npx dev-hook sandbox')
  })

  it('answers what is wrong as an error of the tool, with what to do', async () => {
    const client = await start()
    const refusals = {
      'nothing runs': await client.call('status'),
      'it may only read': await client.call('say', { text: 'hi' }),
      'a wrong value': await client.call('deliveries', { limit: 0 }),
      'an unknown field': await client.call('doctor', { tunel: true }),
    }
    for (const [why, { isError, text }] of Object.entries(refusals))
      expect([why, isError, text]).toEqual([why, true, expect.stringMatching(/^.+ \[DEVHOOK_[A-Z_]+\]\n→ .+$/s)])
    expect(refusals['it may only read'].text).toContain('dev-hook mcp --allow-write')
    expect(refusals['a wrong value'].text).toContain('`limit` is not a whole number from 1 to 1000')
    expect(refusals['nothing runs'].text).toContain('npx dev-hook sandbox')
  })

  it('examines what a run needs, and leaves the tunnel alone unless it is told to', async () => {
    const { isError, text } = await (await start()).call('doctor')
    expect(isError).toBe(false)
    const { checks } = JSON.parse(text)
    expect(checks).toContainEqual(expect.objectContaining({ name: 'node', ok: true }))
    expect(checks).toContainEqual(expect.objectContaining({ name: 'tunnel', ok: null }))
  })

  it('goes on with a config that is wrong, and says so at each call until it is right', async () => {
    const cwd = await folderForTest()
    await writeFile(join(cwd, 'dev-hook.config.json'), '{ "port": "x" }')
    const client = await start({ cwd })
    expect((await client.call('status')).text).toContain('port x (from dev-hook.config.json) is not a port')
    await writeFile(join(cwd, 'dev-hook.config.json'), '{}')
    expect((await client.call('status')).text).not.toContain('is not a port')
  })

  it('ends when its client does', async () => {
    const client = await start()
    const { pid } = client
    if (pid === null) throw new Error('it has no process')
    await client.close()
    await eventually(() => !isAlive(pid))
  })
})

describe('dev-hook mcp', () => {
  it('speaks the newest protocol with a client that knows it', async () => {
    const client = await CLIENTS['version 2']?.()
    expect(client?.protocol).toBe('2026-07-28')
  })

  it('writes nothing but messages of the protocol on stdout, whatever the config prints, and ends with stdin', async () => {
    const cwd = await folderForTest()
    await writeFile(
      join(cwd, 'dev-hook.config.mjs'),
      "console.log('hello from the config')\nexport default { json: true }\n",
    )
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: cwd,
      XDG_STATE_HOME: join(cwd, 'state'),
      CI: 'true',
      DEV_HOOK_JSON: 'true',
    }
    const child = spawn(process.execPath, [MAIN, 'mcp', '--verbose'], { cwd, env, stdio: 'pipe' })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk) => (stdout += String(chunk)))
    child.stderr.on('data', (chunk) => (stderr += String(chunk)))
    const send = (message: object): void =>
      void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
    const clientInfo = { name: 'test', version: '1' }
    send({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo } })
    send({ method: 'notifications/initialized' })
    child.stdin.write('this is no JSON\n')
    send({ id: 2, method: 'tools/call', params: { name: 'status', arguments: {} } })
    send({ id: 3, method: 'tools/call', params: { name: 'no-such-tool', arguments: {} } })
    await eventually(() => stdout.split('\n').length > 4)
    child.stdin.end()
    const [code] = await once(child, 'close')
    expect(code).toBe(0)
    const messages = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    for (const message of messages) expect(message).toMatchObject({ jsonrpc: '2.0' })
    expect(new Set(messages.map(({ id }) => id))).toEqual(new Set([1, null, 2, 3]))
    expect(messages).toContainEqual(
      expect.objectContaining({ id: null, error: expect.objectContaining({ code: -32_700 }) }),
    )
    expect(stderr).toContain('hello from the config')
  })

  it.each([
    ['an unknown flag', ['mcp', '--no-such-flag', '--json']],
    ['a word too many', ['mcp', 'status', '--json']],
  ])('says on stderr alone what keeps it from serving: %s', async (_, args) => {
    const cli = await startCli({ args, env: { CI: 'true', DEV_HOOK_JSON: 'true' } })
    const { code, stdout, stderr } = await cli.ended
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/\[DEVHOOK_USAGE\][\s\S]*→ /)
  })

  it('ends, and says why, when a message is longer than any may be', async () => {
    const child = spawn(process.execPath, [MAIN, 'mcp'], { stdio: 'pipe' })
    // It may end before it has read it all.
    child.stdin.on('error', () => undefined)
    child.stdin.write('x'.repeat(11 * 1024 * 1024))
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    expect([JSON.parse(stdout), stderr]).toEqual([
      { jsonrpc: '2.0', id: null, error: { code: -32_600, message: 'a message is longer than 10485760 bytes' } },
      expect.stringMatching(/^mcp: .+/),
    ])
  })

  it.runIf(process.platform !== 'win32')('ends in order at a signal', async () => {
    const cli = await startCli({ args: ['mcp'] })
    cli.type(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }))
    await eventually(() => cli.written().includes('"id":1'))
    cli.kill('SIGTERM')
    expect((await cli.ended).code).toBe(0)
  })
})

describe('What speaks that protocol', () => {
  /** The files of the bundle that have it in them, by the sources of their maps. */
  async function filesWithIt(): Promise<readonly string[]> {
    const dist = builtFile('dist')
    const maps = (await readdir(dist, { recursive: true })).filter((path) => path.endsWith('.map'))
    const found = await Promise.all(
      maps.map(async (path) => {
        const { sources }: { readonly sources: readonly string[] } = JSON.parse(
          await readFile(join(dist, path), 'utf8'),
        )
        return sources.some((source) => source.includes('/@modelcontextprotocol/')) ? [basename(path, '.map')] : []
      }),
    )
    return found.flat()
  }

  /** Lets the loading of any of these fail. */
  function hookOf(names: readonly string[]): string {
    const hook = `import module from 'node:module'
      const find = module._resolveFilename
      module._resolveFilename = (name, ...more) => {
        if (${JSON.stringify(names)}.some((one) => name.endsWith('/' + one))) throw new Error('loaded ' + name)
        return find(name, ...more)
      }`
    return `--import "data:text/javascript,${encodeURIComponent(hook)}"`
  }

  it('is loaded by `dev-hook mcp`, and by no other command', async () => {
    const names = await filesWithIt()
    const env = { NODE_OPTIONS: hookOf(names) }
    const endOf = async (...args: string[]) => (await startCli({ args, env })).ended
    expect(names).not.toEqual([])
    expect((await endOf('mcp')).stderr).toContain('loaded ')
    for (const args of [
      ['--help'],
      ['mcp', '--help'],
      ['--version'],
      ['events'],
      ['status'],
      ['doctor', '--offline'],
      ['completion', 'bash'],
    ])
      expect((await endOf(...args)).stderr).not.toContain('loaded')
  })
})
