// The starter bot: the example of this package, and the manifest that runs it.
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { packageFile } from '../core/instance.ts'
import type { Project } from './inspect-project.ts'
import { addEntries, type ManifestEntry } from './manifest.ts'
import { OWN_NAME } from './own-package.ts'

const EXAMPLE = packageFile('config/examples/echo-bot.js')

/** The SDK that the example is written for. */
const CHIPCHAT = '^0.7.4'

/**
 * The file that the starter bot is in. An ES module by its name where the manifest that is there makes `.js` something else: how the
 * rest of a package is read is its owner's to say.
 */
const starterFile = ({ manifest }: Pick<Project, 'manifest'>): string =>
  manifest === null || manifest.isModule ? 'bot.js' : 'bot.mjs'

/** The command line that starts the starter bot. */
export const starterCommand = (project: Pick<Project, 'manifest'>): string => `node ${starterFile(project)}`

/** The files of the starter bot, by their names: the bot, and the manifest, a new one or with what the bot needs added. */
export async function starterFiles(project: Project): Promise<ReadonlyMap<string, string>> {
  const { cwd, manifest } = project
  const file = starterFile(project)
  const example = await readFile(EXAMPLE, 'utf8')
  const text =
    manifest?.text ?? `${JSON.stringify({ name: packageName(cwd), private: true, type: 'module' }, null, 2)}\n`
  return new Map([
    [file, example.replaceAll('echo-bot.js', file)],
    ['package.json', addEntries(text, missingEntries(project))],
  ])
}

function missingEntries(project: Project): readonly ManifestEntry[] {
  const { manifest } = project
  const command = starterCommand(project)
  const scripts = { start: command, dev: `dev-hook -- ${command}`, sandbox: `dev-hook sandbox -- ${command}` }
  return [
    ...Object.entries(scripts).flatMap(([name, value]): ManifestEntry[] =>
      manifest?.scripts[name] === undefined ? [{ section: 'scripts', name, value }] : [],
    ),
    ...(manifest?.dependencies.includes('chipchat') === true
      ? []
      : [{ section: 'dependencies' as const, name: 'chipchat', value: CHIPCHAT }]),
    ...ownEntry(project),
  ]
}

/** The entry that makes dev-hook one of the `devDependencies`; none where it is one, or there is no manifest to be in. */
export const ownEntry = ({ manifest, ownSpec }: Project): readonly ManifestEntry[] =>
  manifest?.dependencies.includes(OWN_NAME) === true
    ? []
    : [{ section: 'devDependencies', name: OWN_NAME, value: ownSpec }]

const packageName = (cwd: string): string =>
  basename(cwd)
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
    .join('-') || 'bot'
