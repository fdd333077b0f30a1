// Whether a registration may be claimed, given whose it is.

import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { NoticeBody } from '../../../src/core/notices.ts'
import type { Owner } from '../../../src/core/ports.ts'
import { type ClaimRequest, permitClaim } from '../../../src/daemon/start/claim-permission.ts'
import { folderForTest } from '../../support/folder.ts'

const { signal } = new AbortController()
const URL_OF_SOMEBODY = 'https://me:secret@bots.example.com/hook'
const SOMEBODY: Owner = { is: 'somebody', url: URL_OF_SOMEBODY }
const DEV_HOOK = { is: 'dev-hook', url: 'https://a:b@x.ngrok.example/dev-hook/1' } as const

async function setUp(given: Partial<ClaimRequest> = {}) {
  const notices: NoticeBody[] = []
  const questions: string[] = []
  const folder = given.folder ?? (await folderForTest())
  const answering = (yes: boolean) => async (question: string) => {
    questions.push(question)
    return yes
  }
  const permit = (owner: Owner, more: Partial<ClaimRequest> = {}): Promise<void> => {
    const emit = (notice: NoticeBody): void => void notices.push(notice)
    return permitClaim(
      { owner, takeOver: false, restore: true, only: false, ask: null, folder, emit, ...given, ...more },
      signal,
    )
  }
  return { notices, questions, folder, answering, permit }
}

const taken = { code: 'DEVHOOK_TAKEN', failure: 'taken' }

describe('A claim', () => {
  it.each<Owner>([{ is: 'nobody' }, { is: 'us', runId: 'r1' }])(
    'of what is nobody else’s needs no word (%o)',
    async (owner) => {
      const { permit, notices } = await setUp()
      await permit(owner)
      expect(notices).toEqual([])
    },
  )

  it('of what another dev-hook has left goes ahead, and says so without its credentials', async () => {
    const { permit, notices } = await setUp()
    await permit({ ...DEV_HOOK, answers: false, who: null })
    expect(notices).toMatchObject([{ type: 'warning', code: 'DEVHOOK_TAKEN_OVER_DEAD' }])
    expect(JSON.stringify(notices)).not.toContain('a:b@')
  })

  it('of what another dev-hook has that runs is refused, and names it', async () => {
    const { permit, questions, answering } = await setUp()
    const owner: Owner = { ...DEV_HOOK, answers: true, who: 'jo@desk pid 7' }
    await expect(permit(owner, { ask: answering(true) })).rejects.toMatchObject(taken)
    await expect(permit(owner)).rejects.toThrow('jo@desk pid 7')
    await expect(permit({ ...owner, who: null })).rejects.toThrow('https://x.ngrok.example/dev-hook/1')
    expect(questions).toEqual([])
    await permit(owner, { takeOver: true })
  })

  it('of somebody’s real webhook is refused where nobody can be asked', async () => {
    const { permit, folder } = await setUp()
    await expect(permit(SOMEBODY)).rejects.toMatchObject(taken)
    await expect(permit(SOMEBODY)).rejects.not.toThrow('secret')
    await permit(SOMEBODY, { takeOver: true })
    expect(await readdir(folder)).toEqual([])
  })

  it('of somebody’s real webhook is asked for once: the yes holds for the next runs, for this URL', async () => {
    const { permit, questions, answering, folder } = await setUp()
    await permit(SOMEBODY, { ask: answering(true) })
    expect(questions).toHaveLength(1)
    expect(questions[0]).toContain('https://bots.example.com/hook')
    expect(questions[0]).not.toContain('secret')
    expect(questions[0]).toContain('Until you quit, that server gets no events.')
    const next = await setUp({ folder })
    await next.permit(SOMEBODY)
    const since = expect.stringMatching(/^20\d\d-/)
    expect(next.notices).toEqual([{ type: 'consent', url: 'https://bots.example.com/hook', since }])
    await next.permit(SOMEBODY, { ask: next.answering(false) })
    expect(next.questions).toEqual([])
    const other: Owner = { is: 'somebody', url: 'https://bots.example.com/other' }
    await expect(next.permit(other, { ask: next.answering(false) })).rejects.toMatchObject(taken)
    expect(next.questions).toHaveLength(1)
  })

  it('of a webhook that is not put back asks for that, and shows no value of a query', async () => {
    const { permit, questions, answering } = await setUp()
    const owner: Owner = { is: 'somebody', url: 'https://bots.example.com/hook?key=s3cret&x=1' }
    await permit(owner, { ask: answering(true), restore: false })
    expect(questions[0]).toMatch(
      /^The webhook points to https:\/\/bots\.example\.com\/hook\?key=…&x=…\. .*leave it so\?$/,
    )
  })

  it('that was denied is asked for again the next time', async () => {
    const { permit, questions, answering } = await setUp()
    await expect(permit(SOMEBODY, { ask: answering(false) })).rejects.toMatchObject(taken)
    await permit(SOMEBODY, { ask: answering(true) })
    expect(questions).toHaveLength(2)
  })

  it.each(['', '{', '[]', '{"url":7}', 'null'])(
    'is asked for again when the yes cannot be read back (%j)',
    async (text) => {
      const { permit, questions, answering, folder } = await setUp()
      await writeFile(join(folder, 'consent.json'), text)
      await permit(SOMEBODY, { ask: answering(true) })
      expect(questions).toHaveLength(1)
      await permit(SOMEBODY)
    },
  )
})
