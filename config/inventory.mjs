// What a build is made of, for those who run it: a bill of materials, and the licences.
import { execFile } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execPath, platform } from 'node:process'
import { promisify } from 'node:util'
import { ROOT } from './bundle.mjs'

const BILL = 'sbom.cdx.json'
const LICENSES = 'third-party-licenses.txt'

/**
 * Writes both into `dist`, which exists, of the modules that were bundled, by their ids. Returns the names of the files.
 * Throws for a module of a package that the lock does not have.
 */
export async function writeInventory(modules) {
  const packages = await packagesOf(modules)
  const bill = await billOfMaterials(packages)
  await writeFile(join(ROOT, 'dist', BILL), `${JSON.stringify(bill)}\n`)
  await writeFile(join(ROOT, 'dist', LICENSES), await licenses(packages))
  return [BILL, LICENSES]
}

/** The packages that are bundled, and those that are installed beside; in the order of their folders. */
async function packagesOf(modules) {
  const { packages } = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8'))
  const bundled = new Set(modules.flatMap((id) => folderOf(id) ?? []))
  const unknown = [...bundled].filter((folder) => packages[folder] === undefined)
  if (unknown.length > 0) throw new Error(`bundled, but not in the lock: ${unknown.join(', ')}`)
  return Object.entries(packages)
    .filter(([folder, { dev }]) => folder !== '' && (dev !== true || bundled.has(folder)))
    .map(([folder, { version, license }]) => ({
      folder,
      name: folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      license,
      isBundled: bundled.has(folder),
    }))
}

const PACKAGE = /^.*[\\/](?=node_modules[\\/])(.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/

/** The folder in the lock of the package that a module belongs to; `null` for one of ours. */
function folderOf(id) {
  // What the bundlers put in between is theirs: `\0rolldown/runtime.js`, `\0@oxc-project+runtime@0.156.0/…`.
  if (/^\0(?:rolldown|@oxc-project)\b/.test(id)) return 'node_modules/rolldown'
  if (/^\0vite\b/.test(id)) return 'node_modules/vite'
  if (!id.includes('node_modules')) return null
  return PACKAGE.exec(id.slice(id.indexOf('node_modules') - 1))?.[1]?.replaceAll('\\', '/') ?? null
}

/**
 * CycloneDX, as npm makes it of the lock, and how each package gets to the user. Without the time and the number of its making,
 * the same sources give the same bytes.
 */
async function billOfMaterials(packages) {
  const { serialNumber: _, ...bill } = await npmBill()
  const { timestamp: __, component, ...metadata } = bill.metadata
  const byRef = new Map(packages.map((one) => [`${one.name}@${one.version}`, one]))
  const components = bill.components.flatMap((one) => {
    const found = byRef.get(one['bom-ref'])
    if (found === undefined) return []
    return [{ ...one, properties: [{ name: 'dev-hook:delivery', value: found.isBundled ? 'bundled' : 'installed' }] }]
  })
  const own = component['bom-ref']
  const dependencies = bill.dependencies
    .filter(({ ref }) => byRef.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => byRef.has(one)) }))
  const {
    name,
    devDependencies,
    dependencies: installed,
  } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  const direct = components
    .filter(({ name }) => name in devDependencies || name in installed)
    .map((one) => one['bom-ref'])
  return {
    ...bill,
    // npm takes the name of the folder.
    metadata: { ...metadata, component: { ...component, name } },
    components,
    dependencies: [{ ref: own, dependsOn: direct }, ...dependencies],
  }
}

async function npmBill() {
  // Whatever NODE_ENV is: what is bundled stands among the dependencies of the development.
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--include', 'dev']
  // npm names itself to the scripts that it runs; by its own name it is a batch file on Windows, which needs a shell.
  const { npm_execpath: npm } = process.env
  const options = { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 }
  const run = promisify(execFile)
  const { stdout } = npm?.endsWith('npm-cli.js')
    ? await run(execPath, [npm, ...args], options)
    : await run('npm', args, { ...options, shell: platform === 'win32' })
  return JSON.parse(stdout)
}

const LICENSE_FILE = /^(licen[cs]e|copying|notice)/i

async function licenseTexts(folder) {
  // Those for other systems are not installed here; each belongs to a package that is.
  const names = await readdir(join(ROOT, folder)).catch(() => [])
  const files = names.filter((name) => LICENSE_FILE.test(name))
  return Promise.all(files.map(async (name) => (await readFile(join(ROOT, folder, name), 'utf8')).trim()))
}

async function licenses(packages) {
  const parts = await Promise.all(
    packages.map(async ({ folder, name, version, license }) => {
      const texts = await licenseTexts(folder)
      const text = texts.length > 0 ? texts.join('\n\n') : `Licensed under ${license}.`
      return `${name} ${version} (${license})\n\n${text}\n`
    }),
  )
  const head = 'The licences of the packages that dev-hook is made of.\n'
  return [head, ...parts].join(`\n${'-'.repeat(80)}\n\n`)
}
