import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sign } from '../../src/protocol/signature.ts'
import { type CliEnd, startCli } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'

const BODY = '{"event":"message.create.contact.chat","id":"1"}'
const SECRET = 'zICWczLmAOEDvh1DiPGSHw=='

interface Given {
  readonly args?: readonly string[]
  readonly body?: string
  readonly dotEnv?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs `dev-hook verify` in a folder with a `body.json` and an `.env`. */
async function verify({ args = [], body = BODY, dotEnv = `SECRET=${SECRET}\n`, env = {} }: Given): Promise<CliEnd> {
  const cwd = await folderForTest()
  await writeFile(join(cwd, 'body.json'), body)
  await writeFile(join(cwd, '.env'), dotEnv)
  const cli = await startCli({ args: ['verify', ...args], cwd, env })
  return cli.ended
}

const right = ['--body', 'body.json', '--header', sign(Buffer.from(BODY), SECRET)]

describe('dev-hook verify', () => {
  it('ends with 0 when the signature is right', async () => {
    const { code, stdout } = await verify({ args: right })
    expect(stdout).toContain('right')
    expect(stdout).toContain('SECRET in .env')
    expect(code).toBe(0)
  })

  it('ends with 1, the reason and a remedy when it is wrong, and shows no secret', async () => {
    const { code, stdout, stderr } = await verify({ args: right, dotEnv: `SECRET="'${SECRET}'"` })
    expect(stdout).toContain('SECRET has quotes around it')
    expect(stdout).toContain('→ remove them')
    expect(stdout + stderr).not.toContain(SECRET)
    expect(code).toBe(1)
  })

  it('takes the secret as a bot would, with the white space that it has', async () => {
    const { code, stdout } = await verify({ args: right, dotEnv: `SECRET=" ${SECRET}"` })
    expect(stdout).toContain('white space around it')
    expect(code).toBe(1)
  })

  it('says that another secret, which goes first, hides the right one', async () => {
    const { code, stdout } = await verify({ args: right, env: { SECRET: 'another' } })
    expect(stdout).toContain('it is right with SECRET in .env, but SECRET takes precedence')
    expect(code).toBe(1)
  })

  it('writes one JSON object with --json', async () => {
    const { code, stdout } = await verify({ args: [...right, '--json'], body: `${BODY}\n` })
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'verify',
      ok: false,
      certain: true,
      accidents: [{ message: 'a line break was added at the end of the body' }],
      given: right[3],
      expected: sign(Buffer.from(`${BODY}\n`), SECRET),
      bytes: BODY.length + 1,
      secret: 'SECRET in .env',
    })
    expect(code).toBe(1)
  })

  it('reads the body from standard input', async () => {
    const cli = await startCli({ args: ['verify', '--body', '-', ...right.slice(2)], env: { SECRET } })
    cli.type(BODY)
    cli.endInput()
    const { code, stdout } = await cli.ended
    expect(stdout).toContain('a line break was added at the end of the body')
    expect(code).toBe(1)
  })

  it.each<[string, Given, string]>([
    ['a missing --header', { args: ['--body', 'body.json'] }, '`--header` is missing'],
    ['a missing --body', { args: ['--header', 'sha1='] }, '`--body` is missing'],
    ['a missing secret', { args: right, dotEnv: '' }, 'there is no secret'],
    ['a body that is not there', { args: ['--body', 'nowhere', '--header', 'x'] }, 'nowhere cannot be read'],
    ['a secret given as a flag', { args: [...right, '--secret', 'x'] }, '--secret'],
  ])('ends with 2 for %s', async (_, given, message) => {
    const { code, stderr } = await verify(given)
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })
})
