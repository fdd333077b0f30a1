import { describe, expect, it } from 'vitest'
import { portIn } from '../../src/bot/port-hint.ts'

describe('A port that a bot prints', () => {
  it.each([
    ['Server running at http://localhost:4002/', 4002],
    ['running on 127.0.0.1:4002', 4002],
    ['[::]:4002', 4002],
    ['listening on port 4002', 4002],
    ['Listening on 3456', 3456],
    ['\u001b[32mlocalhost:\u001b[1m4002\u001b[0m', 4002],
    ['Debugger listening on ws://127.0.0.1:9229/x', null],
    ['listening on 99999', null],
    ['hello', null],
  ])('%j speaks of %j', (line, port) => {
    expect(portIn(line)).toBe(port)
  })
})
