// How a bot in Go is started: its main packages, in the folder of the module and below `cmd`.
import { isPlain, namesIn, type Start, textOf } from './start.ts'

/** What a main package has in one of its files. */
const isMainFile = (text: string): boolean => /^package main\b/m.test(text) && /^func main\(/m.test(text)

/** Each main package of a module. */
export async function startsInGo(cwd: string): Promise<readonly Start[]> {
  if ((await textOf(cwd, 'go.mod')) === null) return []
  const below = (await namesIn(cwd, 'cmd')).filter(isPlain).map((name) => `./cmd/${name}`)
  const found: Start[] = []
  for (const folder of ['.', ...below])
    if (await isMain(cwd, folder)) found.push({ command: `go run ${folder}`, from: 'go.mod', certain: true })
  return found
}

async function isMain(cwd: string, folder: string): Promise<boolean> {
  const names = (await namesIn(cwd, folder)).filter((name) => name.endsWith('.go') && !name.endsWith('_test.go'))
  for (const name of names) if (isMainFile((await textOf(cwd, `${folder}/${name}`)) ?? '')) return true
  return false
}
