import { mkdir, writeFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { describe, expect, it } from 'vitest'
import { version } from '../../src/core/instance.ts'
import { readManifest } from '../../src/onboarding/manifest.ts'
import { ownSpec } from '../../src/onboarding/own-package.ts'
import { findPackageManager } from '../../src/onboarding/package-manager.ts'
import { folderForTest } from '../support/folder.ts'

describe('The package manager of a project', () => {
  it('is that of its lock file, then the one that is named, then the one that has started dev-hook', async () => {
    const cwd = await folderForTest()
    const env = { npm_config_user_agent: 'yarn/1.22.22 npm/? node/v20' }
    expect(await findPackageManager(cwd, null, {})).toBe('npm')
    expect(await findPackageManager(cwd, null, env)).toBe('yarn')
    expect(await findPackageManager(cwd, readManifest('{"packageManager":"bun@1.2.0"}'), env)).toBe('bun')
    expect(await findPackageManager(cwd, readManifest('{"packageManager":"make@1"}'), {})).toBe('npm')
    await writeFile(join(cwd, 'pnpm-lock.yaml'), '')
    expect(await findPackageManager(cwd, readManifest('{"packageManager":"bun@1.2.0"}'), env)).toBe('pnpm')
  })
})

describe('What a manifest names dev-hook by', () => {
  it('is its version where it comes from a registry, and the way to it where it does not', async () => {
    const home = await folderForTest()
    const cwd = join(home, 'project')
    const installed = join(home, 'lib', 'node_modules', 'dev-hook')
    expect(await ownSpec(cwd, installed)).toBe(`^${version}`)
    expect(await ownSpec(cwd, join(home, 'clone'))).toBe('file:../clone')
    const npx = join(home, '_npx', 'a1b2')
    await mkdir(npx, { recursive: true })
    const cached = join(npx, 'node_modules', 'dev-hook')
    expect(await ownSpec(cwd, cached)).toBe(`^${version}`)
    await writeFile(join(npx, 'package.json'), '{"dependencies":{"dev-hook":"file:../../dev-hook.tgz"}}')
    expect(await ownSpec(cwd, cached)).toBe(`file:${join(home, 'dev-hook.tgz').replaceAll(sep, '/')}`)
  })
})
