// Gives what is unreleased in the changelog the version that is being made, and its date; `--section <version>` prints what it says of one.
import { readFileSync, writeFileSync } from 'node:fs'
import { argv, stdout } from 'node:process'

const changelog = readFileSync('CHANGELOG.md', 'utf8')
const [option, version] = argv.slice(2)
if (option === '--section') stdout.write(sectionOf(version))
else dateUnreleased()

function dateUnreleased() {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  const heading = '## Unreleased\n'
  const today = new Date().toISOString().slice(0, 10)
  const [, unreleased = ''] = changelog.split(heading)
  if (!/^- /m.test(unreleased.split('\n## ')[0])) throw new Error('nothing stands under "Unreleased" in CHANGELOG.md')
  writeFileSync('CHANGELOG.md', changelog.replace(heading, `${heading}\n## ${version} (${today})\n`))
}

function sectionOf(version) {
  const section = changelog.split(/^## /m).find((text) => text.startsWith(`${version} (`))
  if (section === undefined) throw new Error(`CHANGELOG.md says nothing about ${version}`)
  return `${section.split('\n').slice(1).join('\n').trim()}\n`
}
