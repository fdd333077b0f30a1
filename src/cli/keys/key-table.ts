// The keys of a run: what each does, when it does something, and how it is told.
import type { KeyHint } from '../screen/ready-block.ts'
import { columnFor, pairLines } from '../screen/two-columns.ts'
import { edit, enter, move, read, replay } from './deliveries.ts'
import type { KeyContext, KeyFacts } from './key-context.ts'
import type { ShownKey } from './key-line.ts'

interface KeyBinding {
  /** As readline names them, else what they write. */
  readonly keys: readonly string[]
  readonly shown: string
  /** In a word what it does now; `null` where it does nothing, or nothing that needs to be told. */
  readonly hint: (facts: KeyFacts) => string | null
  /** How soon it is left out of the line where there is little room: the highest first. */
  readonly rank: number
  readonly says: string
  /** It moves in what is drawn: not there where nothing can be. */
  readonly draws?: true
  readonly act: (context: KeyContext) => void | Promise<void>
}

const isOpen = ({ is }: KeyFacts): boolean => is === 'choosing' || is === 'reading'
const ifDeliveries =
  (hint: string) =>
  ({ hasDeliveries, canDraw }: KeyFacts): string | null =>
    hasDeliveries && canDraw ? hint : null
const silent = (): null => null

const KEYS: readonly KeyBinding[] = [
  {
    keys: ['up', 'k'],
    shown: '↑↓',
    hint: (facts) => (facts.is === 'reading' ? 'scroll' : ifDeliveries('choose')(facts)),
    rank: 2,
    says: 'choose a delivery (k and j do, too); scroll in one that is shown',
    draws: true,
    act: (context) => move(context, -1),
  },
  { keys: ['down', 'j'], shown: '', hint: silent, rank: 10, says: '', draws: true, act: (context) => move(context, 1) },
  {
    keys: ['pageup'],
    shown: 'PgUp PgDn',
    hint: silent,
    rank: 10,
    says: 'a page up or down',
    draws: true,
    act: (context) => move(context, (page) => -page),
  },
  {
    keys: ['pagedown', ' '],
    shown: '',
    hint: silent,
    rank: 10,
    says: '',
    draws: true,
    act: (context) => move(context, (page) => page),
  },
  {
    keys: ['home'],
    shown: 'Home End',
    hint: silent,
    rank: 10,
    says: 'the oldest or the newest delivery; the beginning or the end of one',
    draws: true,
    act: (context) => move(context, 'first'),
  },
  { keys: ['end'], shown: '', hint: silent, rank: 10, says: '', draws: true, act: (context) => move(context, 'last') },
  {
    keys: ['return', 'enter'],
    shown: 'Enter',
    hint: ({ is }) => (is === 'reading' ? 'print' : is === 'choosing' ? 'details' : null),
    rank: 1,
    says: 'show the chosen delivery; again: print it, to keep or copy it',
    draws: true,
    act: enter,
  },
  {
    keys: ['left'],
    shown: '←→',
    hint: ({ is }) => (is === 'reading' ? 'other' : null),
    rank: 9,
    says: 'show the delivery before, or after',
    draws: true,
    act: (context) => (context.state().is === 'reading' ? read(context, -1) : undefined),
  },
  {
    keys: ['right'],
    shown: '',
    hint: silent,
    rank: 10,
    says: '',
    draws: true,
    act: (context) => read(context, context.state().is === 'reading' ? 1 : 0),
  },
  {
    keys: ['escape', 'backspace'],
    shown: 'Esc',
    hint: (facts) => (isOpen(facts) ? 'back' : null),
    rank: 0,
    says: 'back',
    draws: true,
    act: ({ dispatch }) => dispatch({ type: 'left' }),
  },
  {
    keys: ['r'],
    shown: 'r',
    hint: ifDeliveries('replay'),
    rank: 3,
    says: 'replay the chosen delivery, or the last one',
    act: replay,
  },
  {
    keys: ['e'],
    shown: 'e',
    hint: ifDeliveries('edit'),
    rank: 5,
    says: 'edit it in VISUAL or EDITOR, and replay the edited copy, signed again',
    act: edit,
  },
  {
    keys: ['o'],
    shown: 'o',
    hint: ({ hasPage }) => (hasPage ? 'page' : null),
    rank: 8,
    says: 'open the page in a browser',
    act: ({ page, daemon }) => page.open(daemon.pageLink()),
  },
  {
    keys: ['b'],
    shown: 'b',
    hint: ({ isSupervised }) => (isSupervised ? 'restart' : null),
    rank: 7,
    says: 'restart the bot',
    act: async ({ operations, ending, say }) => {
      const { restarting } = await operations.restart({}, ending)
      if (!restarting) say('dev-hook did not start the bot, so it cannot restart it: see `dev-hook -- <command>`')
    },
  },
  {
    keys: ['p'],
    shown: 'p',
    hint: ({ isPaused }) => (isPaused ? 'resume' : 'pause'),
    rank: 6,
    says: 'pause: hold every delivery, or release them',
    act: async ({ operations, ending, facts, say }) => {
      const { isPaused } = facts()
      await (isPaused ? operations.release : operations.hold)({}, ending)
      say(isPaused ? '▶ resumed' : '⏸ paused: deliveries are held; `p` releases them')
    },
  },
  {
    keys: ['t'],
    shown: 't',
    hint: silent,
    rank: 10,
    says: 'trigger the last event of `dev-hook trigger` once more',
    act: ({ daemon, say }) => {
      if (!daemon.control.triggerAgain())
        say('nothing was triggered in this run yet: try `dev-hook trigger chat "hi"` in another terminal')
    },
  },
  {
    keys: ['?'],
    shown: '?',
    hint: () => 'help',
    rank: 2,
    says: 'this help',
    act: ({ facts, say, io }) => keyHelpLines(facts(), io.columns('err')).forEach(say),
  },
  {
    keys: ['q'],
    shown: 'q',
    hint: ({ is, hasPrompt }) => (is === 'reading' || hasPrompt ? null : 'quit'),
    rank: 4,
    says: 'quit; the webhook is put back',
    act: ({ state, facts, dispatch, daemon }) => {
      // Whoever reads something, or looks for it, leaves that by this key in every other program.
      if (state().is === 'reading' || facts().hasPrompt) return dispatch({ type: 'left' })
      void daemon.stop()
    },
  },
]

/** What there is to know of every key, as `?` lists it. */
export const keyHelp = (canDraw: boolean): readonly (readonly [shown: string, says: string])[] =>
  KEYS.flatMap(({ shown, says, draws }) => (shown !== '' && (canDraw || draws === undefined) ? [[shown, says]] : []))

/** The lines of `?`, as wide as the terminal is. */
export function keyHelpLines({ canDraw, hasPrompt }: KeyFacts, columns: number): readonly string[] {
  // Where a prompt comes back, it leads there, as Esc does.
  const rows = keyHelp(canDraw).filter(([shown]) => shown !== 'q' || !hasPrompt)
  const names = rows.map(([shown]) => shown)
  return rows.flatMap((row) => pairLines(row, columnFor(names, columns, 0.5), columns))
}

/** What a key does; `null` for one that does nothing. */
export const actOf = (pressed: string): KeyBinding['act'] | null =>
  KEYS.find(({ keys }) => keys.includes(pressed))?.act ?? null

/** The keys that do something now, in the order in which they are shown. */
export const keysNow = (facts: KeyFacts): readonly ShownKey[] =>
  KEYS.flatMap(({ shown, hint, rank }) => {
    const word = hint(facts)
    return word === null ? [] : [{ shown, hint: word, rank }]
  })

/** The keys that there are in any run, which has started its bot itself or not. */
export const keysOf = (isSupervised: boolean): readonly KeyHint[] =>
  keysNow({ ...NOTHING_YET, isSupervised }).map(({ shown, hint }) => ({ key: shown, hint }))

const NOTHING_YET = {
  is: 'following',
  hasDeliveries: false,
  isPaused: false,
  hasPage: false,
  canDraw: false,
  hasPrompt: false,
} as const
