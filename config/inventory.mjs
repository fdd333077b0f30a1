// What the package was tested with, for those who install it: a bill of materials, and the licences.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const read = (path) => JSON.parse(readFileSync(path, 'utf8'))
const write = (path, value) => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)

/** The runtime packages, with the folders that they are installed in. */
const runtimePackages = () =>
  Object.entries(read('package-lock.json').packages)
    .filter(([folder, { dev }]) => folder !== '' && dev !== true)
    .map(([folder, { version, license }]) => ({
      folder,
      name: folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      license,
    }))

const DEVELOPMENT = 'cdx:npm:package:development'

/** CycloneDX, as npm makes it of the lock. Without the time and the number of its making, the same sources give the same bytes. */
function billOfMaterials() {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only']
  // npm names itself to the scripts that it runs; by its own name it is a batch file on Windows, which needs a shell.
  const { npm_execpath: npm } = process.env
  const options = { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }
  const text = npm?.endsWith('.js')
    ? execFileSync(process.execPath, [npm, ...args], options)
    : execFileSync('npm', args, { ...options, shell: process.platform === 'win32' })
  const { serialNumber: _, ...bill } = JSON.parse(text)
  const { timestamp: __, component, ...metadata } = bill.metadata
  // With `--omit dev` npm leaves out what is needed here and by a tool of the developers, too.
  const components = bill.components.filter(
    ({ properties = [] }) => !properties.some(({ name }) => name === DEVELOPMENT),
  )
  const kept = new Set(components.map((one) => one['bom-ref']))
  const dependencies = bill.dependencies
    .filter(({ ref }) => kept.has(ref) || ref === component['bom-ref'])
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => kept.has(one)) }))
  // npm takes the name of the folder.
  const own = { ...component, name: read('package.json').name }
  return { ...bill, metadata: { ...metadata, component: own }, components, dependencies }
}

const LICENSE_FILE = /^(licen[cs]e|copying|notice)/i

function licenseTexts(folder) {
  if (!existsSync(folder)) return []
  const files = readdirSync(folder).filter((name) => LICENSE_FILE.test(name))
  return files.map((name) => readFileSync(join(folder, name), 'utf8').trim())
}

/** What is in the page itself, and so in the package. */
const BUNDLED = ['preact', 'diff']

function licenses() {
  const bundled = BUNDLED.map((name) => {
    const { version, license } = read(`node_modules/${name}/package.json`)
    return { folder: `node_modules/${name}`, name, version, license }
  })
  const parts = [...runtimePackages(), ...bundled].map(({ folder, name, version, license }) => {
    // Those for other systems are not installed here; each belongs to a package that is.
    const texts = licenseTexts(folder)
    const text = texts.length > 0 ? texts.join('\n\n') : `Licensed under ${license}.`
    return `${name} ${version} (${license})\n\n${text}\n`
  })
  return ['The licences of the packages that dev-hook uses.\n', ...parts].join(`\n${'-'.repeat(80)}\n\n`)
}

/** Writes both into `dist`, which exists. */
export function writeInventory() {
  write('dist/sbom.cdx.json', billOfMaterials())
  writeFileSync('dist/third-party-licenses.txt', licenses())
}
