// A bot that shows whatever it is asked for: buttons, items, pictures, HTML, notes, forms, and calls that fail.
import { createServer } from 'node:http'

const { APIHOST, TOKEN, PORT } = process.env
const role = 'agent'
const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
const call = async (method, path, body) => {
  const answer = await fetch(`${APIHOST}/v2/${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  return answer.json()
}
const button = (type, text, more) => ({ type, text, ...more })
const choose = (payload) => ({ title: payload, actions: [button('postback', 'Choose', { payload })] })

const ANSWERS = {
  buttons: {
    text: 'What do you need?',
    actions: [
      button('reply', 'Settings', { payload: 'S' }),
      button('postback', 'FAQ', { payload: 'F' }),
      button('link', 'Site', { uri: 'https://example.com/' }),
    ],
  },
  items: {
    type: 'card',
    text: '',
    meta: { title: 'Cars' },
    items: [{ ...choose('Audi'), description: 'small', mediaUrl: 'https://example.com/audi.png' }, choose('BMW')],
  },
  html: { text: '<p>Hello <b>you</b></p><ul><li>one<li>two</ul>', contentType: 'text/html' },
  picture: { text: 'https://example.com/a.png', contentType: 'image/png' },
  hidden: { text: 'for the team', role: 'bot' },
  set: { type: 'command', text: '/set topic faq' },
}

const DEEDS = {
  fail: () => call('GET', `articles/${'0'.repeat(24)}`),
  other: () => call('POST', 'conversations', { name: 'Review', messages: [{ text: 'start' }] }),
  chatter: async () => {
    for (let n = 0; n < 40; n += 1) {
      process.stdout.write(`line ${n}\n`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  },
}

async function answer({ type, text, role: by, isBackchannel, meta }, say) {
  if (type === 'postback') return say({ text: `pressed ${text}`, isBackchannel })
  if (type === 'command') return text.startsWith('>') && say({ text: `did ${text}`, role: 'bot', isBackchannel: true })
  if (type === 'mention') return say({ text: 'you called?', role: 'bot' })
  if (type === 'field') return say({ text: `noted ${text} of ${meta.key}` })
  if (type === 'results') return say({ text: 'thank you' })
  if (by !== 'contact') return undefined
  if (text === 'form') {
    const [form] = await call('GET', 'forms')
    return say({ type: 'form', text: `+${form.name}`, meta: { form: form.id } })
  }
  await DEEDS[text]?.()
  return say(ANSWERS[text] ?? { text: `You said: ${text}` })
}

createServer(async (request, response) => {
  const { searchParams } = new URL(request.url, 'http://bot')
  if (request.method === 'GET') return response.end(searchParams.get('challenge') ?? '')
  const { data } = JSON.parse(Buffer.concat(await request.toArray()))
  response.end()
  const { message, conversation } = data
  if (
    message.role === 'bot' ||
    message.createdBy === conversation.participants.find(({ role: its }) => its === 'bot')?.user
  )
    return
  const say = (body) => call('POST', `conversations/${conversation.id}/messages`, { role, ...body })
  await answer(message, say)
}).listen(Number(PORT))
