// How a bot in Go is started: its main packages, in the folder of the module and below `cmd`.
import { isPlain, namesIn, type Start, textOf } from './start.ts'

const MAIN = /^package main\b[\s\S]*^func main\(/m

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
  for (const name of names) if (MAIN.test((await textOf(cwd, `${folder}/${name}`)) ?? '')) return true
  return false
}
