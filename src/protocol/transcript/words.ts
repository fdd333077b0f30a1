// The words of a transcript that stand for something, and which names can be told from them.

/** Who the bot is; a person of that name is written in quotes. */
export const BOT = 'Bot'

/** What somebody does other than saying something, as it follows the name. */
export const VERBS = {
  presses: ' presses ',
  fills: ' fills in ',
  opens: ' opens the form ',
  closes: ' closes the form ',
} as const

/** One space between words; neither marks nor the end of a name could begin in it. */
const NAME = /^[\p{L}\p{M}\p{N}](?:[ ]?[\p{L}\p{M}\p{N}.,'’&@/+_-])*$/u

/** Whether a name can stand without quotes. */
export const isPlainName = (name: string): boolean =>
  name !== BOT && NAME.test(name) && !Object.values(VERBS).some((verb) => `${name} `.includes(verb))

/** Whether a content type can stand without quotes. */
export const isPlainType = (type: string): boolean => /^[\w.+-]+\/[\w.+-]+$/.test(type)
