// Headers as they were on the wire, in their order and case.
import { visible, visibleStart } from '../text/visible.ts'

interface HeaderTableProps {
  readonly headers: readonly (readonly [string, string])[]
  /** Those whose names are in here, in lower case, are marked. */
  readonly marked?: ReadonlySet<string>
}

export function HeaderTable({ headers, marked }: HeaderTableProps) {
  return (
    <table class="headers">
      <tbody>
        {headers.map(([name, value], n) => (
          <tr key={n} class={marked?.has(name.toLowerCase()) === true ? 'differs' : undefined}>
            <th scope="row">{visible(name)}</th>
            <td>{visibleStart(value, 4_000)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
