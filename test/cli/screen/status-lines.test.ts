import { describe, expect, it } from 'vitest'
import { colorsFor } from '../../../src/cli/output/colors.ts'
import { statusLines } from '../../../src/cli/screen/status-lines.ts'

const registration = {
  url: 'https://user:password@bots.example.com/hook',
  events: ['message.create.*', 'message.update', 'conversation.create', 'conversation.update', 'user.login'],
  secret: 'hidden',
  status: 'active',
}

const lines = (found: Partial<Parameters<typeof statusLines>[0]>, columns: number): string => {
  const nothing = { verified: true, answers: true, leftover: null, running: null, page: null }
  const status = { botId: 'b1', owner: { is: 'nobody' } as const, registration, ...nothing, ...found }
  return statusLines(status, colorsFor(false), columns, new Date('2026-01-02T15:00:00')).join('\n')
}

describe('The status', () => {
  it('has a row for each thing, and breaks what is long between words, below its own beginning', () => {
    expect(lines({}, 60)).toBe(
      [
        'bot       b1',
        'webhook   https://bots.example.com/hook',
        'events    message.create.*, message.update,',
        '          conversation.create, conversation.update,',
        '          user.login',
        'status    active',
        'owner     nobody',
        'answers   yes',
        'running   no run on this machine',
        'leftover  nothing',
      ].join('\n'),
    )
    expect(lines({}, Number.POSITIVE_INFINITY).split('\n')).toHaveLength(8)
  })

  it.each([
    [null, 'the last delivery'],
    ['d1', 'delivery d1'],
  ])('says what is replayed on save: %j is %s', (id, what) => {
    expect(lines({ replayOnSave: { id } }, 80)).toContain(`\non save   ${what} is replayed\n`)
  })

  it('says where the page of a run is, as the ready block does', () => {
    const place = { inspector: 'http://127.0.0.1:4747', tokenFile: '/home/me/inspector.json' }
    const rows = (link: string | null): string => {
      const page = { ...place, link }
      return statusLines(
        {
          botId: 'b1',
          owner: { is: 'nobody' },
          registration,
          verified: true,
          answers: true,
          leftover: null,
          running: null,
          page,
        },
        colorsFor(false),
        100,
      ).join('\n')
    }
    expect(rows(null)).toContain('\npage      http://127.0.0.1:4747, token in /home/me/inspector.json\n')
    expect(rows('http://127.0.0.1:4747/?token=abc')).toContain('\npage      http://127.0.0.1:4747/?token=abc\n')
  })

  it('says in local time which run has left what, and what to do', () => {
    const leftover = {
      takenAt: new Date('2026-01-02T12:04:31').toISOString(),
      pid: 1,
      owed: 'https://bots.example.com/hook',
      blocked: false,
    }
    expect(lines({ leftover }, 80).split('\n').slice(-3)).toEqual([
      'leftover  the run of 12:04:31 did not put the webhook back',
      '          before it: https://bots.example.com/hook',
      '          → run `dev-hook restore`',
    ])
    expect(
      lines({ leftover: { ...leftover, owed: null, blocked: true } }, 80)
        .split('\n')
        .slice(-2),
    ).toEqual([
      '          before it: there was none',
      '          → once the dev-hook that has it now has ended, run `dev-hook restore`',
    ])
    expect(lines({ leftover: { damaged: '/state/snapshot.json' } }, 80)).toContain(
      '→ check the webhook in the admin page',
    )
  })
})
