// A recorded conversation as a script that can be said again: as a transcript, or as a test.
import { DevHookError } from '../../../core/errors.ts'
import type { Fixture } from '../../../protocol/fixture/fixture.ts'
import { scriptOfFixture } from '../../../protocol/script/from-fixture.ts'
import { scriptText } from '../../../protocol/script/script.ts'
import { asTest, type TestFile } from './test-file.ts'

/** Writes it. Rejects with `deliveryUnknown` when nobody has said anything that could be said again. */
export async function writeScript(
  fixture: Fixture,
  form: 'transcript' | 'test',
  test: () => TestFile | Promise<TestFile>,
): Promise<string> {
  const script = scriptOfFixture(fixture)
  if (script.steps.length === 0) {
    throw new DevHookError('deliveryUnknown', 'nobody but the bot has said anything in this conversation', {
      remedy: 'export one in which a contact or an agent speaks',
    })
  }
  return form === 'transcript' ? scriptText(script) : asTest(script, await test())
}
