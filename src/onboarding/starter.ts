// The starter bot: the example of this package, and the manifest that runs it.
import { readFile } from 'node:fs/promises'

const EXAMPLE = new URL('../../config/examples/echo-bot.js', import.meta.url)

/** The SDK that the example is written for. */
const CHIPCHAT = '^0.7.4'

/** The file that the starter bot is in. */
const STARTER_FILE = 'bot.js'

/** The command line that starts the starter bot. */
export const STARTER_COMMAND = `node ${STARTER_FILE}`

/** The files of the starter bot, by their names. */
export async function starterFiles(folderName: string): Promise<ReadonlyMap<string, string>> {
  const example = await readFile(EXAMPLE, 'utf8')
  const words = folderName.toLowerCase().split(/[^a-z0-9]+/)
  const manifest = {
    name: words.filter((word) => word !== '').join('-') || 'bot',
    private: true,
    type: 'module',
    scripts: {
      start: STARTER_COMMAND,
      dev: `npx dev-hook -- ${STARTER_COMMAND}`,
      sandbox: `npx dev-hook sandbox -- ${STARTER_COMMAND}`,
    },
    dependencies: { chipchat: CHIPCHAT },
  }
  return new Map([
    [STARTER_FILE, example.replaceAll('echo-bot.js', STARTER_FILE)],
    ['package.json', `${JSON.stringify(manifest, null, 2)}\n`],
  ])
}
