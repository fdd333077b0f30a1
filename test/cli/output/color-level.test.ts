import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { colorLevel, colorVariables } from '../../../src/cli/output/color-level.ts'

const XTERM = { TERM: 'xterm' }

describe('How many colours there are', () => {
  it.each([
    // FORCE_COLOR, at a terminal and elsewhere.
    [{ FORCE_COLOR: '' }, 1, 1],
    [{ FORCE_COLOR: 'true' }, 1, 1],
    [{ FORCE_COLOR: '1' }, 1, 1],
    [{ FORCE_COLOR: '2' }, 2, 2],
    [{ FORCE_COLOR: '3' }, 3, 3],
    [{ FORCE_COLOR: '4' }, 3, 3],
    [{ FORCE_COLOR: '0' }, 0, 0],
    [{ FORCE_COLOR: 'false' }, 0, 0],
    [{ FORCE_COLOR: 'maybe' }, 1, 0],
    [{ FORCE_COLOR: '3', TERM: 'dumb' }, 3, 3],
    // NO_COLOR counts unless it is empty, and FORCE_COLOR goes before it.
    [{ NO_COLOR: '1' }, 0, 0],
    [{ NO_COLOR: '0' }, 0, 0],
    [{ NO_COLOR: 'anything' }, 0, 0],
    [{ NO_COLOR: '' }, 1, 0],
    [{ NODE_DISABLE_COLORS: '1' }, 0, 0],
    [{ NO_COLOR: '1', FORCE_COLOR: '2' }, 2, 2],
    [{ NO_COLOR: '1', FORCE_COLOR: '0' }, 0, 0],
    // What the terminal can show.
    [{}, 1, 0],
    [{ TERM: 'dumb' }, 0, 0],
    [{ TERM: 'xterm-256color' }, 2, 0],
    [{ COLORTERM: 'truecolor' }, 3, 0],
  ] as const)('with %j it is %i at a terminal, and %i elsewhere', (env, atTerminal, elsewhere) => {
    expect(colorLevel(null, { ...XTERM, ...env }, true)).toBe(atTerminal)
    expect(colorLevel(null, { ...XTERM, ...env }, false)).toBe(elsewhere)
  })

  it('the option goes before everything else', () => {
    expect(colorLevel(false, { ...XTERM, FORCE_COLOR: '3' }, true)).toBe(0)
    expect(colorLevel(true, { ...XTERM, NO_COLOR: '1' }, false)).toBe(1)
    expect(colorLevel(true, { ...XTERM, FORCE_COLOR: '3' }, false)).toBe(3)
  })

  it.each(['', 'true', '1', '2', '3', '0'])('FORCE_COLOR=%s means to Node what it means here', async (given) => {
    const script = 'console.log(require("tty").WriteStream.prototype.getColorDepth())'
    const env = { PATH: process.env['PATH'] ?? '', FORCE_COLOR: given }
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env })
    const depths = [1, 4, 8, 24]
    expect(depths[colorLevel(null, env, false)]).toBe(Number(stripped(stdout)))
  })

  it('is passed on to the bot', () => {
    expect(colorVariables(null, 3)).toEqual({ FORCE_COLOR: '3' })
    expect(colorVariables(null, 0)).toEqual({})
    expect(colorVariables(false, 0)).toEqual({ FORCE_COLOR: '0', NO_COLOR: '1' })
  })
})

/** A number may be printed in colour. */
const stripped = (text: string): string => /\d+(?=\D*$)/.exec(text.replaceAll(/\[\d+m/g, ''))?.[0] ?? ''
