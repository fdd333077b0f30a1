// What developers say of themselves, and what the relay answers: who is let in, and under which name.
import type { Msg } from '@nats-io/transport-node'
import { isDeveloperName } from '../wire/subjects.ts'
import { readSaid, type Said, type Welcome } from '../wire/words.ts'
import type { Developers } from './developers.ts'
import type { KnownDevelopers } from './known-developers.ts'

export interface PresenceOptions {
  readonly developers: Pick<Developers, 'state' | 'here' | 'leaves' | 'silent' | 'answers'>
  readonly everJoined: Pick<KnownDevelopers, 'add'>
  /** What a developer is told who may come; `null` while the relay is not ready for anybody. */
  readonly welcome: (developer: string) => Welcome | null
}

/** Creates what answers the messages in which developers say that they come, are there, and leave. */
export function createPresence(options: PresenceOptions): (message: Msg) => Promise<Welcome> {
  const { developers, everJoined } = options
  const welcome = (developer: string): Welcome =>
    options.welcome(developer) ?? { ok: false, why: 'starting', message: 'the relay is not ready yet' }

  async function hear(developer: string, said: Said): Promise<Welcome> {
    const { is, session, who, only } = said
    if (is === 'leaving') developers.leaves(developer, session)
    const answer = welcome(developer)
    if (is === 'leaving' || !answer.ok) return answer
    const { is: now, seat } = developers.state(developer)
    if (now === 'here' && seat.session !== session) {
      if (await developers.answers(developer))
        return { ok: false, why: 'taken', message: `${developer} is there already: ${seat.who}` }
      developers.silent(developer, seat.session)
      // Another one may have come meanwhile.
      return hear(developer, said)
    }
    if (is === 'here') {
      developers.here(developer, { session, who, only })
      everJoined.add(developer)
    }
    return answer
  }

  return async (message) => {
    const said = readSaid(message.string())
    const name = message.subject.split('.').at(-1) ?? ''
    if (said === null || !isDeveloperName(name)) return { ok: false, why: 'usage', message: 'that is not understood' }
    return hear(name, said)
  }
}
