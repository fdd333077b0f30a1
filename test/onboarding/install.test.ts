import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { installPackages } from '../../src/onboarding/install.ts'
import { folderForTest } from '../support/folder.ts'

describe.skipIf(process.platform === 'win32')('Installing packages', () => {
  it('runs npm without the secrets of the shell, which what it installs could read', async () => {
    const cwd = await folderForTest()
    await writeFile(join(cwd, 'npm'), '#!/bin/sh\nenv > "$PWD/env.txt"\n')
    await chmod(join(cwd, 'npm'), 0o755)
    const secrets = { TOKEN: 'a', REFRESH_TOKEN: 'b', SECRET: 'c', NGROK_AUTHTOKEN: 'd', DEV_HOOK_TOKEN: 'e' }
    const env = { PATH: `${cwd}:${process.env['PATH'] ?? ''}`, npm_config_registry: 'r', ...secrets }
    expect(await installPackages({ cwd, manager: 'npm' }, env)).toBe(true)
    const seen = await readFile(join(cwd, 'env.txt'), 'utf8')
    expect(seen).toContain('npm_config_registry=r')
    expect(seen).not.toMatch(/TOKEN|SECRET/)
  })
})
