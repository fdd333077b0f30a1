// What a challenge is answered, and another dev-hook that asks for something along with it.
import { describe, expect, it, vi } from 'vitest'
import type { RawHeaders } from '../../../src/core/delivery.ts'
import { headerOf } from '../../../src/core/http/raw-headers.ts'
import type { NoticeBody } from '../../../src/core/notices.ts'
import { type ChallengeOptions, createChallengeAnswers } from '../../../src/daemon/traffic/answer-challenge.ts'
import { createProof, doneReply, type ProofRequest } from '../../../src/protocol/proof.ts'
import { seal, unseal } from '../../../src/protocol/seal.ts'
import { createFakeClock } from '../../support/fake-clock.ts'

const SECRET = 'the secret of the webhook'
const RUN = 'a'.repeat(32)
const WHO = 'ann@desk pid 9'

function setUp(more: Partial<ChallengeOptions> = {}) {
  const clock = createFakeClock()
  const notices: NoticeBody[] = []
  const challenged = vi.fn()
  const handedOver = vi.fn()
  const handedDown = vi.fn(async () => true)
  const joined = vi.fn((): string | null => '[]')
  const answer = createChallengeAnswers({
    who: 'me@here pid 1',
    runId: RUN,
    emit: (notice) => notices.push(notice),
    secret: () => SECRET,
    rereadSecret: async () => null,
    challenged,
    handedOver,
    handedDown,
    joined,
    clock,
    ...more,
  })
  /** Asks as a dev-hook does; resolves with its reply. */
  async function ask(headers: RawHeaders): Promise<string | null> {
    const reply = await answer('x', ['User-Agent', 'dev-hook', ...headers])
    expect(reply).toMatchObject({ status: 200, body: Buffer.from('x') })
    return headerOf(reply.headers, 'x-dev-hook-reply') ?? null
  }
  return { answer, ask, notices, challenged, handedOver, handedDown, joined, clock }
}

const proofOf = (request: Partial<ProofRequest> = {}, secret = SECRET, now = Date.now()): string =>
  createProof(secret, { what: 'hand-over', runId: RUN, content: WHO, ...request }, now)

const handOver = (proof?: string): RawHeaders => [
  'X-Dev-Hook-Hand-Over',
  WHO,
  ...(proof === undefined ? [] : ['X-Dev-Hook-Proof', proof]),
]

describe('A challenge', () => {
  it('is answered with its text, and reported', async () => {
    const { answer, challenged } = setUp()
    const reply = await answer('a b', ['User-Agent', 'Web1on1'])
    expect(reply).toMatchObject({ status: 200, body: Buffer.from('a b') })
    expect(reply.headers).toContain('nosniff')
    expect(challenged).toHaveBeenCalledOnce()
  })

  it('of a dev-hook is not taken for the platform’s', async () => {
    const { ask, challenged, handedOver } = setUp()
    expect(await ask([])).toBeNull()
    expect(challenged).not.toHaveBeenCalled()
    expect(handedOver).not.toHaveBeenCalled()
  })
})

describe('A dev-hook that asks for the bot', () => {
  it('is given it when it proves that it knows the secret', async () => {
    const { ask, handedOver, notices } = setUp()
    const proof = proofOf()
    expect(await ask(handOver(proof))).toBe(doneReply(SECRET, proof))
    expect(handedOver).toHaveBeenCalledExactlyOnceWith(WHO)
    expect(notices).toEqual([])
  })

  it.each<[string, string | undefined, string]>([
    ['has only the URL', undefined, 'missing'],
    ['knows another secret', proofOf({}, 'another'), 'wrong'],
    ['has a proof for another run', proofOf({ runId: 'b'.repeat(32) }), 'wrong'],
    ['has a proof of somebody else', proofOf({ content: 'jo@desk' }), 'wrong'],
    ['has an old proof', proofOf({}, SECRET, Date.now() - 3_600_000), 'late'],
  ])('is refused when it %s', async (_, proof, fault) => {
    const { ask, handedOver, notices } = setUp()
    expect(await ask(handOver(proof))).toBe(`refused ${fault}`)
    expect(handedOver).not.toHaveBeenCalled()
    expect(notices).toMatchObject([{ type: 'warning', code: 'DEVHOOK_HAND_OVER_REFUSED' }])
  })

  it('is refused when it asks with the same proof again', async () => {
    const { ask, handedOver } = setUp()
    const proof = proofOf()
    await ask(handOver(proof))
    expect(await ask(handOver(proof))).toBe('refused used')
    expect(handedOver).toHaveBeenCalledOnce()
  })

  it('is announced as refused once in ten seconds at most, however often it asks', async () => {
    const { ask, notices, clock } = setUp()
    for (let n = 0; n < 50; n += 1) await ask(handOver())
    expect(notices).toHaveLength(1)
    await clock.pass(10_000)
    await ask(handOver())
    expect(notices).toHaveLength(2)
  })

  it('may know a secret that was changed since the start, which is read again once a minute', async () => {
    const rereadSecret = vi.fn(async () => 'the new one')
    const { ask, handedOver } = setUp({ rereadSecret })
    for (let n = 0; n < 5; n += 1) expect(await ask(handOver(proofOf({}, 'wrong')))).toBe('refused wrong')
    expect(rereadSecret).toHaveBeenCalledOnce()
    const other = setUp({ rereadSecret })
    expect(await other.ask(handOver(proofOf({}, 'the new one')))).toMatch(/^done /)
    expect(other.handedOver).toHaveBeenCalledOnce()
    expect(handedOver).not.toHaveBeenCalled()
  })

  it('is refused when the platform cannot be asked for the secret', async () => {
    const { ask } = setUp({ rereadSecret: () => Promise.reject(new Error('503')) })
    expect(await ask(handOver(proofOf({}, 'another')))).toBe('refused wrong')
  })

  it('is given it without a proof when no secret is known, and is reported as unproven', async () => {
    const { ask, handedOver } = setUp({ secret: () => null })
    expect(await ask(handOver())).toBeNull()
    expect(handedOver).toHaveBeenCalledExactlyOnceWith(WHO, 'unproven')
  })
})

describe('A dev-hook that hands down what was before it', () => {
  const handDown = (text: string, secret = SECRET, sealedWith = secret): { proof: string; headers: RawHeaders } => {
    const content = seal(text, sealedWith)
    const proof = proofOf({ what: 'hand-down', content }, secret)
    return { proof, headers: ['X-Dev-Hook-Hand-Down', content, 'X-Dev-Hook-Proof', proof] }
  }

  it('is told that it was taken', async () => {
    const { ask, handedDown, handedOver } = setUp()
    const { proof, headers } = handDown('its snapshot')
    expect(await ask(headers)).toBe(doneReply(SECRET, proof))
    expect(handedDown).toHaveBeenCalledExactlyOnceWith('its snapshot', [])
    expect(handedOver).not.toHaveBeenCalled()
  })

  it.each<[string, () => Promise<boolean>]>([
    ['is none of its business', async () => false],
    ['cannot be written', () => Promise.reject(new Error('the disk is full'))],
  ])('is not told so when that %s', async (_, handedDown) => {
    const { ask } = setUp({ handedDown })
    expect(await ask(handDown('its snapshot').headers)).toBeNull()
  })

  it('is ignored without the secret, and the second time', async () => {
    const { ask, handedDown } = setUp()
    expect(await ask(handDown('its snapshot', 'another').headers)).toBe('refused wrong')
    expect(await ask(['X-Dev-Hook-Hand-Down', seal('its snapshot', SECRET)])).toBe('refused missing')
    expect(await ask(handDown('its snapshot', SECRET, 'another').headers)).toBeNull()
    expect(handedDown).not.toHaveBeenCalled()
    const { headers } = handDown('its snapshot')
    await ask(headers)
    expect(await ask(headers)).toBe('refused used')
    expect(handedDown).toHaveBeenCalledOnce()
  })

  it('is ignored when no secret is known', async () => {
    const { ask, handedDown } = setUp({ secret: () => null })
    expect(await ask(handDown('its snapshot').headers)).toBeNull()
    expect(handedDown).not.toHaveBeenCalled()
  })
})

describe('A dev-hook that asks to stand in front of this one', () => {
  const join = (secret = SECRET, runId = RUN) => {
    const proof = createProof(secret, { what: 'join', runId, content: WHO })
    return { proof, headers: ['X-Dev-Hook-Join', WHO, 'X-Dev-Hook-Proof', proof] }
  }
  const toldIn = async (answer: ReturnType<typeof setUp>['answer'], headers: RawHeaders) => {
    const { headers: given } = await answer('x', ['User-Agent', 'dev-hook', ...headers])
    const sealed = headerOf(given, 'x-dev-hook-ancestry')
    return sealed === undefined ? null : unseal(sealed, SECRET)
  }

  it('is told what is behind this one, sealed for this request alone', async () => {
    const { answer, joined } = setUp()
    const { proof, headers } = join()
    expect(await toldIn(answer, headers)).toBe(`${proof}\n[]`)
    expect(joined).toHaveBeenCalledExactlyOnceWith(WHO)
    expect(await toldIn(answer, headers)).toBeNull()
    expect(joined).toHaveBeenCalledOnce()
  })

  it('is told nothing without the secret, with the proof of another request, or when no secret is known', async () => {
    const { ask, joined } = setUp()
    expect(await ask(join('another').headers)).toBe('refused wrong')
    expect(await ask(join(SECRET, 'b'.repeat(32)).headers)).toBe('refused wrong')
    expect(await ask(['X-Dev-Hook-Join', WHO, 'X-Dev-Hook-Proof', proofOf()])).toBe('refused wrong')
    expect(await ask(['X-Dev-Hook-Join', WHO])).toBe('refused missing')
    const unknown = setUp({ secret: () => null })
    expect(await unknown.ask(join().headers)).toBe('refused missing')
    expect(joined).not.toHaveBeenCalled()
    expect(unknown.joined).not.toHaveBeenCalled()
  })

  it('is told nothing by a run that cannot be joined', async () => {
    const { answer } = setUp({ joined: () => null })
    expect(await toldIn(answer, join().headers)).toBeNull()
  })
})
