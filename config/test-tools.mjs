// Installs the programs that the tests drive or compare with, where they are missing: by apt-get where there is one; else it names them.
import { spawnSync } from 'node:child_process'
import { userInfo } from 'node:os'
import { findChromium } from './find-chromium.mjs'

const isWindows = process.platform === 'win32'

/** Without these the tests fail. */
const NEEDED = ['git', 'curl', isWindows ? 'python' : 'python3', 'chromium', 'nats-server']
/** Without these the tests try fewer shells. */
const SHELLS = ['bash', 'zsh', 'fish']

const runs = (program, words) => spawnSync(program, words, { stdio: 'ignore' }).status === 0
// Chromium has other names elsewhere, and places off the `PATH`.
const isMissing = (program) => (program === 'chromium' ? findChromium() === null : !runs(program, ['--version']))

function install(packages) {
  if (!runs('apt-get', ['--version'])) return
  const isRoot = !isWindows && userInfo().uid === 0
  for (const words of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
  ]) {
    const [program, ...rest] = isRoot ? ['apt-get', ...words] : ['sudo', '-n', 'apt-get', ...words]
    process.stderr.write(`${program} ${rest.join(' ')}\n`)
    if (spawnSync(program, rest, { stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0) return
  }
}

const missing = [...NEEDED, ...SHELLS].filter(isMissing)
if (missing.length > 0) install(missing)

const stillMissing = NEEDED.filter(isMissing)
if (stillMissing.length > 0) {
  process.stderr.write(`the tests need ${stillMissing.join(', ')}: install them, then run the tests again\n`)
  process.exitCode = 1
}
