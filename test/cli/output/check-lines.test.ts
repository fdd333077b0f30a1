import { describe, expect, it } from 'vitest'
import { createCheckJson, createCheckLines, summary } from '../../../src/cli/output/check-lines.ts'
import { type Finding, failed, notTried, passed, warned } from '../../../src/doctor/finding.ts'

const printed = (columns: number, quiet: boolean, name: string, finding: Finding): readonly string[] => {
  const lines: string[] = []
  const write = (line: string): void => void lines.push(line)
  createCheckLines({ write, color: false, quiet, columns, redact: (text) => text })(name, finding)
  return lines
}

const WRONG = failed('tunnel', 'ngrok cannot be reached at here:443', 'check the network, then start again')

describe('What a doctor found', () => {
  it('has a mark of its own for what was not tried, which is neither good nor bad in JSON', () => {
    const open = notTried('not tried: the bot is not up')
    expect(printed(80, false, 'challenge', open)).toEqual(['– challenge     not tried: the bot is not up'])
    const lines: string[] = []
    createCheckJson(
      (line) => lines.push(line),
      (text) => text,
    )('challenge', open)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ name: 'challenge', ok: null, remedy: null })
    expect(summary([open, WRONG, passed('well'), warned('a', 'b')])).toBe('1 of 4 failed, 1 not tried, 1 worth a look')
  })

  it('is broken between words, each part below its beginning', () => {
    expect(printed(40, false, 'tunnel', WRONG)).toEqual([
      '✗ tunnel        ngrok cannot be reached',
      '                at here:443',
      '                → check the network,',
      '                  then start again',
    ])
    expect(printed(Number.POSITIVE_INFINITY, false, 'tunnel', WRONG)).toHaveLength(2)
  })

  it('is only what is wrong when it is to be quiet', () => {
    expect(printed(80, true, 'challenge', notTried('not tried'))).toEqual([])
    expect(printed(80, true, 'node', passed('Node'))).toEqual([])
    expect(printed(80, true, 'tunnel', WRONG)).not.toEqual([])
  })
})
