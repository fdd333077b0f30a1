// The package as it is published: packed by npm from a clean copy of the project, and unpacked where nothing else is.
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const PROJECT = fileURLToPath(new URL('../../..', import.meta.url))

export const execute = promisify(execFile)

interface Packed {
  readonly filename: string
  readonly files: readonly { readonly path: string; readonly mode: number }[]
}

export interface PackageForTest extends Packed {
  /** The tarball. */
  readonly tarball: string
  /** A folder with the package installed in it, its dependencies, and nothing else. */
  readonly consumer: string
  remove(): Promise<void>
}

/** What a fresh clone does not have. */
const NOT_CLONED = new Set(['node_modules', 'dist', 'coverage', '.git'])

/** Packs and installs. The project's own `dist` is left alone: other tests run from it. */
export async function openPackage(): Promise<PackageForTest> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'dev-hook-package-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const clone = join(folder, 'clone')
    await cp(PROJECT, clone, { recursive: true, filter: (path) => !NOT_CLONED.has(relative(PROJECT, path)) })
    await link(join(PROJECT, 'node_modules'), join(clone, 'node_modules'))
    const packed = await pack(clone, folder)
    const tarball = join(folder, packed.filename)
    const consumer = join(folder, 'consumer')
    await install(tarball, consumer)
    return { ...packed, tarball, consumer, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

async function pack(clone: string, destination: string): Promise<Packed> {
  const { stdout } = await execute('npm', ['pack', '--json', '--pack-destination', destination], {
    cwd: clone,
    // On Windows npm is a batch file, which only a shell can run.
    shell: process.platform === 'win32',
    maxBuffer: 16 * 1024 * 1024,
  })
  const [packed]: readonly Packed[] = JSON.parse(stdout)
  if (packed === undefined) throw new Error('npm packed nothing')
  return packed
}

/** Without the network: the dependencies that the package names are linked, so that one it does not name is missing. */
async function install(tarball: string, consumer: string): Promise<void> {
  const modules = join(consumer, 'node_modules')
  await cp(join(PROJECT, 'test/support/consumer'), consumer, { recursive: true })
  await mkdir(modules)
  await execute('tar', ['-xzf', tarball, '-C', modules])
  await cp(join(modules, 'package'), join(modules, 'dev-hook'), { recursive: true })
  await rm(join(modules, 'package'), { recursive: true })
  const manifest: { readonly dependencies: object } = JSON.parse(
    await readFile(join(modules, 'dev-hook/package.json'), 'utf8'),
  )
  // The consumer's own: the types of Node, the SDK that its bot is written with, and what it is tested with.
  for (const name of [...Object.keys(manifest.dependencies), '@types/node', 'chipchat', 'vitest']) {
    await mkdir(dirname(join(modules, name)), { recursive: true })
    await link(join(PROJECT, 'node_modules', name), join(modules, name))
  }
}

const link = async (to: string, at: string): Promise<void> => symlink(await realpath(to), at, 'junction')
