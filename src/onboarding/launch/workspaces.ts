// How a bot is started that is one package of a workspace: by its own script, from the root of it.
import { type Manifest, readManifest } from '../manifest.ts'
import type { PackageManager } from '../package-manager.ts'
import { isPlain, namesIn, type Start, textOf } from './start.ts'

/** How many packages are looked at. */
const MAX_PACKAGES = 200

interface Package {
  readonly folder: string
  readonly manifest: Manifest
}

/** The script of each package with the SDK; where none has it, that of each package, which may be anything. */
export async function startsInWorkspace(
  cwd: string,
  manifest: Manifest | null,
  manager: PackageManager,
): Promise<readonly Start[]> {
  const ofPnpm = await textOf(cwd, 'pnpm-workspace.yaml')
  const patterns = ofPnpm === null ? (manifest?.workspaces ?? []) : patternsIn(ofPnpm)
  const packages = await packagesIn(cwd, patterns)
  const bots = packages.filter(({ manifest: own }) => own.dependencies.includes('chipchat'))
  return (bots.length > 0 ? bots : packages).flatMap((one) =>
    startOf(one, ofPnpm === null ? manager : 'pnpm', bots.length > 0),
  )
}

function startOf({ folder, manifest }: Package, manager: PackageManager, certain: boolean): readonly Start[] {
  const script = ['start', 'dev'].find((name) => manifest.scripts[name]?.includes('dev-hook') === false)
  if (script === undefined) return []
  const from = `the script "${script}" in ${folder}/package.json`
  switch (manager) {
    case 'npm':
      return [{ command: `npm run ${script} --workspace ${folder}`, from, certain }]
    case 'pnpm':
      return [{ command: `pnpm --filter ./${folder} run ${script}`, from, certain }]
    case 'bun':
      return [{ command: `bun run --filter ./${folder} ${script}`, from, certain }]
    case 'yarn': {
      const { name } = manifest
      return name === null || !isPlain(name) ? [] : [{ command: `yarn workspace ${name} run ${script}`, from, certain }]
    }
    default:
      return manager satisfies never
  }
}

async function packagesIn(cwd: string, patterns: readonly string[]): Promise<readonly Package[]> {
  const wanted = (await Promise.all(patterns.map((pattern) => foldersOf(cwd, pattern)))).flat()
  const folders = [...new Set(wanted)]
    .filter((folder) => isPlain(folder) && !folder.includes('..'))
    .slice(0, MAX_PACKAGES)
  const read = folders.map(async (folder): Promise<readonly Package[]> => {
    const manifest = readManifest((await textOf(cwd, `${folder}/package.json`)) ?? '')
    return manifest === null ? [] : [{ folder, manifest }]
  })
  return (await Promise.all(read)).flat()
}

/** The folders that a pattern covers: one by its name, or those in it, as with `packages/*`. */
async function foldersOf(cwd: string, pattern: string): Promise<readonly string[]> {
  const [, parent = ''] = /^(?:\.\/)?([^*!]+?)\/?(?:\/\*{1,2})?\/?$/.exec(pattern) ?? []
  if (parent === '') return []
  if (!pattern.includes('*')) return [parent]
  return (await namesIn(cwd, parent)).map((name) => `${parent}/${name}`)
}

const PACKAGES = 'packages:'

/** The patterns under `packages:`, in one line or one below the other. */
function patternsIn(yaml: string): readonly string[] {
  const lines = yaml.split(/\r?\n/)
  const at = lines.findIndex((line) => line.startsWith(PACKAGES))
  if (at === -1) return []
  const inline = withoutComment(lines[at]?.slice(PACKAGES.length) ?? '')
  const below = lines.slice(at + 1).map(withoutComment)
  const end = below.findIndex((line) => line !== '' && !line.startsWith('-'))
  const listed = below.slice(0, end === -1 ? undefined : end).map((line) => line.slice(1))
  const given = inline.startsWith('[') && inline.endsWith(']') ? inline.slice(1, -1).split(',') : []
  return [...given, ...listed].map((item) => withoutQuotes(item.trim())).filter((item) => item !== '')
}

function withoutComment(line: string): string {
  const start = line.search(/(?:^|\s)#/)
  return (start === -1 ? line : line.slice(0, start)).trim()
}

const withoutQuotes = (item: string): string => (/^(?:"[^"]*"|'[^']*')$/.test(item) ? item.slice(1, -1) : item)
