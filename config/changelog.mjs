// Gives what is unreleased in the changelog the version that is being made, and its date.
import { readFileSync, writeFileSync } from 'node:fs'

const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
const before = readFileSync('CHANGELOG.md', 'utf8')
const heading = '## Unreleased\n'
const today = new Date().toISOString().slice(0, 10)

const [, unreleased = ''] = before.split(heading)
if (!/^- /m.test(unreleased.split('\n## ')[0])) throw new Error('nothing stands under "Unreleased" in CHANGELOG.md')
writeFileSync('CHANGELOG.md', before.replace(heading, `${heading}\n## ${version} (${today})\n`))
