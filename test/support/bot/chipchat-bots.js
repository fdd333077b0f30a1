// Bots on the chipchat SDK that do what its examples and its documentation do; the argument names one, or several, `ask,context`,
// which are one bot then.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import ChipChat from 'chipchat'

const { TOKEN: token, REFRESH_TOKEN: refreshToken, EMAIL: email, PORT } = process.env
const role = 'agent'
// The one that the SDK itself is made with.
const express = createRequire(createRequire(import.meta.url).resolve('chipchat'))('express')
const withToken = (options = {}) => new ChipChat({ token, ...options })
const print = (text) => process.stdout.write(`${text}\n`)
const quiet = (error) => void (error && print(error.message ?? error))

const BOTS = {
  // An agent says Ping; the answer is sent with a callback.
  echo: (bot = withToken()) => {
    bot.on('message.create.contact.chat.agent', (message, conversation) => {
      if (message.text === 'Ping') conversation.say('Pong', (error) => quiet(error))
    })
    return bot
  },
  // A question with a callback, then one with a registered callback, which asks itself again.
  ask: (bot = withToken()) => {
    bot.registerCallback('second', (message, conversation) => {
      conversation.say({ text: `You like ${conversation.get('colour')} and ${message.text}`, role })
      conversation.leave()
    })
    bot.onText('colour', (_, conversation) => {
      conversation.ask({ text: 'Favourite colour?', role }, (message) => {
        conversation.set('colour', message.text)
        conversation.ask({ text: 'Second favourite?', role, delay: 300 }, 'second')
      })
    })
    bot.onText('promise', (_, conversation) => {
      conversation.ask({ text: 'Which?', role }).then(({ text }) => conversation.say({ text: `Oh, ${text}!`, role }))
    })
    return bot
  },
  // A conversation is loaded by its id, in both ways, and created.
  context: (bot = withToken()) => {
    bot.onText('load', async (_, { id }) => {
      await (await bot.conversation(id)).say({ text: 'by promise', role })
      await new Promise((done) => {
        bot.conversation(id, (_error, conversation) => done(conversation.say({ text: 'by callback', role })))
      })
      await bot.conversation(null).catch((error) => bot.send(id, { text: error.message, role }))
      const created = await bot.conversations.create({ messages: [{ text: 'Hi' }] })
      const listed = await bot.conversations.list()
      bot.send(id, { text: `${listed.length} conversations, one of type ${created.type}`, role })
    })
    return bot
  },
  api: (bot = withToken()) => {
    bot.onText('api', (_, { id }) => {
      bot.contacts.list({ limit: 5, sort: '-createdAt' }, async (error, contacts) => {
        const contact = await bot.contacts.get(contacts[0].id)
        bot.send(id, { text: `${error} ${contacts.length} ${contact.name}`, role })
      })
      bot.conversations.create({ name: 'Review', messages: [{ text: 'start' }] }, async (_error, created) => {
        const review = await bot.conversation(created)
        await review.say('Howdy!')
        await bot.send(created.id, { type: 'command', text: '/notify' })
        const { status, messages } = await bot.conversations.get(created.id)
        bot.send(id, { text: `${created.name} is ${status} with ${messages.length} messages`, role })
      })
    })
    return bot
  },
  copyForms: (bot = withToken()) => {
    bot.onText('copy', async (_, conversation) => {
      const there = await bot.organizations.create({ name: 'There' })
      await bot.forms.create({ name: 'Test Drive', fields: [{ name: 'model', key: 'model' }] })
      for (const form of await bot.forms.list({ organization: conversation.organization })) {
        await bot.forms.create({ ...form, organization: there.id })
      }
      const [copied] = await bot.forms.list({ organization: there.id })
      conversation.say({ text: `${copied.name} ${copied.fields[0].key} ${copied.orgPath.split('#').length}`, role })
    })
    return bot
  },
  middleware: () => {
    const bot = withToken({
      middleware: {
        send: [
          (_bot, message, next) => {
            message.meta = { sent: true }
            next()
          },
        ],
        receive: [
          (_bot, payload, _resolve, _reject, next) => {
            if (payload.data.message) payload.data.message.text = payload.data.message.text.toUpperCase()
            next()
          },
        ],
      },
    })
    bot.on('message.create.contact.chat.contact', async (message, conversation) => {
      const said = await conversation.say({ text: message.text, role })
      print(`kept ${said.meta.sent}`)
    })
    return bot
  },
  // The tokens are in a store of one's own: the bot is made with nothing but its e-mail.
  mixin: () => {
    const store = { token, refreshToken }
    ChipChat.mixin({
      getTokens: async () => store,
      setTokens: async (tokens) => Object.assign(store, tokens),
      thumbsUp: (conversation) => conversation.say({ text: '👍', role }),
    })
    const bot = new ChipChat({ email })
    bot.on('message.*.*.*.contact', (_, conversation) => bot.thumbsUp(conversation))
    return bot
  },
  modules: (bot = withToken()) => {
    const help = (it, options) =>
      it.on('message.create.*.chat.contact', (_, conversation) => {
        conversation.say({
          text: options.text,
          role,
          actions: [{ type: 'postback', text: 'Settings', payload: 'SETTINGS' }],
        })
        conversation.set('captured', true)
      })
    const clicks = (it) =>
      it.on('message.create.*.postback', (message, conversation) =>
        conversation.say({ text: `You clicked ${message.text}, ${message.actions[0].text}`, role }),
      )
    bot.module(help, { text: 'Need help?' })
    bot.module(clicks)
    return bot
  },
  // Started by an admin in a conversation of the system: asks, then invites a contact by SMS.
  outboundSms: (bot = withToken()) => {
    bot.on('message.create.system.command', { text: '>smsbot' }, async (message, conversation) => {
      const organization = message.orgPath.split('#').at(-1)
      const { participants } = await bot.conversations.get(message.conversation, { select: 'participants' })
      const admin = participants.find(({ active, role: theirs }) => active && theirs === 'admin')
      const { displayName } = await bot.organizations.get(organization, { select: 'commands,displayName' })
      const services = await bot.services.list({ organization, type: 'twilio' })
      const actions = ['Yes', 'No'].map((text) => ({ type: 'reply', text, payload: text }))
      const question = `${admin.name} of ${displayName}, with ${services.length} service?`
      conversation.ask({ text: question, isBackchannel: true, actions }, async (answer, context) => {
        if (answer.text !== 'Yes') return context.leave()
        const profile = { telephone: '+31612345678', givenName: 'Barack', familyName: 'Obama' }
        const sms = { role, touchpoint: 'sms', meta: { SenderID: 'x' } }
        const messages = [
          { text: '/accept', type: 'command' },
          { ...sms, text: 'hi there', delay: 50 },
          {
            ...sms,
            text: 'Please click',
            delay: 150,
            actions: [{ text: 'link:', type: 'link', uri: 'https://example.com/?id={authuser}' }],
          },
          { text: '/leave', type: 'command', delay: 250 },
        ]
        const found = await bot.contacts.list({ 'profile.telephone': profile.telephone, organization })
        const invited = found[0]
          ? await bot.conversation(found[0].conversation)
          : await bot.conversations.create({ organization, type: 'contact', contact: { profile }, messages, meta: {} })
        if (found[0]) for (const one of messages) await invited.say(one)
        await context.say({ text: `sent to ${invited.name}`, isBackchannel: true })
      })
    })
    return bot
  },
  pagination: (bot = withToken()) => {
    bot.onText('pages', async (_, { id }) => {
      const texts = Array.from({ length: 31 }, (__, n) => ({ text: `message ${n}` }))
      const { id: conversation } = await bot.conversations.create({ name: 'Long', messages: texts })
      const all = await bot.messages.list({ conversation, pagination: { limit: 10, backoff: 200 } })
      let each = 0
      for await (const _one of bot.messages.list({
        conversation,
        pagination: { iterate: true, limit: 5, countLimit: 20, backoff: 200 },
      }))
        each++
      bot.send(id, { text: `${all.length} and ${each}`, role })
    })
    return bot
  },
  preload: () => {
    const bot = withToken({ preloadOrganizations: true })
    bot.on('message.create.contact.chat.contact', (_, conversation) => {
      conversation.say({
        text: `in ${conversation.organization.name}, ${conversation.organization.categories.length}`,
        role,
      })
    })
    return bot
  },
  // A form is added: the lines of its article become quick replies.
  quickReplies: (bot = withToken()) => {
    bot.on('**.form', { text: /^\+/ }, async (message, conversation) => {
      const form = await bot.forms.get(message.meta.form)
      const article = await bot.articles.get(form.meta.init.split(':').pop())
      const payloads = article.content.split(/\n/).map((line) => line.replace(/^<p>(.*)<\/p>$/, '$1'))
      conversation.say({
        text: 'quick replies',
        role,
        actions: payloads.map((payload) => ({ type: 'reply', text: payload, payload })),
      })
    })
    return bot
  },
  say: (bot = withToken()) => {
    bot.onText('multi', (_, { say }) => {
      say([
        { text: 'Start', role, delay: 50 },
        { text: 'Step 2', type: 'card', role, delay: 500 },
        { text: 'Step 1', role, delay: 250 },
      ])
    })
    bot.onText('async', async (_, { say }) => {
      await say('one', { role, delay: 300 })
      await say('two', { role, delay: 100 })
      await say('three', { role })
    })
    return bot
  },
  // The front page of the SDK.
  start: (bot = withToken()) => {
    bot.users.get(bot.auth.user).then((me) => print(`Hello ${me.name}`))
    bot.on('message.create.contact.chat.contact', (_, conversation) => {
      conversation.say({ text: '👍', role })
      conversation.leave()
    })
    bot.on('notify', (_, conversation) => conversation.accept())
    return bot
  },
  state: (bot = withToken()) => {
    bot.on('message.create.*.chat.contact', (_, conversation) => {
      if (!conversation.get('@category')) conversation.set('@category', 'Used Car')
      if (conversation.get('step') === '2')
        return conversation.say({ text: `${conversation.get('@category')}, two steps`, role })
      const actions = [{ type: 'postback', payload: 'STEP', text: 'take a step' }]
      conversation.say({ text: 'Take a step', role, actions })
      conversation.set('step', 1)
      return undefined
    })
    bot.on('message.create.*.postback.contact', (_, conversation) => conversation.set('step', 2))
    return bot
  },
  // An agent joins: asks them, where the contact does not see it, and reports.
  triggers: (bot = withToken()) => {
    bot.on('message.create.contact.command', { text: '/join' }, (message, conversation) => {
      const who = conversation.participants.find(({ user }) => user === message.user)
      if (who?.role !== 'agent') return
      const actions = [{ type: 'postback', text: 'yes', payload: 'REVIEW' }]
      conversation.say({ text: `Hi ${who.name}, review this?`, isBackchannel: true, actions })
    })
    const review = (_message, conversation) =>
      conversation.ask({ text: 'Any good?', isBackchannel: true }, (answer, context) => {
        const results = [{ name: 'Review', values: { review: answer.text } }]
        context.say({ text: 'Report', type: 'report', isBackchannel: true, delay: 100, results })
      })
    bot.on('message.create.contact.postback.agent', { text: 'REVIEW' }, review)
    bot.on('notify', { type: 'command', text: '>review' }, review)
    return bot
  },
  events: (bot = withToken()) => {
    bot.on('assign', (_, conversation) => conversation.say({ text: 'assigned', role }))
    bot.on('mention', (message, conversation) =>
      conversation.say({ text: `yes?`, type: 'mention', meta: { targetUser: message.user } }),
    )
    bot.on('command', { text: '>location' }, (_, conversation) =>
      conversation.say({ text: 'planet earth', isBackchannel: true }),
    )
    bot.on('**.chat.contact', { '@status': ['active', 'queued'], text: [/^hello/i, 'Hi'] }, (_, conversation) => {
      conversation.set('step', 'step2')
      conversation.say({ text: 'Want a car?', role })
    })
    bot.on('**.chat.contact', { text: [/ye(s|p)/i, 'sure'], step: ['step2'] }, (_, conversation) =>
      conversation.say({ text: 'Okidoki', role }),
    )
    return bot
  },
  // Leaves the contact to the first agent who takes over.
  takeOver: (bot = withToken()) => {
    const stop = (_, conversation) => {
      conversation.set('mybot.status', 'finished')
      conversation.leave()
    }
    bot.on('message.create.contact.command', { text: ['/accept', '/join'] }, stop)
    // Not as a condition: the SDK never finds one that is `false`.
    bot.on(
      'message.create.contact.chat.agent',
      (message, conversation) => message.isBackchannel || stop(message, conversation),
    )
    bot.on('message.create.contact.chat.contact', (_, conversation) => {
      if (conversation.get('mybot.status') !== 'finished') conversation.say({ text: 'at your service', role })
    })
    return bot
  },
  ignoring: () => {
    const bot = withToken({ ignoreUnjoined: true, ignoreOnActivity: true })
    bot.on('assign', (_, conversation) => conversation.join())
    bot.on('message.create.contact.chat.contact', (message, conversation) =>
      conversation.say({ text: `heard ${message.text}`, role }),
    )
    return bot
  },
  // Every resource of the SDK is listed; what is made is read, changed, replaced and deleted.
  rest: (bot = withToken()) => {
    bot.onText('rest', async (_, { id, organization }) => {
      const names =
        'users bots botinstances channels contacts conversations organizations orggroups partners services forms workflows metrics points kbases kbitems articles files locations watemplates'
      for (const name of names.split(' ')) {
        if (!Array.isArray(await bot[name].list({ organization, limit: 1 }))) throw new Error(name)
        await new Promise((resolve) => setTimeout(resolve, 60))
      }
      const article = await bot.articles.create({ title: 'One', content: 'x' })
      await bot.articles.update(article.id, { title: 'Two' })
      const { title } = await bot.articles.get(article.id)
      await bot.articles.delete(article.id)
      const gone = await bot.articles.get(article.id).catch((error) => `${error.statusCode} ${error.message}`)
      bot.send(id, { text: `${title}, then ${gone}`, role })
    })
    bot.on('error', quiet)
    return bot
  },
  instance: (bot = withToken()) => {
    const { getInstanceConfig } = createRequire(import.meta.url)('chipchat/lib/helpers.js')
    bot.on('message.create.contact.chat.contact', async (_, conversation) => {
      const { enabled, meta } = await getInstanceConfig(bot, conversation.orgPath)
      conversation.say({ text: `enabled ${enabled} ${JSON.stringify(meta)}`, role })
    })
    return bot
  },
  refresh: () => {
    const bot = new ChipChat({ token, refreshToken, email })
    bot.on('token', () => print('refreshed'))
    bot.on('message.create.contact.chat.contact', (_, conversation) => conversation.say({ text: 'still here', role }))
    return bot
  },
  // The commonest mistake: with the default role, only the team sees it.
  silent: (bot = withToken()) => {
    bot.on('message.create.contact.chat.contact', (_, conversation) => conversation.say('hello'))
    return bot
  },
  // Takes deliveries with a server of its own.
  ingest: () => {
    const bot = withToken()
    bot.on('message.create.contact.chat.contact', (_, conversation) => conversation.say({ text: 'taken in', role }))
    const server = createServer(async (request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://bot')
      if (request.method === 'GET') return response.end(searchParams.get('challenge') ?? '')
      const chunks = []
      for await (const chunk of request) chunks.push(chunk)
      await bot.ingest(JSON.parse(Buffer.concat(chunks)), request.headers['x-hub-signature'], { async: true })
      return response.end('ok')
    })
    return { start: () => server.listen(Number(PORT)) }
  },
  // Part of an app of one's own.
  express: () => {
    const bot = withToken()
    bot.on('message.create.contact.chat.contact', (_, conversation) => conversation.say({ text: 'by express', role }))
    const app = express()
    app.use(bot.router('/'))
    return { start: () => app.listen(Number(PORT)) }
  },
  http: () => {
    const bot = withToken()
    bot.on('message.create.contact.chat.contact', (_, conversation) => conversation.say({ text: 'by http', role }))
    return { start: () => createServer(bot.httpMiddleware()).listen(Number(PORT)) }
  },
  // Each of its requests has a header of its own, and is counted.
  extensions: () => {
    let requests = 0
    const beforeRequest = [
      async (options) => {
        requests += 1
        options.headers = { ...options.headers, extraheader: 'some value' }
      },
    ]
    const bot = withToken({ fetchExtensions: { beforeRequest } })
    bot.on('message.create.contact.chat.contact', async (_, conversation) => {
      await conversation.say({ text: 'one', role })
      conversation.say({ text: `${requests} request`, role })
    })
    return bot
  },
  // No SDK: the answer to the delivery has the messages.
  inBody: () => ({
    start: () =>
      createServer(async (request, response) => {
        const { searchParams } = new URL(request.url ?? '', 'http://bot')
        if (request.method === 'GET') return response.end(searchParams.get('challenge') ?? '')
        const { data } = JSON.parse(Buffer.concat(await request.toArray()))
        const messages = data.message?.role === 'contact' ? ['in the', 'answer'].map((text) => ({ text, role })) : []
        return response.setHeader('content-type', 'application/json').end(JSON.stringify({ messages }))
      }).listen(Number(PORT)),
  }),
  // Everything that a message can show.
  show: (bot = withToken()) => {
    const button = (type, text, more) => ({ type, text, ...more })
    bot.onText('replies', (_, { say }) =>
      say({ text: 'Which?', role, actions: ['Red', 'Blue'].map((text) => button('reply', text, { payload: text })) }),
    )
    bot.onText('link', (_, { say }) =>
      say({ text: 'Here', role, actions: [button('link', 'Site', { uri: 'https://example.com/' })] }),
    )
    bot.onText('picture', (_, { say }) => say({ text: 'https://example.com/a.png', contentType: 'image/png', role }))
    bot.onText('html', (_, { say }) =>
      say({ text: '<p>Hello <b>you</b></p><p>Bye</p>', contentType: 'text/html', role }),
    )
    bot.onText('items', (_, { say }) =>
      say({
        type: 'card',
        text: 'Cars',
        role,
        items: ['Audi', 'BMW'].map((title) => ({
          title,
          mediaUrl: `https://example.com/${title}.png`,
          actions: [button('postback', 'Choose', { payload: title })],
        })),
      }),
    )
    bot.on('message.create.*.postback.contact', (message, { say }) => say({ text: `You chose ${message.text}`, role }))
    return bot
  },
  // Says a lot, at the pace that the platform allows.
  many: (bot = withToken()) => {
    bot.onText('many', async (_, { say }) => {
      for (let n = 1; n <= 31; n += 1) {
        await say({ text: `message ${n}`, role })
        await new Promise((resolve) => setTimeout(resolve, 60))
      }
    })
    return bot
  },
  // Steps one after the other, the last of which leaves.
  sequence: (bot = withToken()) => {
    bot.onText('sequence', (_, { say }) =>
      say([
        { text: 'First', role },
        { text: 'Second', role, delay: 1_500 },
        { type: 'command', text: '/leave', delay: 1_700 },
      ]),
    )
    return bot
  },
}

const [first, ...more] = (process.argv[2] ?? '').split(',')
const bot = BOTS[first]()
for (const name of more) BOTS[name](bot)
bot.start()
