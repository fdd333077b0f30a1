import { describe, expect, it } from 'vitest'
import { readScript } from '../../src/onboarding/script-command.ts'

const SCRIPTS = { dev: 'tsx watch src/index.ts', again: 'npm run again', 'start:dev': 'node --watch bot.js' }

describe('A script', () => {
  it.each([
    ['node index.js', 'node index.js', 'index.js'],
    ['node .', 'node .', '.'],
    ['node --watch --inspect index.js', 'node --inspect index.js', 'index.js'],
    ['node --watch-path=src --watch-path lib index.js --port 1', 'node index.js --port 1', 'index.js'],
    ['node -r dotenv/config --env-file=.env index.js', 'node -r dotenv/config --env-file=.env index.js', 'index.js'],
    ['node --import tsx src/index.ts', 'node --import tsx src/index.ts', 'src/index.ts'],
    ['tsx watch --clear-screen=false src/index.ts', 'tsx src/index.ts', 'src/index.ts'],
    ['tsx watch --include ./config --env-file=.env src/index.ts', 'tsx --env-file=.env src/index.ts', 'src/index.ts'],
    ['npx tsx src/index.ts', 'tsx src/index.ts', 'src/index.ts'],
    ['ts-node-dev --respawn --transpile-only src/index.ts', 'ts-node --transpile-only src/index.ts', 'src/index.ts'],
    ['nodemon', null, null],
    ['nodemon index.js', 'node index.js', 'index.js'],
    ['nodemon -w src -e ts,json src/index.ts', 'ts-node src/index.ts', 'src/index.ts'],
    ['nodemon --watch src --exec "tsx" src/index.ts', 'tsx src/index.ts', 'src/index.ts'],
    ["nodemon -x 'node --import tsx src/index.ts'", 'node --import tsx src/index.ts', 'src/index.ts'],
    ['bun --hot run src/index.ts', 'bun run src/index.ts', 'src/index.ts'],
    ['npm run dev', 'tsx src/index.ts', 'src/index.ts'],
    ['pnpm start:dev', 'node bot.js', 'bot.js'],
    ['npm run again', null, null],
    ['npm run build', null, null],
    ['NODE_ENV=dev node index.js', null, null],
    ['tsc && node dist/index.js', null, null],
    ['node "a folder/index.js"', 'node a folder/index.js', 'a folder/index.js'],
    ['node "index.js', null, null],
    ['next dev', null, null],
    ['', null, null],
  ])('%s starts %s', (line, words, file) => {
    const found = readScript(line, SCRIPTS)
    expect([found?.words.join(' ') ?? null, found?.file ?? null]).toEqual([words, file])
  })
})
