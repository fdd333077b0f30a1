// The processes of a Procfile, as they are started on this machine.
import { type Start, textOf } from './start.ts'

const LINE = /^([\w-]+):[ \t]*(\S.*)$/gm
/** The names by which a bot goes there, the likeliest first. */
const USUAL = ['bot', 'web']

/** What a Procfile starts: the bot, where one of its usual names is there, else each of its processes. */
export async function startsInProcfile(cwd: string): Promise<readonly Start[]> {
  const text = (await textOf(cwd, 'Procfile')) ?? ''
  const found = [...text.matchAll(LINE)].flatMap(
    ([, name = '', line = '']): readonly (Start & { readonly name: string })[] => {
      const command = commandOf(line.trim())
      // What is done once at each release does not stay.
      return command === null || name === 'release'
        ? []
        : [{ name, command, from: `${name} in Procfile`, certain: true }]
    },
  )
  const usual = USUAL.map((wanted) => found.find(({ name }) => name === wanted)).find((one) => one !== undefined)
  return usual === undefined ? found : [usual]
}

/** A line that takes a shell (`--bind :$PORT`) is given to one; `null` where that is not to be had, or it could not be quoted. */
function commandOf(line: string): string | null {
  if (!/[;&|<>$`()*?~\\#'"]|^\w+=/.test(line)) return line
  return line.includes("'") || process.platform === 'win32' ? null : `sh -c '${line}'`
}
