// What a bot prints, cut into lines that a terminal can only show: colours pass, and nothing else that a terminal would act on.

/** Where the reading of the text stands. A sequence may be split between two chunks anywhere. */
type State =
  | { readonly is: 'text' }
  /** ESC was read. */
  | { readonly is: 'escape' }
  /** CSI was read, and its parameters so far. */
  | { readonly is: 'sequence'; readonly parameters: string }
  /** A title, a text for the clipboard, a picture: everything up to its end. */
  | { readonly is: 'string' }

export interface OutputFilter {
  /** Takes the next piece of the text. */
  write(text: string): void
  /** Passes on what stands there of a line that is not finished yet. */
  flush(): void
  /** Whether something stands there. */
  readonly waits: boolean
}

const [ESC, BEL, CSI, ST] = ['\u001b', '\u0007', '\u009b', '\u009c']
const RESET = `${ESC}[0m`

/** What needs no look at each character: no control, and nothing that turns the reading direction. */
const PLAIN = /[^\p{Cc}\u202a-\u202e\u2066-\u2069]+/uy
/** The parameters of a colour. */
const COLOUR = /^[\d;:]{0,64}$/
/** Longer parameters belong to nothing that is known. */
const MAX_PARAMETERS = 65
/** So many colours are remembered that were switched on, and not off. */
const MAX_OPEN = 16

const TEXT: State = { is: 'text' }

/**
 * Creates a filter for one stream. `onLine` gets each line without its end; one of more than `longest` UTF-16 code units comes in
 * pieces, and nothing of it is lost. A colour that is still on at the end of a line ends there, and goes on in the next one.
 */
// One story: each state is a function of its own, over the same line.
export function createOutputFilter(onLine: (line: string) => void, longest: number): OutputFilter {
  let state: State = TEXT
  let line = ''
  /** Whether the line has anything that is seen. */
  let isEmpty = true
  /** The colours that are on. */
  let open: readonly string[] = []
  /** A carriage return was read: before a line feed it is part of that, elsewhere it ends a line. */
  let returned = false
  /** What stood there before was passed on as half a line, whose end is to come. */
  let isHalf = false

  function endLine(): void {
    onLine(isEmpty ? '' : line + (open.length === 0 ? '' : RESET))
    line = open.join('')
    isEmpty = true
  }

  function add(text: string): void {
    for (let rest = text; rest !== ''; ) {
      const first = lengthAt(rest, 0)
      if (!isEmpty && longest - line.length < first) endLine()
      const room = Math.max(longest - line.length, first)
      const cut = rest.length > room && lengthAt(rest, room - 1) === 2 ? room - 1 : room
      line += rest.slice(0, Math.max(cut, first))
      isEmpty = false
      isHalf = false
      rest = rest.slice(Math.max(cut, first))
    }
  }

  function colour(parameters: string): void {
    const sequence = `${ESC}[${parameters}m`
    const clears = /^0*(;|$)/.test(parameters)
    if (clears) open = []
    if (!/^0*$/.test(parameters)) open = [...open, sequence].slice(-MAX_OPEN)
    line += sequence
  }

  /** Reads one character in a state; gives the next state, or `null` when it is to be read once more, as text. */
  function step(character: string): State | null {
    switch (state.is) {
      case 'text':
        return inText(character)
      case 'escape':
        return inEscape(character)
      case 'sequence':
        return inSequence(character, state.parameters)
      case 'string':
        return inString(character)
    }
  }

  function inText(character: string): State {
    if (character === ESC) return { is: 'escape' }
    if (character === CSI) return { is: 'sequence', parameters: '' }
    if (/[\u0090\u0098\u009d-\u009f]/.test(character)) return { is: 'string' }
    if (character === '\t') add('\t')
    return TEXT
  }

  function inEscape(character: string): State | null {
    if (character === '[') return { is: 'sequence', parameters: '' }
    if (/[\]PX^_]/.test(character)) return { is: 'string' }
    if (/[ -/]/.test(character)) return state
    return /[0-~]/.test(character) ? TEXT : null
  }

  function inSequence(character: string, parameters: string): State | null {
    if (/[ -?]/.test(character))
      return { is: 'sequence', parameters: (parameters + character).slice(0, MAX_PARAMETERS) }
    if (!/[@-~]/.test(character)) return null
    if (character === 'm' && COLOUR.test(parameters)) colour(parameters)
    return TEXT
  }

  function inString(character: string): State | null {
    if (character === BEL || character === ST || character === '\u0018' || character === '\u001a') return TEXT
    // Its end is ESC and a backslash; any other sequence, and the end of the line, end it as well.
    if (character === ESC) return { is: 'escape' }
    return character === '\n' ? null : state
  }

  function takeControl(character: string): void {
    if (character !== '\n' && character !== '\r') {
      state = step(character) ?? inText(character)
      return
    }
    // Within a string a carriage return is part of it.
    if (state.is === 'string' && character === '\r') return
    state = TEXT
    if (character === '\n' && !(isHalf && isEmpty)) endLine()
    if (character === '\n') isHalf = false
    returned = character === '\r'
  }

  function endReturned(): void {
    returned = false
    if (!isEmpty) endLine()
  }

  return {
    write: (text) => {
      for (let at = 0; at < text.length; at += 1) {
        if (returned && text[at] !== '\n' && text[at] !== '\r') endReturned()
        PLAIN.lastIndex = at
        const plain = state.is === 'text' ? (PLAIN.exec(text)?.[0] ?? '') : ''
        add(plain)
        at += plain.length
        const control = text[at]
        if (control !== undefined) takeControl(control)
      }
    },
    flush: () => {
      if (isEmpty) return
      endLine()
      isHalf = true
      returned = false
    },
    get waits() {
      return !isEmpty
    },
  }
}

/** How many UTF-16 code units the character at an index has. */
const lengthAt = (text: string, at: number): 1 | 2 => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1)
