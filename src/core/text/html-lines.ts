// HTML as the lines that a person reads: without tags, with the addresses of links and pictures.

/** What follows begins a line of its own. */
const BLOCKS: ReadonlySet<string> = new Set(
  'br p div li ul ol tr table h1 h2 h3 h4 h5 h6 blockquote hr section article header footer pre'.split(' '),
)
/** Nothing in these is read. */
const HIDDEN: ReadonlySet<string> = new Set(['script', 'style', 'head', 'title'])

/** The lines of a document, or a part of one. Takes time in proportion to its length. */
export function htmlLines(html: string): readonly string[] {
  const lines = ['']
  /** The address of the link that is open, and where its text begins. */
  let link: { readonly href: string; readonly from: number } | null = null
  let hiddenBy: string | null = null

  const add = (text: string): void => {
    lines.push(`${lines.pop() ?? ''}${text}`)
  }
  const line = (): string => lines.at(-1) ?? ''

  function open(name: string, attributes: string): void {
    if (BLOCKS.has(name) && line().trim() !== '') lines.push('')
    if (name === 'li') add('- ')
    if (name === 'a') link = { href: attribute(attributes, 'href'), from: line().length }
    if (name === 'img') add(` ${[attribute(attributes, 'alt'), attribute(attributes, 'src')].join(' ').trim()} `)
  }

  function close(name: string): void {
    if (name === 'a' && link !== null) {
      const { href, from } = link
      link = null
      if (href !== '' && !line().slice(from).includes(href)) add(` (${href})`)
    }
    if (BLOCKS.has(name) && line().trim() !== '') lines.push('')
  }

  for (const { text, tag } of pieces(html)) {
    if (hiddenBy === null) add(decodeEntities(text).replace(SPACE, ' '))
    const [, slash, name = '', attributes = ''] = /^(\/?)([a-z][a-z\d]*)(.*)$/is.exec(tag) ?? []
    const lower = name.toLowerCase()
    if (hiddenBy !== null) {
      if (slash === '/' && lower === hiddenBy) hiddenBy = null
    } else if (slash === '/') close(lower)
    else if (HIDDEN.has(lower)) hiddenBy = lower
    else open(lower, attributes)
  }
  return lines.map((one) => one.replace(SPACE, ' ').trim()).filter((one) => one !== '' && one !== '-')
}

const SPACE = /\s+/g

/** The text before each tag, and what is in the tag; a `<` that nothing closes is text, a comment goes to the end then. */
function pieces(html: string): readonly { readonly text: string; readonly tag: string }[] {
  const found: { readonly text: string; readonly tag: string }[] = []
  let from = 0
  let next = 0
  for (;;) {
    const start = html.indexOf('<', next)
    if (start === -1) break
    next = start + 1
    // In `a < b` it begins no tag.
    if (!/[a-z/!?]/i.test(html.charAt(next))) continue
    const [mark, length] = html.startsWith('<!--', start) ? (['-->', 3] as const) : (['>', 1] as const)
    const end = html.indexOf(mark, next)
    if (end === -1 && length === 3) return [...found, { text: html.slice(from, start), tag: '' }]
    if (end === -1) break
    found.push({ text: html.slice(from, start), tag: html.slice(next, end) })
    next = from = end + length
  }
  return [...found, { text: html.slice(from), tag: '' }]
}

/** The value of an attribute; empty when it is not there. */
function attribute(attributes: string, name: string): string {
  const at = attributes.toLowerCase().indexOf(`${name}=`)
  if (at === -1) return ''
  const value = attributes.slice(at + name.length + 1)
  const quote = value.charAt(0)
  const isQuoted = quote === '"' || quote === "'"
  const end = isQuoted ? value.indexOf(quote, 1) : value.search(/\s/)
  return decodeEntities(value.slice(isQuoted ? 1 : 0, end === -1 ? undefined : end))
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
  ['euro', '€'],
  ['copy', '©'],
  ['reg', '®'],
  ['trade', '™'],
  ['hellip', '…'],
  ['ndash', '–'],
  ['mdash', '—'],
  ['lsquo', '‘'],
  ['rsquo', '’'],
  ['ldquo', '“'],
  ['rdquo', '”'],
  ['bull', '•'],
  ['middot', '·'],
])

const MAX_CODE_POINT = 0x10_ff_ff

/** The characters that entities stand for; one that is not known stays as it is. */
function decodeEntities(text: string): string {
  return text.replace(/&(#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,6});/gi, (whole: string, name: string) => {
    if (!name.startsWith('#')) return ENTITIES.get(name.toLowerCase()) ?? whole
    const code = Number(/^#x/i.test(name) ? `0${name.slice(1)}` : name.slice(1))
    return code > 0 && code <= MAX_CODE_POINT ? String.fromCodePoint(code) : whole
  })
}
