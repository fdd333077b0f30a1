// The keys of the page, and how a filter is written.
import { FILTER_KEYS } from '../../../protocol/query/keys.ts'
import { KEYS } from '../model/keys.ts'
import { Dialog } from './dialog.tsx'

export function HelpDialog() {
  return (
    <Dialog title="Keys and filter" isWide>
      <div class="dialog-body columns">
        <dl class="keys">
          {KEYS.map(({ shown, says }) => (
            <div key={shown}>
              <dt>
                {shown.split(' ').map((one) => (
                  <kbd key={one}>{one}</kbd>
                ))}
              </dt>
              <dd>{says}</dd>
            </div>
          ))}
        </dl>
        <div>
          <p>
            A filter is words to search for, and keys. A comma is “or”, <code>-</code> in front is “not”, quotes hold
            words together: <code>refund status:5xx,4xx -from:bot body:"order 12"</code>
          </p>
          <dl class="keys filter-keys">
            {[...FILTER_KEYS].map(([name, { finds, values }]) => (
              <div key={name}>
                <dt>
                  <code>{name}:</code>
                </dt>
                <dd>
                  {finds} <span class="soft">{values.replaceAll('`', '')}</span>
                </dd>
              </div>
            ))}
          </dl>
        </div>
      </div>
    </Dialog>
  )
}
