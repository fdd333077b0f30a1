// How many colours are used: none, 16, 256 or all of them; by the rules that Node and most tools have in common.
import { WriteStream } from 'node:tty'
import type { Environment } from '../../config/layers.ts'

/** 0: none; 1: 16 colours; 2: 256; 3: 16 million. As FORCE_COLOR counts them. */
export type ColorLevel = 0 | 1 | 2 | 3

/** Decides by the option, then FORCE_COLOR, then NO_COLOR and NODE_DISABLE_COLORS, then what the terminal can show. */
export function colorLevel(option: boolean | null, env: Environment, isTerminal: boolean): ColorLevel {
  if (option === false) return 0
  const level = forcedLevel(env) ?? terminalLevel(env, isTerminal)
  return option === true && level === 0 ? 1 : level
}

/** What FORCE_COLOR asks for; `null` when it is not set, or says nothing that is known. */
function forcedLevel({ FORCE_COLOR: given }: Environment): ColorLevel | null {
  if (given === undefined) return null
  const word = given.trim().toLowerCase()
  if (word === '' || word === 'true') return 1
  if (word === 'false') return 0
  const level = /^\d+$/.test(word) ? Number(word) : null
  if (level === null) return null
  return level === 0 ? 0 : level === 1 ? 1 : level === 2 ? 2 : 3
}

function terminalLevel(env: Environment, isTerminal: boolean): ColorLevel {
  if (!isTerminal || env['NO_COLOR'] || env['NODE_DISABLE_COLORS']) return 0
  const { FORCE_COLOR: _forced, NO_COLOR: _empty, ...others } = env
  const depth = WriteStream.prototype.getColorDepth(others)
  return depth >= 24 ? 3 : depth >= 8 ? 2 : depth >= 4 ? 1 : 0
}

/** The variables that tell a bot, which writes into a pipe, of the colours that its output may have. */
export function colorVariables(option: boolean | null, level: ColorLevel): Readonly<Record<string, string>> {
  if (level > 0) return { FORCE_COLOR: String(level) }
  return option === false ? { FORCE_COLOR: '0', NO_COLOR: '1' } : {}
}
