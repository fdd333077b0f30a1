// A chipchat bot that shows what a message can show, says which button was pressed, and thanks for a form.
import ChipChat from 'chipchat'

const bot = new ChipChat({ token: process.env.TOKEN })
const role = 'agent'

bot.on('message.create.contact.chat.contact', async ({ text }, conversation) => {
  process.stdout.write(`was told: ${text}\n`)
  await conversation.say({ text: 'for the team' })
  await conversation.say({ text: 'https://example.com/cat.png', contentType: 'image/png', role })
  const actions = [{ type: 'link', text: 'See', uri: 'javascript:alert(1)' }]
  await conversation.say({ type: 'card', text: 'Cars', items: [{ title: 'Polo', actions }], role })
  await conversation.say({
    text: 'What next?',
    actions: [{ type: 'reply', text: 'Settings', payload: 'SETTINGS' }],
    role,
  })
})

bot.on('message.create.contact.postback.contact', ({ text }, conversation) =>
  conversation.say({ text: `pressed ${text}`, role }),
)

bot.on('message.create.contact.results', ({ text }, conversation) =>
  conversation.say({ text: `thanks for ${text}`, role }),
)

bot.start()
