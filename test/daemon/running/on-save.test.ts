// What a save of a file means.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Config, loadConfig } from '../../../src/config/load.ts'
import type { Options } from '../../../src/config/options.ts'
import type { NoticeBody } from '../../../src/core/notices.ts'
import { watchSaves } from '../../../src/daemon/running/on-save.ts'
import { startWatcher } from '../../../src/watch/watcher.ts'
import { folderForTest } from '../../support/folder.ts'
import { eventually } from '../../support/wait.ts'

interface Saves {
  readonly restarts: string[]
  readonly events: Config['events'][]
  readonly notices: NoticeBody[]
  readonly end: AbortController
  save(file: string, text: string): Promise<void>
  /** Saves something that is certain to be heard of, and waits for it: then all that came before has been heard of too. */
  settle(): Promise<void>
  /** Waits until the watcher has noticed all that was saved, whatever it means. */
  noticed(): Promise<void>
}

async function watch(
  files: Readonly<Record<string, string>>,
  options: Options = {},
  { supervised = true, atStart = (): void => {}, untilStart = async (): Promise<void> => {} } = {},
): Promise<Saves> {
  const cwd = await folderForTest()
  const save = (file: string, text: string): Promise<void> => writeFile(join(cwd, file), text)
  for (const [file, text] of Object.entries(files)) await save(file, text)
  await mkdir(join(cwd, 'state'))
  const reload = (): Promise<Config> =>
    loadConfig(options, { cwd, env: {}, platform: process.platform, sourceOf: (key) => key })
  const saves = { restarts: [] as string[], events: [] as Config['events'][], notices: [] as NoticeBody[] }
  const end = new AbortController()
  let isRestarting = false
  const watcher = watchSaves(
    {
      config: await reload(),
      reload,
      command: supervised ? ['node', 'bot.js'] : null,
      stateHome: join(cwd, 'state'),
      restart: (reason) => {
        saves.restarts.push(reason)
        if (watcher === null || isRestarting) return
        isRestarting = true
        watcher.botChanged({ state: 'stopping', pid: null, reason })
        void watcher.settled().then(untilStart).then(startBot)
      },
      eventsChanged: (events) => void saves.events.push(events),
      emit: (notice) => void saves.notices.push(notice),
    },
    end.signal,
  )
  onTestFinished(() => watcher?.stop())
  await watcher?.ready
  const seenByWitness: string[] = []
  const witness = startWatcher({ root: cwd, onBatch: (paths) => seenByWitness.push(...paths), warn: () => undefined })
  onTestFinished(() => witness.stop())
  await witness.ready
  const startBot = (): void => {
    isRestarting = false
    watcher?.botChanged({ state: 'starting', pid: null })
    watcher?.botChanged({ state: 'ready', pid: null, ms: 0 })
    atStart()
  }
  if (supervised) startBot()
  let settled = 0
  return {
    ...saves,
    end,
    save,
    settle: async () => {
      settled += 1
      // A port that is none: the config is wrong then, which is said whatever else was.
      await save('.env', `DEV_HOOK_PORT=settled${settled}\n`)
      await eventually(() => saves.notices.some((notice) => JSON.stringify(notice).includes(`settled${settled}`)))
    },
    noticed: async () => {
      await save('.mark', '')
      await eventually(() => seenByWitness.includes('.mark'))
      await watcher?.settled()
    },
  }
}

/** What a bot writes once its folder is gone is lost. */
const afterTheTest = (): void => {}

const CONFIG = 'dev-hook.config.json'
const config = (options: object): string => JSON.stringify(options)

describe('A save', () => {
  it('of a file of the bot starts it again, and says which one', async () => {
    const { restarts, save } = await watch({ 'bot.js': '1' })
    await save('bot.js', '2')
    await eventually(() => restarts.length > 0)
    expect(restarts).toEqual(['saved bot.js'])
  })

  it('of several files at once starts it once, and says the first of them', async () => {
    // What is noticed only once the bot was started, on a busy machine, rightly starts it again.
    let start = (): void => {}
    const told = new Promise<void>((resolve) => {
      start = resolve
    })
    const files = { 'a.js': '1', 'b.js': '1', 'c.js': '1' }
    const { restarts, save, settle } = await watch(files, {}, { untilStart: () => told })
    await Promise.all(Object.keys(files).map((file) => save(file, '2')))
    await settle()
    start()
    expect(restarts).toEqual([expect.stringMatching(/^saved [abc]\.js$/)])
  })

  it('that the bot itself makes at each start ends in a warning, not in a loop', async () => {
    let starts = 0
    const atStart = (): void => {
      starts += 1
      setTimeout(() => void save('data.json', String(starts)).catch(afterTheTest), 50)
    }
    const { restarts, notices, save } = await watch({ 'data.json': '0' }, {}, { atStart })
    await eventually(() => notices.length > 0)
    expect(notices).toMatchObject([{ code: 'DEVHOOK_SAVES_LOOP', message: expect.stringContaining('data.json') }])
    const before = restarts.length
    expect(before).toBeLessThan(8)
    await save('bot.js', '2')
    await eventually(() => restarts.length > before)
    expect(restarts.slice(before)).toEqual(['saved bot.js'])
  })

  it('that the bot makes of the config at each start is named with another way out', async () => {
    let starts = 0
    const atStart = (): void => {
      starts += 1
      setTimeout(() => void save('.env', `MINE=${starts}`).catch(afterTheTest), 50)
    }
    const { notices, save } = await watch({ '.env': '' }, {}, { atStart })
    await eventually(() => notices.length > 0)
    expect(notices).toMatchObject([{ code: 'DEVHOOK_SAVES_LOOP', remedy: expect.stringContaining('another file') }])
  })

  it('of an option that is as it was at the start again needs no new start', async () => {
    const { notices, save } = await watch({ '.env': '' })
    await save('.env', 'DEV_HOOK_HOLD=3s\n')
    await eventually(() => notices.length > 0)
    await save('.env', '')
    await save(CONFIG, '{')
    await eventually(() => notices.length > 1)
    expect(notices).toMatchObject([{ code: 'DEVHOOK_RESTART_NEEDED' }, { code: 'DEVHOOK_CONFIG_WRONG' }])
  })

  it('of what dev-hook itself writes means nothing', async () => {
    const { restarts, save, settle } = await watch({ 'bot.js': '1' })
    await save('state/snapshot.json', '{}')
    await settle()
    expect(restarts).toEqual(['saved .env'])
  })

  it('of the config with other events has them claimed', async () => {
    const { events, notices, save } = await watch({ [CONFIG]: config({ events: ['message.create.*'] }) })
    await save(CONFIG, config({ events: ['message.create.*', 'contact.*'] }))
    await eventually(() => events.length > 0)
    expect(events).toEqual([['message.create.*', 'contact.*']])
    expect(notices).toEqual([])
  })

  it('of the config with other options says which ones need a new start, without their values', async () => {
    const { events, notices, save } = await watch({ '.env': 'SECRET=first-secret\n' })
    await save('.env', 'SECRET=second-secret\nDEV_HOOK_HOLD=3s\n')
    await eventually(() => notices.length > 0)
    expect(notices).toMatchObject([
      {
        type: 'warning',
        code: 'DEVHOOK_RESTART_NEEDED',
        message: expect.stringMatching(/: (hold, secret|secret, hold)$/),
      },
    ])
    expect(JSON.stringify(notices)).not.toContain('second-secret')
    expect(events).toEqual([])
  })

  it('of a config that has become wrong keeps the old one, and the right one after it is compared with that', async () => {
    const { events, notices, save } = await watch({ [CONFIG]: config({ events: ['a.*'] }) })
    await save(CONFIG, '{ "events": ')
    await eventually(() => notices.length > 0)
    expect(notices).toMatchObject([{ code: 'DEVHOOK_CONFIG_WRONG' }])
    expect(events).toEqual([])
    await save(CONFIG, config({ events: ['b.*'] }))
    await eventually(() => events.length > 0)
    expect(events).toEqual([['b.*']])
    expect(notices).toHaveLength(1)
  })

  it.each(['own.json', './own.json'])('of a config that was named as %s is one of the config', async (named) => {
    const { events, save } = await watch({ 'own.json': config({ events: ['a.*'] }) }, { config: named })
    await save('own.json', config({ events: ['b.*'] }))
    await eventually(() => events.length > 0)
    expect(events).toEqual([['b.*']])
  })

  it('of what the config extends is one of the config', async () => {
    const { events, save } = await watch({
      [CONFIG]: config({ extends: './team.json' }),
      'team.json': config({ events: ['a.*'] }),
    })
    await save('team.json', config({ events: ['b.*'] }))
    await eventually(() => events.length > 0)
    expect(events).toEqual([['b.*']])
  })

  it('counts in the end as it was saved last', async () => {
    const { events, save } = await watch({ [CONFIG]: config({ events: ['n0.*'] }) })
    for (const n of [1, 2, 3, 4, 5]) {
      await save(CONFIG, config({ events: [`n${n}.*`] }))
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
    await eventually(() => events.at(-1)?.[0] === 'n5.*')
  })

  it('means only the config when somebody else runs the bot', async () => {
    const { restarts, notices, save, settle } = await watch({ 'bot.js': '1' }, {}, { supervised: false })
    await save('bot.js', '2')
    await settle()
    expect(restarts).toEqual([])
    expect(notices).toMatchObject([{ code: 'DEVHOOK_CONFIG_WRONG' }])
  })

  it('means nothing any more once the end has begun', async () => {
    const { restarts, events, notices, end, save, noticed } = await watch({ [CONFIG]: config({ events: ['a.*'] }) })
    end.abort()
    await save(CONFIG, config({ events: ['b.*'] }))
    await noticed()
    expect({ restarts, events, notices }).toEqual({ restarts: [], events: [], notices: [] })
  })

  it('is not watched for when that was asked for', async () => {
    const cwd = await folderForTest()
    const given = await loadConfig({ watch: false }, { cwd, env: {}, platform: 'linux', sourceOf: (key) => key })
    const unreachable = (): never => expect.unreachable()
    const options = { config: given, command: ['node'], stateHome: join(cwd, 'state'), reload: unreachable }
    const hear = { restart: unreachable, eventsChanged: unreachable, emit: unreachable }
    expect(watchSaves({ ...options, ...hear }, new AbortController().signal)).toBeNull()
  })
})
