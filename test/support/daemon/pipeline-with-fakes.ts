// The pipeline with fakes around it: a journal in memory, and a queue whose every move is the test's.
import { expect } from 'vitest'
import type { Clock } from '../../../src/core/async.ts'
import { createNotices, type Emit, type Notice } from '../../../src/core/notices.ts'
import {
  createPipeline,
  type Pipeline,
  type PipelineItem,
  type PipelineOptions,
} from '../../../src/daemon/traffic/pipeline.ts'
import { createFakeJournal, createFakeQueue, type FakeJournal, type FakeQueue } from './fakes.ts'

export interface PipelineWithFakes {
  readonly pipeline: Pipeline
  readonly queue: FakeQueue<PipelineItem>
  readonly journal: FakeJournal
  /** Everything that was announced. */
  readonly seen: readonly Notice[]
}

type Given = Partial<Omit<PipelineOptions, 'emit' | 'guard'>> & {
  readonly clock: Clock
  /** Creates the guard, which announces what it finds. */
  readonly guardOf?: (emit: Emit) => PipelineOptions['guard']
}

/** Creates a pipeline that lets everything pass, and expects no challenge, unless `given` says otherwise. */
export function pipelineWithFakes(given: Given): PipelineWithFakes {
  const { guardOf = () => () => ({ pass: true }), ...options } = given
  const journal = createFakeJournal()
  const notices = createNotices(options.clock.now)
  const seen: Notice[] = []
  notices.on((notice) => seen.push(notice))
  let queue: FakeQueue<PipelineItem> | undefined
  const pipeline = createPipeline({
    openQueue: (on) => {
      queue = createFakeQueue(on)
      return queue
    },
    journal,
    guard: guardOf(notices.emit),
    emit: notices.emit,
    botId: 'b1',
    answerChallenge: () => expect.unreachable('nobody sends a challenge'),
    arrived: () => undefined,
    late: 'ack',
    onBotError: 'ack',
    holdMs: 15_000,
    ...options,
  })
  if (queue === undefined) throw new Error('the pipeline opened no queue')
  return { pipeline, queue, journal, seen }
}
