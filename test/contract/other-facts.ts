// Facts that no call of a bot's can check: what the platform does by itself.
import type { Fact } from './fact.ts'

const WEBHOOKS = 'developers.web1on1.chat/webhooks'

export const OTHER_FACTS: readonly Fact[] = [
  {
    area: 'access',
    says: '20 requests a second for each user, then 429 with `Retry-After`; addresses are not counted, as all are this machine',
    basis: 'documented',
    source: 'developers.web1on1.chat/apireference/apibasics',
  },
  {
    area: 'access',
    says: 'a token that has expired is 401 `jwt expired` (the documentation says 403 in one place)',
    basis: 'sdk',
    source: 'chipchat lib/client.js',
  },
  {
    area: 'access',
    says: "a contact's id is that of their user, of the role guest",
    basis: 'inferred',
    source: 'the sample of a payload has a user as its actor',
  },
  {
    area: 'messages',
    says: 'the contact sees what has the role `agent` or `contact` and is not in the backchannel',
    basis: 'documented',
    source: 'developers.web1on1.chat/messaging/messagingtoconsumers',
  },
  {
    area: 'messages',
    says: 'a click comes as a `postback` whose text is the payload, with the button in `actions`',
    basis: 'sdk',
    source: 'messages that bots have logged',
  },
  {
    area: 'messages',
    says: 'what begins with `>cs ` is a call of the widget, which is carried out and hidden',
    basis: 'documented',
    source: 'developers.web1on1.chat/widget/functions',
  },
  { area: 'messages', says: 'how a conversation holds its forms, and the values of their fields', basis: 'inferred' },
  {
    area: 'conversations',
    says: 'a contact that is known by telephone or e-mail goes on in their conversation: 200 in place of 201',
    basis: 'documented',
    source: 'developers.web1on1.chat/messaging/businessinitiated',
  },
  {
    area: 'conversations',
    says: 'routing assigns it with `/assign`, in the name of an admin, after its contact has written and when nobody has accepted it',
    basis: 'inferred',
    source: 'chipchat docs/conversation.md',
  },
  {
    area: 'conversations',
    says: 'the first message to the contact accepts, any other joins; a contact who writes reopens what was closed',
    basis: 'sdk',
    source: 'chipchat docs/conversation.md',
  },
  {
    area: 'conversations',
    says: '`/notify` queues what nobody has accepted',
    basis: 'sdk',
    source: 'developers.chatshipper.com/docs/messaging-commands',
  },
  {
    area: 'webhooks',
    says: 'a challenge, `?type=subscribe&challenge=…`, is answered with exactly its text; until then `unverified`',
    basis: 'documented',
    source: `${WEBHOOKS}/verification`,
  },
  {
    area: 'webhooks',
    says: 'one that cannot be verified when it is made is made as `unverified`; set to `active` by hand it is 403',
    basis: 'inferred',
    source: `${WEBHOOKS}/verification`,
  },
  {
    area: 'webhooks',
    says: "the bot's own is an object `webhook` on its record (the sandbox has the other places, too)",
    basis: 'unknown',
    source: `${WEBHOOKS}/creating shows the form alone`,
  },
  {
    area: 'webhooks',
    says: 'it is told of its organization and those below; an inner `*` is one word, a trailing one is one or more',
    basis: 'documented',
    source: `${WEBHOOKS}/subscribing`,
  },
  {
    area: 'deliveries',
    says: '`X-Hub-Signature: sha1=` over the very bytes; the same id and bytes in every attempt; ids are UUIDs of version 1',
    basis: 'documented',
    source: `${WEBHOOKS}/{verification,payloads}`,
  },
  {
    area: 'deliveries',
    says: '20 s for an answer, repeated for 24 h at growing intervals: 1 s, doubling up to an hour',
    basis: 'documented',
    source: `${WEBHOOKS}/responding; the intervals are inferred`,
  },
  {
    area: 'deliveries',
    says: 'every answer but 2xx is repeated: which are final is not known',
    basis: 'unknown',
    source: `${WEBHOOKS}/responding names "non-recoverable" ones`,
  },
  {
    area: 'deliveries',
    says: 'may come late, twice and out of order: `--chaos`',
    basis: 'documented',
    source: `${WEBHOOKS}/responding`,
  },
  {
    area: 'deliveries',
    says: '`{"messages":[…],"token"}` in an answer is posted',
    basis: 'documented',
    source: `${WEBHOOKS}/responding`,
  },
  {
    area: 'conversations',
    says: 'one that is deleted is 204; what was said in it stays, and is found by its ids',
    basis: 'unknown',
  },
  {
    area: 'webhooks',
    says: 'what is not a URL, or not http, is saved as `unverified`',
    basis: 'unknown',
  },
  {
    area: 'lists',
    says: '100 documents without a `limit`, 1,000 at most; filters of fields that no document has find nothing',
    basis: 'unknown',
  },
]
