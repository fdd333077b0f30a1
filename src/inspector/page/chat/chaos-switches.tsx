// What goes wrong in the sandbox on purpose.
import { chaosWords, switchChaos } from '../model/actions.ts'
import { ask } from '../model/api.ts'
import { latestOf, useLoaded } from '../model/loaded.ts'
import { useModel } from '../model/model.ts'
import { useStore } from '../model/use-store.ts'

const SWITCHES = [
  ['delay', '500ms', 'deliveries come later'],
  ['drop', '0.2', 'attempts are lost'],
  ['duplicate', '0.2', 'deliveries come twice'],
  ['reorder', '0.2', 'out of order'],
  ['error', '0.2', 'the API answers 503'],
  ['slow', '1s', 'the API is slow'],
  ['expire', '0.2', 'the token expires'],
] as const

export function ChaosSwitches() {
  const model = useModel()
  const changed = useStore(model.changes, (count) => count)
  const now = latestOf(useLoaded((signal) => ask('chaos', {}, signal), [], changed))?.chaos ?? ''
  const isOn = (name: string): boolean => chaosWords(now).some((word) => word.startsWith(`${name}=`))

  return (
    <details class="chaos">
      <summary>Chaos {now === '' ? null : <span class="tag warn">{now}</span>}</summary>
      <div class="buttons">
        {SWITCHES.map(([name, value, says]) => (
          <button
            key={name}
            type="button"
            class="button small"
            aria-pressed={isOn(name)}
            title={`${name}=${value}`}
            onClick={() => void switchChaos(model, name, isOn(name) ? null : value)}
          >
            {says}
          </button>
        ))}
      </div>
    </details>
  )
}
