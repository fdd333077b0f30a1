// What it costs to get dev-hook and to ask it for help, next to other tunnels for webhooks: a cold `npx`, the packages it brings, their size.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath, platform } from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startRegistry } from './registry.mjs'

const execute = promisify(execFile)
const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

/** By the names of their packages, and of what those run. */
const TOOLS = [
  { name: 'dev-hook', bin: 'dev-hook' },
  { name: 'smee-client', bin: 'smee' },
  { name: 'localtunnel', bin: 'lt' },
]

/** Measured in turn within each round, so that a slow moment of the machine or the network hits all of them. */
export async function benchPackage({ rounds = 3, helps = 15 } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'dev-hook-bench-'))
  const registry = await startRegistry(await pack(folder))
  try {
    const results = []
    for (const tool of TOOLS)
      results.push({ name: tool.name, ...(await install(tool, folder, registry)), coldMs: [], helpMs: [] })
    for (let round = 0; round < rounds; round++) {
      for (const [i, tool] of TOOLS.entries()) results[i].coldMs.push(await coldNpx(tool, folder, registry))
    }
    for (let turn = 0; turn < helps; turn++) {
      for (const result of results) result.helpMs.push(await time(execPath, [result.main, '--help'], folder))
    }
    return results.map(({ name, version, packages, bytes, coldMs, helpMs }) => ({
      name,
      version,
      packages,
      bytes,
      coldMs: Math.round(median(coldMs)),
      helpMs: Math.round(median(helpMs)),
    }))
  } finally {
    await registry.close()
    await rm(folder, { recursive: true, force: true })
  }
}

export function printPackage(results) {
  const rows = results.map(({ name, version, packages, bytes, coldMs, helpMs }) => [
    `${name} ${version}`,
    String(packages),
    `${(bytes / 1e6).toFixed(1)} MB`,
    `${(coldMs / 1_000).toFixed(1)} s`,
    `${helpMs} ms`,
  ])
  const all = [['', 'packages', 'installed', 'cold npx', '--help'], ...rows]
  return all.map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(24) : cell.padStart(11))).join('')).join('\n')
}

/** What the registry is to serve. */
async function pack(folder) {
  const { stdout } = await npm(['pack', '--json', '--pack-destination', folder], PROJECT)
  const [packed] = JSON.parse(stdout)
  const manifest = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8'))
  const upstream = (await npm(['config', 'get', 'registry'], PROJECT)).stdout.trim()
  return { path: join(folder, packed.filename), packed, manifest, upstream }
}

async function install({ name, bin }, folder, { url }) {
  const prefix = join(folder, name)
  await mkdir(prefix)
  await npm(['install', '--prefix', prefix, '--registry', url, name], prefix)
  const modules = join(prefix, 'node_modules')
  const lock = JSON.parse(await readFile(join(modules, '.package-lock.json'), 'utf8'))
  const manifest = JSON.parse(await readFile(join(modules, name, 'package.json'), 'utf8'))
  const main = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[bin]
  return {
    version: manifest.version,
    packages: Object.keys(lock.packages).length,
    bytes: await sizeOf(modules),
    main: join(modules, name, main),
  }
}

/** As on a machine that has never seen it: nothing in npm's cache, an empty folder. */
async function coldNpx({ name, bin }, folder, { url }) {
  const cache = await mkdtemp(join(folder, 'cache-'))
  const cwd = await mkdtemp(join(folder, 'empty-'))
  const words = ['--yes', '--cache', cache, '--registry', url, '--package', name, bin, '--version']
  const ms = await time('npx', words, cwd)
  await rm(cache, { recursive: true, force: true })
  return ms
}

async function time(program, words, cwd) {
  const start = performance.now()
  await execute(program, words, { cwd, shell: program === 'npx' && platform === 'win32' })
  return performance.now() - start
}

const npm = (words, cwd) => execute('npm', words, { cwd, shell: platform === 'win32', maxBuffer: 16 * 1024 * 1024 })

async function sizeOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]
}
