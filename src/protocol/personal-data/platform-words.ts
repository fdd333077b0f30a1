// The words that the platform's documents are made of: where nothing else stands, they are roles, types and names of members, and nobody's name.

/** Of members, roles, types, statuses and events, as far as they are one word; the files in `config/events/` have no other. */
const WORDS: ReadonlySet<string> = new Set(
  `accept accepted accesses account actions active activity actor address admin agent agents answer appointment approved article articles assign
  assigned assignee attachment attachments attempts audience author authors begins body bot botinstance botinstances bots by bytes calls card
  carousel carousels categories category channel channels chat closed command commands comments compact components contact contacts content
  contents context conversation conversations create created creator customer data date default delay delete deleted description documented
  duration editor email en enabled entities entity error event events evidence field fields file files form forms geo group guest headers html
  icon id image inbox interval invoice item items join joined kbase kbases kbitem kbitems key kind label language lat latitude leave level likes
  link links list lng location locations login longitude match member members mention message messages meta meter metric metrics model name note
  notes notify object of options organization organizations orggroup orggroups other outcome owner params participant participants partner
  partners parts path payload pdf people person picture pictures point points postback profile published queued question quote reply replies report
  required resource response results role roles says scope score sdk search secret service services session set size slug sms source stage
  status store subject summary system tag tags target telephone template templates text the time timestamp title token topic touchpoint
  translation type update updated uri url user users value values verified version video volunteer watemplate watemplates web webhook webhooks
  website whatsapp workflow workflows world`.split(/\s+/),
)

const ONLY_WORDS = /^[a-z]+(?:[ .-][a-z]+)*$/

/** Whether a text is made of nothing but the platform's words, as `agent`, `guest agent` and `message.create.contact.chat` are. */
export const isOfPlatform = (text: string): boolean =>
  ONLY_WORDS.test(text) && text.split(/[ .-]/).every((word) => WORDS.has(word))
