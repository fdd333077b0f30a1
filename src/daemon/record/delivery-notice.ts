// The notice that a delivery came in.
import type { Delivery, Label, Whose } from '../../core/delivery.ts'
import type { NoticeBody } from '../../core/notices.ts'

/** What more there is to say of a delivery than what it says of itself. */
interface Known {
  /** The id of the first one, of which this is a repetition. */
  readonly redelivery?: string | undefined
  readonly whose?: Whose | undefined
}

/** Makes the notice; what is not known is not in it. */
export function deliveryNotice(delivery: Delivery, label: Label, { redelivery, whose }: Known = {}): NoticeBody {
  const { event, conversation, text, from, own } = label
  return {
    type: 'delivery',
    id: delivery.id,
    event,
    conversation,
    text,
    from,
    own,
    bytes: delivery.body.length,
    ...(redelivery === undefined ? {} : { redelivery }),
    ...(whose === undefined ? {} : { whose }),
  }
}
